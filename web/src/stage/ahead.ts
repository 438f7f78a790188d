/**
 * Which frames are worth having, and which are let go.
 *
 * Nothing here fetches. The play head is at a frame, goes some way, and there is room for so many
 * pictures; the answer is a list of frames, the most wanted first. Pictures are large (1080p is
 * 8 MB decoded), so there is always a bound, in bytes.
 */

/** Widths that pictures are asked for in, so that a stage that is resized does not ask for all anew. */
const WIDTHS = [320, 480, 640, 960, 1280, 1600, 1920, 2560, 3840];

/** The width to ask for: enough for `shown` device pixels, never more than the footage has. */
export function widthFor(shown: number, own: number): number {
  const enough = WIDTHS.find((width) => width >= shown) ?? own;
  return Math.max(Math.min(enough, own), 1);
}

/** How many pictures of this size `bytes` hold; at least 3, the one that is seen and its neighbours. */
export function roomFor(bytes: number, width: number, height: number): number {
  return Math.max(Math.floor(bytes / (width * height * 4)), 3);
}

export interface Head {
  readonly index: number;
  readonly frames: number;
  /** How fast it plays, negative backwards; 0 while standing. */
  readonly speed: number;
  /** The way the last step went: +1 or -1. */
  readonly way: 1 | -1;
}

/** Every how manieth frame is shown: all of them up to the footage's own speed, every fourth at four times that. */
export function strideOf(speed: number): number {
  return Math.max(Math.round(Math.abs(speed)), 1);
}

/**
 * The frames worth having, most wanted first: the one at the head, then on in the way it goes, and
 * a few behind. Standing, two ahead for each behind; playing, nearly all ahead, and only those that
 * are shown at that speed.
 */
export function wanted(head: Head, most: number): number[] {
  const stride = strideOf(head.speed);
  const { index, frames, speed } = head;
  const found: number[] = [];
  const take = (each: number): void => {
    if (each >= 0 && each < frames && found.length < most) found.push(each);
  };
  take(index);
  const way = speed === 0 ? head.way : speed > 0 ? 1 : -1;
  const behindEvery = speed === 0 ? 2 : 8;
  let behind = 0;
  for (let step = 1; found.length < most && step * stride < frames + stride; step += 1) {
    take(index + way * step * stride);
    if (step % behindEvery === 0 || (speed === 0 && step === 1)) {
      behind += 1;
      take(index - way * behind * stride);
    }
  }
  return found;
}

/** Of what is kept, those to let go so that `most` are left: first those furthest down the list of the wanted. */
export function surplus(
  kept: readonly number[],
  list: readonly number[],
  index: number,
  most: number,
): number[] {
  if (kept.length <= most) return [];
  const rank = new Map(list.map((each, place) => [each, place]));
  const worth = (each: number): number => rank.get(each) ?? list.length + Math.abs(each - index);
  return [...kept].sort((one, other) => worth(other) - worth(one)).slice(0, kept.length - most);
}
