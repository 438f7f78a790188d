/**
 * Pictures of frames, fetched by index, with a bounded number of them kept around the play head.
 *
 * The newest wish wins. What is fetched ahead is let go of as soon as it is not wanted any more; the
 * one frame that was asked for because it was at the play head is let come, since while scrubbing it
 * is shown on the way, and if each move of the hand put an end to it none would ever be seen. No more
 * than `AT_ONCE` are asked for at a time: the server decodes one after the other, and what is at the
 * play head should not have to wait in a line.
 */

import { type Head, surplus, wanted } from "./ahead";

export interface Wish {
  readonly width: number;
  readonly masks: boolean;
  /** Where masks are rendered, what they are depends on it. */
  readonly revision: number;
}

export type Fetch = (index: number, wish: Wish, signal: AbortSignal) => Promise<ImageBitmap>;

const AT_ONCE = 2;
const AGAIN_MS = 1500;

interface Asked {
  readonly control: AbortController;
  urgent: boolean;
}

export class Pictures {
  readonly #kept = new Map<number, ImageBitmap>();
  readonly #asked = new Map<number, Asked>();
  readonly #failed = new Map<number, unknown>();
  #head: Head = { index: 0, frames: 0, speed: 0, way: 1 };
  #wish: Wish = { width: 0, masks: false, revision: 0 };
  #most = 3;
  #held: ImageBitmap | null = null;
  #again: ReturnType<typeof setTimeout> | undefined;
  #closed = false;

  /**
   * @param arrived - Called when the picture of a frame is there.
   * @param failed - Called when that at the play head could not be had; it is tried again later.
   */
  constructor(
    private readonly fetch: Fetch,
    private readonly arrived: (index: number, urgent: boolean) => void,
    private readonly failed: (index: number, error: unknown) => void,
  ) {}

  /** Say where the play head is and what pictures are to be like; at most `most` are kept. */
  aim(head: Head, wish: Wish, most: number): void {
    if (!alike(wish, this.#wish)) this.forget();
    this.#head = head;
    this.#wish = wish;
    this.#most = most;
    const list = wanted(head, most);
    const worth = new Set(list);
    for (const [index, asked] of this.#asked) {
      if (!worth.has(index) && !asked.urgent) this.#abort(index, asked);
    }
    for (const index of surplus([...this.#kept.keys()], list, head.index, most)) this.#drop(index);
    this.#pump(list);
  }

  get(index: number): ImageBitmap | undefined {
    return this.#kept.get(index);
  }

  /** Why the frame could not be had, if it could not. */
  failure(index: number): unknown {
    return this.#failed.get(index);
  }

  /** Keep `bitmap` from being closed while it is on the screen; the one before it is let go. */
  hold(bitmap: ImageBitmap | null): void {
    const before = this.#held;
    this.#held = bitmap;
    if (before && before !== bitmap && ![...this.#kept.values()].includes(before)) before.close();
  }

  /** Let go of all pictures but the one that is held, and of all that were asked for. */
  forget(): void {
    for (const [index, asked] of this.#asked) this.#abort(index, asked);
    for (const index of [...this.#kept.keys()]) this.#drop(index);
    this.#failed.clear();
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#again);
    this.forget();
    this.hold(null);
  }

  #pump(list = wanted(this.#head, this.#most)): void {
    if (this.#closed || this.#head.frames === 0) return;
    const { index } = this.#head;
    const coming = this.#asked.get(index);
    if (coming) coming.urgent = true;
    const missing = (each: number): boolean =>
      !this.#kept.has(each) && !this.#asked.has(each) && !this.#failed.has(each);
    const urgent = [...this.#asked.values()].some((asked) => asked.urgent);
    if (missing(index)) {
      // One at the play head at a time: when it is there, the newest is next.
      if (!urgent) void this.#ask(index, true);
      return;
    }
    if (urgent) return;
    for (const each of list) {
      if (this.#asked.size >= AT_ONCE) return;
      if (missing(each)) void this.#ask(each, false);
    }
  }

  async #ask(index: number, urgent: boolean): Promise<void> {
    const asked: Asked = { control: new AbortController(), urgent };
    this.#asked.set(index, asked);
    const wish = this.#wish;
    try {
      const bitmap = await this.fetch(index, wish, asked.control.signal);
      if (this.#asked.get(index) !== asked) return bitmap.close();
      this.#kept.get(index)?.close();
      this.#kept.set(index, bitmap);
      this.#asked.delete(index);
      this.arrived(index, asked.urgent);
      this.#trim(index);
    } catch (error) {
      if (this.#asked.get(index) !== asked) return;
      this.#asked.delete(index);
      this.#fail(index, error);
    }
    this.#pump();
  }

  /** What came while the play head went elsewhere is only kept where there is room. */
  #trim(index: number): void {
    const list = wanted(this.#head, this.#most);
    const over = surplus([...this.#kept.keys()], list, this.#head.index, this.#most);
    for (const each of over) this.#drop(each);
    if (!this.#kept.has(index)) this.#failed.delete(index);
  }

  #fail(index: number, error: unknown): void {
    this.#failed.set(index, error);
    if (index === this.#head.index) this.failed(index, error);
    clearTimeout(this.#again);
    this.#again = setTimeout(() => {
      this.#failed.clear();
      this.#pump();
    }, AGAIN_MS);
  }

  #abort(index: number, asked: Asked): void {
    this.#asked.delete(index);
    asked.control.abort();
  }

  #drop(index: number): void {
    const bitmap = this.#kept.get(index);
    this.#kept.delete(index);
    if (bitmap && bitmap !== this.#held) bitmap.close();
  }
}

function alike(one: Wish, other: Wish): boolean {
  return (
    one.width === other.width &&
    one.masks === other.masks &&
    (!one.masks || one.revision === other.revision)
  );
}
