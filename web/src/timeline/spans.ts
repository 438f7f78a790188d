/** Intervals of speech, edited: always in order, apart from each other, and within the recording. */

import { united } from "../actions/editing";
import type { Span } from "../api/types";

/** Shorter than this a span is not made: a click is not a drag. */
export const LEAST_S = 0.02;

/** Cut to [0, duration], in order, and what touches joined. */
export function tidied(spans: readonly Span[], duration: number): Span[] {
  const cut = spans.map(
    ([start, end]): Span => [
      Math.max(Math.min(start, end), 0),
      Math.min(Math.max(start, end), duration),
    ],
  );
  return united(cut);
}

export function added(spans: readonly Span[], span: Span, duration: number): Span[] {
  if (Math.abs(span[1] - span[0]) < LEAST_S) return tidied(spans, duration);
  return tidied([...spans, span], duration);
}

export function removed(spans: readonly Span[], place: number): Span[] {
  return spans.filter((_, each) => each !== place).map(([start, end]): Span => [start, end]);
}

/** Drag what `grip` names of a span to `by` seconds from where it was; an end does not pass the other. */
export function dragged(
  spans: readonly Span[],
  place: number,
  grip: "start" | "end" | "body",
  by: number,
  duration: number,
): Span[] {
  const was = spans[place];
  if (!was) return tidied(spans, duration);
  let [start, end] = was;
  if (grip === "start") start = Math.min(Math.max(start + by, 0), end - LEAST_S);
  else if (grip === "end") end = Math.max(Math.min(end + by, duration), start + LEAST_S);
  else {
    const shift = Math.min(Math.max(by, -start), duration - end);
    start += shift;
    end += shift;
  }
  return tidied(
    spans.map((span, each): Span => (each === place ? [start, end] : span)),
    duration,
  );
}

/** The span at `at`, and what of it; `reach` seconds beside an end count as the end. */
export function spanAt(
  spans: readonly Span[],
  at: number,
  reach: number,
): { place: number; grip: "start" | "end" | "body" } | null {
  for (const [place, [start, end]] of spans.entries()) {
    if (at < start - reach || at > end + reach) continue;
    const roomy = end - start >= 3 * reach;
    if (roomy ? at - start <= reach : at < start) return { place, grip: "start" };
    if (roomy ? end - at <= reach : at > end) return { place, grip: "end" };
    return { place, grip: "body" };
  }
  return null;
}
