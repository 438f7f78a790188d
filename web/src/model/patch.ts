import type { Patch, ReviewDocument, Track } from "../api/types";
import { inOrder } from "./tracks";

/** The document after *patch*. */
export function applied(document: ReviewDocument, patch: Patch): ReviewDocument {
  const changed = new Map(patch.tracks.map((track) => [track.id, track]));
  const gone = new Set(patch.removed);
  const tracks: Track[] = [];
  for (const track of document.tracks) {
    const now = changed.get(track.id) ?? track;
    changed.delete(track.id);
    if (!gone.has(track.id)) tracks.push(now);
  }
  tracks.push(...changed.values());
  const numbers = new Map(patch.history.map((entry) => [entry.number, entry]));
  const history = document.history.map((entry) => {
    const now = numbers.get(entry.number) ?? entry;
    numbers.delete(entry.number);
    return now;
  });
  history.push(...numbers.values());
  return {
    ...document,
    revision: patch.revision,
    tracks: inOrder(tracks),
    speech: patch.speech === undefined ? document.speech : patch.speech,
    audit: patch.audit ?? document.audit,
    history,
    undo: patch.undo,
    redo: patch.redo,
    rendered: patch.rendered,
  };
}
