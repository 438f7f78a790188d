import type { ReviewDocument } from "../api/types";

const SAME = 1e-6;

/** The nearest of *moments* after *at* (*way* 1) or before it (*way* -1); null if there is none. */
export function nextMoment(moments: Iterable<number>, at: number, way: 1 | -1): number | null {
  let best: number | null = null;
  for (const moment of moments) {
    const ahead = (moment - at) * way;
    if (ahead > SAME && (best === null || ahead < (best - at) * way)) best = moment;
  }
  return best;
}

/** Where a person should look first: unsure moments, and starts of unsure tracks. */
export function unsureMoments(document: ReviewDocument): number[] {
  const starts = document.tracks.filter((track) => track.unsure).map((track) => track.start);
  return [...new Set([...document.unsure.map((moment) => moment.at), ...starts])].sort(
    (a, b) => a - b,
  );
}

/** First and last moments of *document*'s tracks, or of those in *ids* if there are any. */
export function ends(document: ReviewDocument, ids: ReadonlySet<string>): number[] {
  const tracks = ids.size > 0 ? document.tracks.filter((t) => ids.has(t.id)) : document.tracks;
  return tracks.flatMap((track) => [track.start, track.end]);
}
