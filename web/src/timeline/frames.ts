/** Between times and frames: what is dragged on the timeline snaps to a frame. */

import { indexAt } from "../model/times";

/** The frame that starts nearest to `at`. */
export function nearestFrame(times: Float64Array, at: number): number {
  const before = indexAt(times, at);
  const after = Math.min(before + 1, times.length - 1);
  return (times[after] ?? 0) - at < at - (times[before] ?? 0) ? after : before;
}

/** The nearest moment at which a frame starts, or the recording ends. */
export function snapped(times: Float64Array, duration: number, at: number): number {
  const start = times[nearestFrame(times, at)] ?? 0;
  return Math.abs(duration - at) < Math.abs(start - at) ? duration : start;
}
