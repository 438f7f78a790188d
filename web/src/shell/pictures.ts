const KEPT = 240;
const AT_ONCE = 2;

/**
 * Small pictures that were fetched, the last used ones kept in memory, a few fetched at a time so
 * that the picture at the play head need not wait behind them.
 */
export class Pictures {
  #kept = new Map<string, ImageBitmap>();
  #waiting: (() => void)[] = [];
  #going = 0;

  get(key: string): ImageBitmap | undefined {
    const picture = this.#kept.get(key);
    if (picture) {
      this.#kept.delete(key);
      this.#kept.set(key, picture);
    }
    return picture;
  }

  /** The picture of *key*, by *fetch* if need be; null if it is not wanted any more or fails. */
  async fetch(
    key: string,
    fetch: (signal: AbortSignal) => Promise<ImageBitmap>,
    signal: AbortSignal,
  ): Promise<ImageBitmap | null> {
    if (this.#going >= AT_ONCE) {
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    } else {
      this.#going += 1;
    }
    try {
      if (signal.aborted) return null;
      const picture = this.get(key) ?? (await fetch(signal));
      this.#keep(key, picture);
      return picture;
    } catch {
      return null; // a card without its picture says enough
    } finally {
      const next = this.#waiting.pop();
      if (next) next();
      else this.#going -= 1;
    }
  }

  #keep(key: string, picture: ImageBitmap): void {
    this.#kept.set(key, picture);
    for (const [oldest, old] of this.#kept) {
      if (this.#kept.size <= KEPT) break;
      this.#kept.delete(oldest);
      old.close();
    }
  }
}
