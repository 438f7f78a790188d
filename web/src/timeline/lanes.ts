/**
 * Which lane a track's bar lies in.
 *
 * Tracks of one kind are kept together in a group of lanes, so that a bar's place says its kind as
 * well as its colour does. Within a group a track takes the first lane that is free when it starts
 * (interval partitioning, which needs no more lanes than tracks overlap at once), or the lane it had
 * before, so that an edit does not shuffle what the reviewer was looking at.
 */

import type { Track } from "../api/types";
import { kindOf } from "../model/tracks";

/** A lane: its tracks in order of time, none over another. */
export interface Lane {
  readonly tracks: Track[];
  /** The greatest end of tracks[0..i]; for a search by time. */
  readonly ends: Float64Array;
}

export interface Group {
  readonly kind: string;
  readonly lanes: readonly Lane[];
  /** The number of its first lane, counted over all groups. */
  readonly first: number;
}

export interface Packing {
  readonly groups: readonly Group[];
  readonly count: number;
  /** The lane of each track within its group. */
  readonly placeOf: ReadonlyMap<string, number>;
}

/** The order of the groups: what a person drew is looked at first. */
const ORDER = ["drawn", "damaged", "face", "head", "person", "plate", "text", "code", "screen"];

export function pack(tracks: readonly Track[], before?: Packing): Packing {
  const byKind = new Map<string, Track[]>();
  for (const track of tracks) {
    const kind = kindOf(track);
    const known = byKind.get(kind);
    if (known) known.push(track);
    else byKind.set(kind, [track]);
  }
  const groups: Group[] = [];
  const placeOf = new Map<string, number>();
  let count = 0;
  for (const kind of [...byKind.keys()].sort(inOrder)) {
    const lanes = packed(byKind.get(kind) ?? [], before);
    groups.push({ kind, first: count, lanes });
    lanes.forEach((lane, place) => {
      for (const track of lane.tracks) {
        placeOf.set(track.id, place);
      }
    });
    count += lanes.length;
  }
  return { groups, count, placeOf };
}

function inOrder(one: string, other: string): number {
  return rank(one) - rank(other) || one.localeCompare(other);
}

function rank(kind: string): number {
  const place = ORDER.indexOf(kind);
  return place < 0 ? ORDER.length : place;
}

function packed(tracks: readonly Track[], before?: Packing): Lane[] {
  const order = [...tracks].sort(
    (one, other) => one.start - other.start || other.end - one.end || (one.id < other.id ? -1 : 1),
  );
  const lanes: Track[][] = [];
  const ends: number[] = [];
  for (const track of order) {
    let lane = before?.placeOf.get(track.id) ?? -1;
    if (lane < 0 || (ends[lane] ?? -Infinity) > track.start) {
      lane = ends.findIndex((end) => end <= track.start);
      if (lane < 0) lane = ends.length;
    }
    while (lanes.length <= lane) {
      lanes.push([]);
      ends.push(-Infinity);
    }
    lanes[lane]?.push(track);
    ends[lane] = Math.max(track.end, track.start);
  }
  return lanes
    .filter((lane) => lane.length > 0)
    .map((lane) => ({ tracks: lane, ends: Float64Array.from(lane, (track) => track.end) }));
}

/** The lane of a track, counted over all groups; undefined if it is not among those of `packing`. */
export function laneOf(packing: Packing, track: Track): number | undefined {
  const group = packing.groups.find((each) => each.kind === kindOf(track));
  const place = packing.placeOf.get(track.id);
  if (!group || place === undefined || place >= group.lanes.length) return undefined;
  return group.first + place;
}

/**
 * `packing` with as many lanes of each group as have something between `start` and `end`; one at least.
 *
 * Where most overlap at once may be an hour away: its lanes would push out of sight what is here.
 * Tracks take the first lane that is free, so what can be left out are the last ones.
 */
export function trimmed(packing: Packing, start: number, end: number): Packing {
  let count = 0;
  const groups = packing.groups.map((group) => {
    const last = group.lanes.findLastIndex((lane) => {
      const track = lane.tracks[firstEndingAfter(lane, start)];
      return track !== undefined && track.start < end;
    });
    const lanes = group.lanes.slice(0, Math.max(last, 0) + 1);
    const first = count;
    count += lanes.length;
    return { kind: group.kind, lanes, first };
  });
  return { groups, count, placeOf: packing.placeOf };
}

/** The place of the first track of `lane` that ends after `at`; its length if none does. */
export function firstEndingAfter(lane: Lane, at: number): number {
  let low = 0;
  let high = lane.ends.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((lane.ends[middle] ?? Infinity) > at) high = middle;
    else low = middle + 1;
  }
  return low;
}
