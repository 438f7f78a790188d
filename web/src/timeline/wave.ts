/** The waveform: the loudest and the quietest of what lies under each pixel. */

import type { Waveform } from "../api/types";
import type { View } from "./scale";

/** A peak for every 20 ms, but no more than the server gives at once. */
export function bucketsFor(duration: number): number {
  return Math.min(Math.max(Math.round(duration * 50), 500), 20_000);
}

/** As much louder as makes its loudest peak full: how loud a recording is matters less than where. */
export function levelled(wave: Waveform): Waveform {
  let most = 0;
  for (const [low, high] of wave.peaks) most = Math.max(most, high, -low);
  const by = 127 / Math.max(most, LEAST_LOUD);
  const peaks = wave.peaks.map(([low, high]): [number, number] => [low * by, high * by]);
  return { ...wave, peaks };
}

/** Noise is not made to look like speech: about -30 dB of full scale. */
const LEAST_LOUD = 4;

/**
 * Low and high of each of `width` columns, each in [-1, 1], interleaved; 0 and 0 beyond the sound.
 *
 * Takes each bucket that a column touches, so that a click is not lost by lying between columns.
 */
export function columns(wave: Waveform, view: View, width: number): Float32Array {
  const result = new Float32Array(width * 2);
  const count = wave.peaks.length;
  if (count === 0 || wave.duration <= 0) return result;
  const perSecond = count / wave.duration;
  const perColumn = ((view.end - view.start) / width) * perSecond;
  for (let column = 0; column < width; column += 1) {
    const from = view.start * perSecond + column * perColumn;
    const first = Math.max(Math.floor(from), 0);
    const last = Math.min(Math.max(Math.ceil(from + perColumn), first + 1), count);
    let low = 0;
    let high = 0;
    for (let place = first; place < last; place += 1) {
      const peak = wave.peaks[place] as [number, number];
      if (peak[0] < low) low = peak[0];
      if (peak[1] > high) high = peak[1];
    }
    result[column * 2] = low / 127;
    result[column * 2 + 1] = high / 127;
  }
  return result;
}
