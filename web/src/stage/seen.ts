/** The picture that is seen: that at the play head, as soon as it is there. */

import type { Store } from "../store";
import { roomFor, strideOf, widthFor } from "./ahead";
import { Pictures } from "./pictures";
import type { Picture } from "./viewport";

/** Decoded pictures kept, in bytes; and how many at most while standing. */
const KEPT_BYTES = 256 * 2 ** 20;
const MOST_STANDING = 24;
/** After this it is said that a picture is on the way. */
const LATE_MS = 250;

export class Seen {
  bitmap: ImageBitmap | null = null;
  readonly #pictures: Pictures;
  #file: number | null = null;
  #asked = { index: -1, at: 0 };
  #last = 0;
  #way: 1 | -1 = 1;
  #late: ReturnType<typeof setTimeout> | undefined;

  /**
   * @param changed - Called when another picture is seen, or none.
   * @param says - Called with what is to be said instead of a picture; null when there is one.
   * @param held - Whether what is seen must stay, since somebody has hold of a box on it.
   */
  constructor(
    private readonly store: Store,
    private readonly changed: () => void,
    private readonly says: (text: string | null) => void,
    private readonly held: () => boolean,
  ) {
    this.#pictures = new Pictures(
      (index, wish, signal) => store.client.frame(this.#file ?? 0, index, wish, signal),
      (index, urgent) => this.#arrived(index, urgent),
      (_index, error) => this.#fail(error),
    );
  }

  /** Another file: nothing of the one before is seen any more. */
  open(file: number | null): void {
    this.#file = file;
    this.#asked = { index: -1, at: 0 };
    this.#pictures.forget();
    this.#none();
  }

  /** Ask for the picture at the play head, and for those that may be next; `scale` in device pixels. */
  aim(picture: Picture, scale: number): void {
    const { store } = this;
    const doc = store.doc.peek();
    if (!doc || store.times.peek().length === 0) return;
    const speed = store.playing.peek();
    const stride = strideOf(speed);
    const frame = store.frame.peek();
    const index = frame - (frame % stride);
    if (frame !== this.#last) this.#way = frame > this.#last ? 1 : -1;
    this.#last = frame;
    if (this.#asked.index !== index) {
      this.#asked = { index, at: performance.now() };
      clearTimeout(this.#late);
      this.#late = setTimeout(() => this.#slow(), LATE_MS);
    }
    const own = Math.max(Math.round(picture.width * picture.aspect), 1);
    const width = widthFor(own * scale, own);
    const room = roomFor(KEPT_BYTES, width, (width * picture.height) / own);
    const masks = store.masks.peek() === "rendered";
    this.#pictures.aim(
      { index, frames: doc.frames, speed, way: this.#way },
      { width, masks, revision: doc.revision },
      speed === 0 ? Math.min(room, MOST_STANDING) : room,
    );
    const bitmap = this.#pictures.get(index);
    const failure = this.#pictures.failure(index);
    if (bitmap) this.#show(index, bitmap);
    else if (failure !== undefined) this.#fail(failure);
  }

  close(): void {
    clearTimeout(this.#late);
    this.#pictures.close();
  }

  #arrived(index: number, urgent: boolean): void {
    const bitmap = this.#pictures.get(index);
    if (!bitmap) return;
    const wanted = this.#asked.index;
    // On the way to where the hand is, what came is shown if it is nearer to it than what is seen.
    const away = Math.abs(this.store.shown.peek() - wanted);
    const nearer = urgent && !this.held() && Math.abs(index - wanted) < away;
    if (index === wanted || nearer) this.#show(index, bitmap);
  }

  #show(index: number, bitmap: ImageBitmap): void {
    if (this.bitmap === bitmap && this.store.shown.peek() === index) return;
    this.#pictures.hold(bitmap);
    this.bitmap = bitmap;
    if (index === this.#asked.index) {
      clearTimeout(this.#late);
      performance.measure("stage-frame", { start: this.#asked.at, end: performance.now() });
      performance.clearMeasures("stage-frame"); // observers have it; the list would only grow
    }
    this.says(null);
    this.store.shown.value = index;
    this.changed();
  }

  /** A frame that cannot be had is not passed over by showing another in its place. */
  #fail(error: unknown): void {
    clearTimeout(this.#late);
    this.#none();
    const why = error instanceof Error && error.message ? `: ${error.message}` : "";
    this.says(`This frame cannot be shown${why}.`);
  }

  #none(): void {
    this.bitmap = null;
    this.#pictures.hold(null);
    this.store.shown.value = -1;
    this.says(null);
    this.changed();
  }

  #slow(): void {
    if (this.store.shown.peek() !== this.#asked.index) this.says("Getting the picture…");
  }
}
