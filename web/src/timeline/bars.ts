/**
 * What of a lane is drawn: the bars that are seen, and one mark for those too small to be told apart.
 */

import type { Track } from "../api/types";
import { firstEndingAfter, type Lane } from "./lanes";
import { toX, type View } from "./scale";

/** A bar, in CSS pixels. `track` is null where several that are under a pixel wide share it. */
export interface Bar {
  x0: number;
  x1: number;
  readonly track: Track | null;
  /** One of those it stands for, which gives it its look. */
  readonly sample: Track;
}

/** A bar narrower than this may be merged with the next. */
const LEAST_PX = 1;

/**
 * The bars of `lane` that are seen in `view`, from left to right, none over another.
 *
 * The work is the number of tracks that are seen, not of those there are. No bar is lost by being
 * small: it is merged, or drawn a pixel wide. What is selected is never merged.
 */
export function bars(lane: Lane, view: View, width: number, selected: ReadonlySet<string>): Bar[] {
  const found: Bar[] = [];
  let last: Bar | undefined;
  for (let place = firstEndingAfter(lane, view.start); place < lane.tracks.length; place += 1) {
    const track = lane.tracks[place] as Track;
    if (track.start >= view.end) break;
    const x0 = toX(view, width, track.start);
    const x1 = Math.max(toX(view, width, track.end), x0 + LEAST_PX);
    const small = toX(view, width, track.end) - x0 < LEAST_PX && !selected.has(track.id);
    if (small && last && last.track === null && x0 <= last.x1 && alike(last.sample, track)) {
      last.x1 = Math.max(last.x1, x1);
      continue;
    }
    last = { x0, x1, track: small ? null : track, sample: track };
    found.push(last);
  }
  return found;
}

/** Whether two tracks look the same, so that a mark may stand for both. */
function alike(one: Track, other: Track): boolean {
  return one.hidden === other.hidden && one.because === other.because && one.kind === other.kind;
}

/** What of a bar is under a point: an end that can be dragged, or the rest of it. */
export type Grip = "start" | "end" | "body";

/** The track of `lane` at `x`, and what of it; `reach` px beside an end count as the end. */
export function barAt(
  lane: Lane,
  view: View,
  width: number,
  x: number,
  reach = 5,
): { track: Track; grip: Grip } | null {
  const at = view.start + ((x - reach) / width) * (view.end - view.start);
  let best: { track: Track; grip: Grip } | null = null;
  let nearest = Infinity;
  for (let place = firstEndingAfter(lane, at); place < lane.tracks.length; place += 1) {
    const track = lane.tracks[place] as Track;
    const x0 = toX(view, width, track.start);
    if (x0 - reach > x) break;
    const x1 = toX(view, width, track.end);
    const away = x < x0 ? x0 - x : x > x1 ? x - x1 : 0;
    if (away >= nearest) continue;
    nearest = away;
    // The ends of a bar too small to hold both are not offered: it could not be taken hold of itself.
    const roomy = x1 - x0 >= 3 * reach;
    const grip: Grip =
      roomy && x - x0 <= reach ? "start" : roomy && x1 - x <= reach ? "end" : "body";
    best = { track, grip };
  }
  return best;
}
