import type { TimeTable } from "../api/types";

/**
 * The time of every frame, in seconds since the first one.
 *
 * The whole ticks are added up before the one multiplication and the one division, so that each
 * time is the float nearest to the exact one, as the server's are.
 */
export function frameTimes(table: TimeTable, frames: number): Float64Array {
  const [numerator, denominator] = table.tick;
  const times = new Float64Array(frames);
  let ticks = 0;
  let index = 1;
  for (const [delta, count] of table.runs) {
    for (let i = 0; i < count && index < frames; i++) {
      ticks += delta;
      times[index++] = (ticks * numerator) / denominator;
    }
  }
  return times;
}

/** The last frame that starts at or before *at*; 0 before the first. */
export function indexAt(times: Float64Array, at: number): number {
  let low = 0;
  let high = times.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((times[middle] ?? 0) <= at) low = middle;
    else high = middle - 1;
  }
  return Math.max(0, low);
}

/** When frame *index* ends: the next one's start, or the end of the recording. */
export function endOf(times: Float64Array, index: number, duration: number): number {
  return times[index + 1] ?? Math.max(duration, times[index] ?? 0);
}
