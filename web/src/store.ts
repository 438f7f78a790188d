import { auditActions } from "./actions/audit";
import { documentActions } from "./actions/document";
import { editingActions } from "./actions/editing";
import { jobActions } from "./actions/jobs";
import { motionActions } from "./actions/motion";
import { noticeActions } from "./actions/notices";
import { playActions } from "./actions/playing";
import { selectionActions } from "./actions/selection";
import { Client } from "./api/client";
import { createState, type State } from "./state";

export type Actions = ReturnType<typeof createActions>;

/** What every part of the page is given: signals to read, actions to call. */
export interface Store extends State {
  readonly actions: Actions;
}

function createActions(state: State) {
  const notices = noticeActions(state);
  const motion = motionActions(state);
  const playing = playActions(state, motion);
  const document = documentActions(state, notices, playing);
  const selection = selectionActions(state, motion);
  const jobs = jobActions(state, notices, document);
  const editing = editingActions(state, notices, document, jobs, selection);
  const audit = auditActions(state, notices, document, motion);
  return {
    ...notices,
    ...motion,
    ...playing,
    ...document,
    ...selection,
    ...jobs,
    ...editing,
    ...audit,
  };
}

export function createStore(client: Client = new Client()): Store {
  const state = createState(client);
  return { ...state, actions: createActions(state) };
}
