/** Speeds of the shuttle: J back, K stop, L forwards, as in a video editor; twice is faster. */
export type Speed = -4 | -2 | -1 | 0 | 1 | 2 | 4;

const SPEEDS: readonly Speed[] = [-4, -2, -1, 1, 2, 4];

/** The speed after L (*way* 1) or J (*way* -1) at *speed*. */
export function shuttled(speed: Speed, way: 1 | -1): Speed {
  if (speed === 0) return way;
  if (Math.sign(speed) !== way) return way;
  return SPEEDS[SPEEDS.indexOf(speed) + way] ?? speed;
}
