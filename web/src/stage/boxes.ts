/** Geometry of boxes on the stage: pixels of the upright frame, half open. */

import type { Box, Track } from "../api/types";
import { lastKeyAt } from "../model/tracks";

/** Times that came through JSON may differ by a rounding. */
const SAME_S = 1e-6;

/** Whether `track` has a key at just this moment. */
export function isKey(track: Track, at: number): boolean {
  const key = track.keys[lastKeyAt(track.keys, at + SAME_S)];
  return key !== undefined && Math.abs(key[0] - at) <= SAME_S;
}

/** Snap to whole pixels, put the corners in order, cut to the frame; at least one pixel each way. */
export function tidied(box: Box, width: number, height: number): Box {
  const x0 = clamp(Math.round(Math.min(box[0], box[2])), 0, width - 1);
  const y0 = clamp(Math.round(Math.min(box[1], box[3])), 0, height - 1);
  const x1 = clamp(Math.round(Math.max(box[0], box[2])), x0 + 1, width);
  const y1 = clamp(Math.round(Math.max(box[1], box[3])), y0 + 1, height);
  return [x0, y0, x1, y1];
}

/** Whether two boxes, their corners in any order, have nothing in common. */
export function apart(one: Box, other: Box): boolean {
  const [a, b] = [ordered(one), ordered(other)];
  return a[2] <= b[0] || b[2] <= a[0] || a[3] <= b[1] || b[3] <= a[1];
}

function ordered([x0, y0, x1, y1]: Box): Box {
  return [Math.min(x0, x1), Math.min(y0, y1), Math.max(x0, x1), Math.max(y0, y1)];
}

/** Move a box, as large as it is, no further than the frame reaches. */
export function moved(box: Box, dx: number, dy: number, width: number, height: number): Box {
  const right = clamp(dx, -box[0], width - box[2]);
  const down = clamp(dy, -box[1], height - box[3]);
  return [box[0] + right, box[1] + down, box[2] + right, box[3] + down];
}

/** The boxes that hold the point, the smallest first, as their places. */
export function allAt(boxes: readonly Box[], x: number, y: number, reach = 0): number[] {
  const found: number[] = [];
  boxes.forEach((box, place) => {
    const inside =
      x >= box[0] - reach && x <= box[2] + reach && y >= box[1] - reach && y <= box[3] + reach;
    if (inside) found.push(place);
  });
  return found.sort((one, other) => area(boxes[one]) - area(boxes[other]));
}

function area(box: Box | undefined): number {
  return box ? (box[2] - box[0]) * (box[3] - box[1]) : 0;
}

export function same(one: Box, other: Box): boolean {
  return one.every((value, place) => value === other[place]);
}

function clamp(value: number, least: number, most: number): number {
  return Math.min(Math.max(value, least), most);
}
