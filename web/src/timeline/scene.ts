import type { ReviewDocument, Span, Track, Waveform } from "../api/types";
import type { Film } from "./film";
import type { Packing } from "./lanes";
import type { Marker } from "./markers";
import type { Rows } from "./rows";
import type { View } from "./scale";

/** What is painted: all that the timeline shows but the play head and what is being dragged. */
export interface Scene {
  readonly document: ReviewDocument;
  readonly times: Float64Array;
  readonly view: View;
  readonly packing: Packing;
  readonly markers: readonly Marker[];
  readonly selection: ReadonlySet<string>;
  readonly rows: Rows;
  /** Of the canvas; time begins `GUTTER` px from its left. */
  readonly width: number;
  readonly height: number;
  /** How far the lanes are scrolled, in px. */
  readonly scroll: number;
  readonly film: Film | null;
  readonly wave: Waveform | null;
}

/** What lies over it, and changes with every frame. */
export interface Over {
  readonly now: number;
  readonly hover: number | null;
  readonly marked: { start: number | null; end: number | null };
  /** Ends of a track being dragged. */
  readonly extent: { track: Track; start: number; end: number } | null;
  /** Intervals of speech while one is being dragged; else the document's. */
  readonly speech: readonly Span[];
  readonly span: number | null;
}
