/**
 * Time along the timeline: seconds to pixels and back, and the marks of the ruler.
 *
 * Seconds are since the first frame; pixels are CSS pixels from the left edge of what shows time.
 * Nothing here knows of the DOM.
 */

/** The span of time that is seen, in seconds; `end` is greater than `start`. */
export interface View {
  readonly start: number;
  readonly end: number;
}

/** A mark of the ruler: large ones carry a time. */
export interface Mark {
  readonly at: number;
  readonly label: string | null;
}

export function toX(view: View, width: number, at: number): number {
  return ((at - view.start) / (view.end - view.start)) * width;
}

export function toTime(view: View, width: number, x: number): number {
  return view.start + (x / width) * (view.end - view.start);
}

const STEPS_S = [
  0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200,
  14400, 28800, 86400,
];

/** The marks of a ruler `width` px wide, with large ones at least `apart` px from each other. */
export function marks(view: View, width: number, apart = 90): Mark[] {
  const perPixel = (view.end - view.start) / width;
  const step =
    STEPS_S.find((each) => each / perPixel >= apart) ??
    86400 * Math.ceil((apart * perPixel) / 86400);
  const parts = step / 5 / perPixel >= 7 ? 5 : 1;
  const small = step / parts;
  const found: Mark[] = [];
  // Counted in whole steps, so that the marks do not wander while the view is panned.
  for (
    let count = Math.ceil(view.start / small - 1e-9);
    count * small <= view.end + 1e-9;
    count += 1
  ) {
    const at = count * small;
    found.push({ at, label: count % parts === 0 ? clock(at, decimals(step)) : null });
  }
  return found;
}

function decimals(step: number): number {
  if (step >= 1) return 0;
  return step >= 0.1 ? 1 : 2;
}

/** Say a time as people read it: `0:07`, `12:03.5`, `1:02:03`. */
export function clock(at: number, digits = 0): string {
  const unit = 10 ** digits;
  const all = Math.round(Math.max(at, 0) * unit);
  const seconds = Math.floor(all / unit);
  const rest = digits > 0 ? `.${String(all % unit).padStart(digits, "0")}` : "";
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.floor(seconds / 60) % 60;
  const two = (value: number): string => String(value).padStart(2, "0");
  const head = hours > 0 ? `${hours}:${two(minutes)}` : `${minutes}`;
  return `${head}:${two(seconds % 60)}${rest}`;
}
