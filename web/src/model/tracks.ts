import type { Box, Key, Track } from "../api/types";

/** The box of *track* at *at*, on whole pixels outwards; null where the track is not there. */
export function boxAt(track: Track, at: number): Box | null {
  if (at < track.start || at >= track.end) return null;
  return heldBoxAt(track, at);
}

/** As `boxAt`, but beyond the ends the box stays as it is there; null without keys. */
export function heldBoxAt(track: Track, at: number): Box | null {
  const keys = track.keys;
  const first = keys[0];
  if (!first) return null;
  const i = lastKeyAt(keys, at);
  const key = i < 0 ? first : (keys[i] ?? first);
  const next = i < 0 ? undefined : keys[i + 1];
  if (track.steps || !next || next[0] <= key[0]) return [key[1], key[2], key[3], key[4]];
  const t = Math.min(1, Math.max(0, (at - key[0]) / (next[0] - key[0])));
  const along = (i: 1 | 2 | 3 | 4) => key[i] + (next[i] - key[i]) * t;
  return [
    Math.floor(along(1) + 1e-9),
    Math.floor(along(2) + 1e-9),
    Math.ceil(along(3) - 1e-9),
    Math.ceil(along(4) - 1e-9),
  ];
}

/** The index of the last key at or before *at*; -1 before the first. */
export function lastKeyAt(keys: readonly Key[], at: number): number {
  let low = -1;
  let high = keys.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((keys[middle]?.[0] ?? 0) <= at) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** Tracks in order of their start, then of their end, then by id. */
export function inOrder(tracks: readonly Track[]): Track[] {
  return [...tracks].sort(
    (a, b) => a.start - b.start || a.end - b.end || a.id.localeCompare(b.id, "en"),
  );
}

export interface Filter {
  kinds: ReadonlySet<string>;
  because: ReadonlySet<string>;
  state: "all" | "hidden" | "kept" | "unsure" | "decided" | "here";
}

export const EVERYTHING: Filter = { kinds: new Set(), because: new Set(), state: "all" };

/** The kind under which a track is listed: what was drawn has none of its own. */
export function kindOf(track: Track): string {
  return track.kind ?? (track.because === "damaged" ? "damaged" : "drawn");
}

/** Whether *filter* lets *track* through, the play head being at *at*. */
export function passes(track: Track, filter: Filter, at: number): boolean {
  if (filter.kinds.size > 0 && !filter.kinds.has(kindOf(track))) return false;
  if (filter.because.size > 0 && !filter.because.has(track.because)) return false;
  switch (filter.state) {
    case "hidden":
      return track.hidden;
    case "kept":
      return !track.hidden;
    case "unsure":
      return track.unsure;
    case "decided":
      return track.decided !== null;
    case "here":
      return track.start <= at && at < track.end;
    default:
      return true;
  }
}
