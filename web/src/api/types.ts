/** What the server says and takes. Times are seconds, boxes pixels of the upright frame. */

/** x0, y0, x1, y1: half-open, whole pixels. */
export type Box = [x0: number, y0: number, x1: number, y1: number];
/** A box at a moment. */
export type Key = [at: number, x0: number, y0: number, x1: number, y1: number];
export type Span = [start: number, end: number];

export type Rendered = "no" | "clean" | "leak" | "outdated";

export interface FileEntry {
  n: number;
  name: string;
  kind: "recording" | "photo";
  state: "planned" | "unplanned" | "busy" | "failed";
  message: string | null;
  decisions: number;
  rendered: Rendered;
  /** What is being done with it, where something is. */
  job?: { id: string; kind: "plan" | "render" | "follow" } | null;
}

export interface Session {
  token: string;
  by: string;
  version: string;
  files: FileEntry[];
  idle_s: number;
}

export interface Decided {
  by: string;
  when: string;
  because: string;
}

export interface Track {
  id: string;
  kind: string | null;
  because: "detector" | "verifier" | "damaged" | "asked";
  score: number;
  start: number;
  end: number;
  keys: Key[];
  /** Whether a box stays until the next key; else it is on the straight line between keys. */
  steps: boolean;
  hidden: boolean;
  edited: boolean;
  drawn: boolean;
  unsure: boolean;
  decided: Decided | null;
}

/** Where the detector or the second look was unsure. */
export interface Moment {
  at: number;
  box: Box | null;
  why: string;
}

export interface Look {
  at: number;
  clean: boolean;
}

export interface Audit {
  walk: number;
  moments: number[];
  looks: Look[];
  sentence: string;
  supports: { clean_looks: number; fewer_than_percent: number }[];
}

/** A line of the history. */
export interface Entry {
  number: number;
  when: string;
  by: string;
  because: string;
  what: string;
  undone: boolean;
}

export interface ReviewDocument {
  n: number;
  name: string;
  revision: number;
  kind: "recording" | "photo";
  width: number;
  height: number;
  frames: number;
  duration: number;
  pixel_aspect: number;
  rate: number;
  has_sound: boolean;
  policy: { name: string; targets: string[]; fill: string; audio: string };
  tracks: Track[];
  speech: Span[] | null;
  unsure: Moment[];
  audit: Audit;
  history: Entry[];
  undo: number | null;
  redo: number | null;
  rendered: Rendered;
  output: string;
  digest: "checking" | "same" | "other";
}

/** What a change did to the document. */
export interface Patch {
  revision: number;
  tracks: Track[];
  removed: string[];
  speech?: Span[] | null;
  /** There only where looks, or the walk, changed. */
  audit?: Audit;
  rendered: Rendered;
  undo: number | null;
  redo: number | null;
  history: Entry[];
}

export type Change =
  | { op: "keep" | "hide"; tracks: string[] }
  | { op: "draw"; keys: Key[]; start: number; end: number; interpolate: boolean }
  | { op: "key"; track: string; at: number; box: Box }
  | { op: "keys"; track: string; keys: Key[] }
  | { op: "unkey"; track: string; at: number }
  | { op: "extent"; track: string; start: number; end: number }
  | { op: "interpolate"; track: string; on: boolean }
  | { op: "split"; track: string; at: number }
  | { op: "join"; tracks: string[] }
  | { op: "remove"; track: string }
  | { op: "speech"; spans: Span[] }
  | { op: "looked"; walk: number; at: number; clean: boolean };

export interface Job {
  id: string;
  what: string;
  state: "running" | "done" | "failed" | "leak" | "stopped";
  done: number;
  total: number;
  says: string[];
  message: string | null;
  hint: string | null;
  keys: Key[] | null;
  revision: number | null;
}

export interface TimeTable {
  tick: [numerator: number, denominator: number];
  runs: [delta: number, count: number][];
}

export interface Waveform {
  duration: number;
  peaks: [low: number, high: number][];
}

export interface FollowRequest {
  at: number;
  box: Box;
  direction: "both" | "forwards" | "backwards";
  until?: number;
}
