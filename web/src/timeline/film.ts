/**
 * The filmstrip: small pictures along the time.
 *
 * The strip is cut into slots whose length is a power of two of a base, so that panning and zooming
 * in steps ask for the same pictures again. Pictures come one after the other, the middle first, and
 * only when the view has been still for a moment: what is on the stage goes before. When all that are
 * wanted are there, `idle` is called.
 */

import { nearestFrame } from "./frames";
import { toX, type View } from "./scale";

export interface Slot {
  readonly index: number;
  readonly x: number;
  readonly width: number;
}

/** The slots seen in `view`: each between three quarters of a picture and one and a half wide. */
export function slots(view: View, width: number, picture: number, times: Float64Array): Slot[] {
  if (times.length === 0 || width <= 0) return [];
  const least = (picture / width) * (view.end - view.start);
  const length = 2 ** Math.ceil(Math.log2(least * 0.75));
  const found: Slot[] = [];
  for (let number = Math.floor(view.start / length); number * length < view.end; number += 1) {
    if (number < 0) continue;
    const at = number * length;
    if (at > (times[times.length - 1] ?? 0) + length) break;
    const x = toX(view, width, at);
    found.push({ index: nearestFrame(times, at), x, width: toX(view, width, at + length) - x });
  }
  return found;
}

/** What of a picture fills a slot without being stretched: left, top, width, height. */
export function cropped(
  picture: { width: number; height: number },
  width: number,
  height: number,
): [number, number, number, number] {
  const scale = Math.max(width / picture.width, height / picture.height);
  const [wide, high] = [width / scale, height / scale];
  return [(picture.width - wide) / 2, (picture.height - high) / 2, wide, high];
}

const MOST = 400;
const STILL_MS = 120;

/** The pictures of the strip, as they come. */
export class Film {
  readonly #kept = new Map<number, ImageBitmap>();
  readonly #failed = new Set<number>();
  #wanted: number[] = [];
  /** The one that was asked for and is on its way. */
  #coming: number | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #asking: AbortController | null = null;
  #closed = false;

  constructor(
    private readonly fetch: (index: number, signal: AbortSignal) => Promise<ImageBitmap>,
    private readonly arrived: () => void,
    private readonly idle: () => void = () => {},
  ) {}

  get(index: number): ImageBitmap | undefined {
    return this.#kept.get(index);
  }

  /** Say which pictures are seen now; those that are missing are asked for soon. */
  want(indexes: readonly number[]): void {
    const missing = indexes.filter(
      (each) => !this.#kept.has(each) && !this.#failed.has(each) && each !== this.#coming,
    );
    const middle = (missing.length - 1) / 2;
    const order = missing.map((each, place) => ({ each, away: Math.abs(place - middle) }));
    this.#wanted = order.sort((one, other) => one.away - other.away).map(({ each }) => each);
    for (const each of indexes) this.#touch(each);
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#work(), STILL_MS);
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
    this.#asking?.abort();
    for (const bitmap of this.#kept.values()) bitmap.close();
    this.#kept.clear();
  }

  #touch(index: number): void {
    const bitmap = this.#kept.get(index);
    if (!bitmap) return;
    this.#kept.delete(index);
    this.#kept.set(index, bitmap);
  }

  async #work(): Promise<void> {
    if (this.#asking) return;
    for (
      let index = this.#wanted.shift();
      index !== undefined && !this.#closed;
      index = this.#wanted.shift()
    ) {
      this.#asking = new AbortController();
      this.#coming = index;
      try {
        const bitmap = await this.fetch(index, this.#asking.signal);
        if (this.#closed) return bitmap.close();
        this.#kept.set(index, bitmap);
        this.#drop();
        this.arrived();
      } catch {
        // A slot without a picture stays empty: the strip is a help to find one's way, no more.
        this.#failed.add(index);
      } finally {
        this.#asking = null;
        this.#coming = null;
      }
    }
    if (!this.#closed) this.idle();
  }

  #drop(): void {
    for (const [index, bitmap] of this.#kept) {
      if (this.#kept.size <= MOST) return;
      bitmap.close();
      this.#kept.delete(index);
    }
  }
}
