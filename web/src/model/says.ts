/** What the canvases show, in words: for a screen reader, and for what the pointer is over. */

import type { ReviewDocument, Track } from "../api/types";
import { kindOf } from "./tracks";
import { clock, kindWord, reasonWord } from "./words";

const MOST_NAMES = 4;

/** What is at a moment: which tracks, hidden or kept. */
export function saysAt(document: ReviewDocument, at: number, index: number): string {
  const here = document.tracks.filter((track) => track.start <= at && at < track.end);
  const hidden = here.filter((track) => track.hidden);
  const kept = here.filter((track) => !track.hidden);
  const speech = document.speech?.some(([start, end]) => start <= at && at < end) ?? false;
  const where =
    document.kind === "photo"
      ? "photo"
      : `${clock(at)}, frame ${index + 1} of ${document.frames.toLocaleString("en")}`;
  const parts = [where, hidden.length > 0 ? `hidden: ${names(hidden)}` : "nothing hidden"];
  if (kept.length > 0) parts.push(`kept: ${names(kept)}`);
  if (speech) parts.push("speech");
  return `${parts.join("; ")}.`;
}

function names(tracks: readonly Track[]): string {
  const named = tracks.slice(0, MOST_NAMES).map(nameOf).join(", ");
  return tracks.length > MOST_NAMES ? `${named} and ${tracks.length - MOST_NAMES} more` : named;
}

/** A track in a line. */
export function saysOf(track: Track): string {
  const parts = [
    nameOf(track),
    `${clock(track.start)} to ${clock(track.end)}`,
    track.hidden ? "hidden" : "kept: will be seen",
    reasonWord(track.because),
  ];
  if (track.because === "detector") parts.push(`score ${track.score.toFixed(2)}`);
  if (track.unsure) parts.push("unsure");
  if (track.edited) parts.push("edited");
  return parts.join(" · ");
}

/** Its id, with its kind where the id does not begin with it. */
function nameOf(track: Track): string {
  const kind = kindWord(kindOf(track));
  return track.id.startsWith(kind) ? track.id : `${kind} ${track.id}`;
}
