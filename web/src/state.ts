import { computed, type ReadonlySignal, type Signal, signal } from "@preact/signals";
import type { Client } from "./api/client";
import type { Audit, Job, ReviewDocument, Session } from "./api/types";
import type { Speed } from "./model/shuttle";
import { EVERYTHING, type Filter } from "./model/tracks";

export type Tone = "info" | "good" | "warn" | "bad";

export interface Notice {
  id: number;
  tone: Tone;
  text: string;
}

export type JobKind = "render" | "follow" | "plan";

/** A span being marked with I and O: either end may be missing yet. */
export interface Marked {
  start: number | null;
  end: number | null;
}

export type Dialog = "help" | "keep" | "conflict" | "report" | null;
export type Panel = "selection" | "audit" | "history" | "render";
export type List = "tracks" | "unsure" | "speech" | "files";

/** All that the page knows. Parts of the page read signals; only actions write to them. */
export interface State {
  readonly client: Client;
  readonly session: Signal<Session | null>;
  /** The number of the file at hand, whether or not it can be shown. */
  readonly current: Signal<number | null>;
  readonly doc: Signal<ReviewDocument | null>;
  /** The time of every frame. */
  readonly times: Signal<Float64Array>;
  /** The index of the frame at the play head. */
  readonly frame: Signal<number>;
  /** The index of the frame that the stage shows by now; it may lag behind `frame`. */
  readonly shown: Signal<number>;
  /** The time at the play head: when frame `frame` starts. */
  readonly now: ReadonlySignal<number>;
  readonly selection: Signal<ReadonlySet<string>>;
  readonly masks: Signal<"rendered" | "outlines" | "none">;
  readonly playing: Signal<Speed>;
  /** Whether playing is without sound. */
  readonly muted: Signal<boolean>;
  /** The span of time that the timeline shows. */
  readonly view: Signal<{ start: number; end: number }>;
  readonly tool: Signal<"select" | "draw">;
  readonly marked: Signal<Marked>;
  readonly filter: Signal<Filter>;
  /** The audit walk being gone through: the document's, or a new one. */
  readonly walk: Signal<Audit | null>;
  readonly jobs: Signal<Partial<Record<JobKind, Job>>>;
  /** Of which file each of them is. */
  readonly jobFiles: Signal<Partial<Record<JobKind, number>>>;
  /** Changes that the server has not confirmed yet. */
  readonly unsaved: Signal<number>;
  readonly connection: Signal<"ok" | "lost" | "ended">;
  readonly notices: Signal<readonly Notice[]>;
  /** What is wrong with the file at hand, if it cannot be shown. */
  readonly trouble: Signal<string | null>;
  readonly dialog: Signal<Dialog>;
  readonly panel: Signal<Panel>;
  readonly list: Signal<List>;
}

export function createState(client: Client): State {
  const times = signal<Float64Array>(new Float64Array(0));
  const frame = signal(0);
  return {
    client,
    session: signal(null),
    current: signal(null),
    doc: signal(null),
    times,
    frame,
    shown: signal(-1),
    now: computed(() => times.value[frame.value] ?? 0),
    selection: signal<ReadonlySet<string>>(new Set<string>()),
    masks: signal("rendered"),
    playing: signal<Speed>(0),
    muted: signal(false),
    view: signal({ start: 0, end: 1 }),
    tool: signal("select"),
    marked: signal<Marked>({ start: null, end: null }),
    filter: signal(EVERYTHING),
    walk: signal(null),
    jobs: signal({}),
    jobFiles: signal({}),
    unsaved: signal(0),
    connection: signal("ok"),
    notices: signal([]),
    trouble: signal(null),
    dialog: signal(null),
    panel: signal<Panel>("selection"),
    list: signal<List>("tracks"),
  };
}
