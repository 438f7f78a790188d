import type { Audit } from "../api/types";
import type { State } from "../state";
import type { DocumentActions } from "./document";
import type { MotionActions } from "./motion";
import type { NoticeActions } from "./notices";

export type AuditActions = ReturnType<typeof auditActions>;

const SAME_S = 1e-6;

/** The moments of *walk* that nobody has looked at yet, in order. */
export function unseen(walk: Audit): number[] {
  return walk.moments.filter(
    (moment) => !walk.looks.some((look) => Math.abs(look.at - moment) < SAME_S),
  );
}

/** The audit walk: one moment after the other, clean or to be mended. */
export function auditActions(
  state: State,
  notices: NoticeActions,
  document: DocumentActions,
  motion: MotionActions,
) {
  /** Start, or go on, where nobody has looked yet. */
  function goOn(): void {
    const walk = state.walk.value;
    if (!walk) return;
    state.panel.value = "audit";
    state.masks.value = "rendered";
    state.selection.value = new Set(); // handles would lie over what is to be looked at
    const next = unseen(walk)[0];
    if (next !== undefined) motion.goToTime(next);
    else notices.say("every moment of this walk was looked at", "good");
  }

  /** C and V: the moment at the play head is clean, or is to be mended now. */
  async function look(clean: boolean): Promise<void> {
    const walk = state.walk.value;
    if (!walk) return;
    const at = moment(walk);
    if (at === undefined) {
      if (state.panel.value === "audit") goOn();
      else notices.say("the play head is not on a moment of the audit walk", "warn");
      return;
    }
    const change = { op: "looked", walk: walk.walk, at, clean } as const;
    const patch = await document.change(change, "audit walk");
    if (!patch) return;
    if (clean) goOn();
    else notices.say("mend it here: D draws, F follows; then a new walk begins");
  }

  /** The moment of *walk* whose frame is at the play head. */
  function moment(walk: Audit): number | undefined {
    const until = motion.frameEnd();
    const from = state.now.value;
    return walk.moments.find((at) => at >= from - SAME_S && at < until - SAME_S);
  }

  /** Begin a walk over other moments. */
  async function newWalk(): Promise<void> {
    const doc = state.doc.value;
    const walk = state.walk.value;
    if (!doc || !walk) return;
    await document.heeding(async () => {
      state.walk.value = await state.client.audit(doc.n, walk.walk + 1);
      goOn();
    });
  }

  return { goOn, look, newWalk };
}
