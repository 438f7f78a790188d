/** Tracks made up for tests and benches: the same every time. */

import type { Track } from "../api/types";

export function track(id: string, start: number, end: number, rest: Partial<Track> = {}): Track {
  return {
    id,
    kind: "face",
    because: "detector",
    score: 0.9,
    start,
    end,
    keys: [[start, 10, 10, 50, 60]],
    steps: true,
    hidden: true,
    edited: false,
    drawn: false,
    unsure: false,
    decided: null,
    ...rest,
  };
}

/** `count` tracks of all kinds over `duration` seconds, up to 20 s each. */
export function crowd(count: number, duration: number, seed = 1): Track[] {
  let state = seed;
  const random = (): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
  const kinds = ["face", "face", "face", "person", "head", "plate", "text"];
  return Array.from({ length: count }, (_, place) => {
    const start = random() * (duration - 1);
    const end = Math.min(start + 0.04 + random() ** 3 * 20, duration);
    const rest: Partial<Track> = {
      kind: kinds[Math.floor(random() * kinds.length)] ?? "face",
      because: random() < 0.1 ? "verifier" : "detector",
      hidden: random() > 0.1,
      edited: random() < 0.1,
      unsure: random() < 0.1,
    };
    if (rest.edited) {
      rest.keys = Array.from({ length: 8 }, (_each, key) => [
        start + ((end - start) * key) / 8,
        10,
        10,
        50,
        60,
      ]);
      rest.steps = false;
    }
    return track(`t${place}`, start, end, rest);
  });
}
