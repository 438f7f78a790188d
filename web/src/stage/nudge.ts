/** A box changed by keys: arrows move it, with Ctrl they move its right and lower edge, with Shift ten times as far. */

import type { Box } from "../api/types";
import { moved, tidied } from "./boxes";

const WAYS: Record<string, readonly [number, number]> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

export interface Press {
  readonly key: string;
  readonly shiftKey: boolean;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
}

/** The box after a key; null where the key is none of these. */
export function nudged(box: Box, press: Press, width: number, height: number): Box | null {
  const way = WAYS[press.key];
  if (!way) return null;
  const by = press.shiftKey ? 10 : 1;
  const [dx, dy] = [way[0] * by, way[1] * by];
  if (!press.ctrlKey && !press.metaKey) return moved(box, dx, dy, width, height);
  const x1 = Math.max(box[2] + dx, box[0] + 1);
  const y1 = Math.max(box[3] + dy, box[1] + 1);
  return tidied([box[0], box[1], x1, y1], width, height);
}

/** A box in the middle of the picture, to begin with where one is drawn by keys. */
export function middle(width: number, height: number): Box {
  const half = Math.max(Math.round(Math.min(width, height) / 12), 1);
  const [x, y] = [Math.round(width / 2), Math.round(height / 2)];
  return tidied([x - half, y - half, x + half, y + half], width, height);
}
