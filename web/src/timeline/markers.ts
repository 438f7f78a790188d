/** Marks above the lanes: where to look. In order of time, so that only what is seen is gone through. */

import type { Audit, ReviewDocument } from "../api/types";
import { clock } from "../model/words";

export type MarkerKind = "unsure" | "second look" | "to look at" | "clean" | "not clean";

export interface Marker {
  readonly at: number;
  readonly kind: MarkerKind;
  readonly says: string;
}

export function markersOf(document: ReviewDocument, walk: Audit | null): Marker[] {
  const found: Marker[] = [];
  const added = new Set<number>();
  for (const { because, start } of document.tracks) {
    if (because !== "verifier" || added.has(start)) continue;
    added.add(start);
    found.push({
      at: start,
      kind: "second look",
      says: `added by the second look at ${clock(start)}`,
    });
  }
  for (const { at, why } of document.unsure) {
    // What the second look added is unsure as well: one mark says so.
    if (!added.has(at)) found.push({ at, kind: "unsure", says: `unsure at ${clock(at)}: ${why}` });
  }
  const looks = new Map((walk?.looks ?? []).map((look) => [look.at, look.clean]));
  for (const at of walk?.moments ?? []) {
    const clean = looks.get(at);
    const kind = clean === undefined ? "to look at" : clean ? "clean" : "not clean";
    found.push({ at, kind, says: `audit walk, ${clock(at)}: ${kind}` });
  }
  return found.sort((one, other) => one.at - other.at);
}

/** The place of the first marker at or after `at`. */
export function firstMarker(markers: readonly Marker[], at: number): number {
  let low = 0;
  let high = markers.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((markers[middle] as Marker).at < at) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The marker nearest to `at`, no further than `reach` seconds. */
export function markerAt(markers: readonly Marker[], at: number, reach: number): Marker | null {
  let best: Marker | null = null;
  for (let place = firstMarker(markers, at - reach); place < markers.length; place += 1) {
    const marker = markers[place] as Marker;
    if (marker.at > at + reach) break;
    if (!best || Math.abs(marker.at - at) < Math.abs(best.at - at)) best = marker;
  }
  return best;
}
