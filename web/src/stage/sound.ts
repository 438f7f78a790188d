/**
 * The recording's sound, while it is played at its own speed: fetched in pieces, in time with the picture.
 *
 * The picture leads: playing waits for pictures that are late, so the sound is put right whenever it
 * is further from the play head than an eye and an ear forgive. What is heard is the original, since
 * somebody who looks for speech has to hear it.
 */

import { effect } from "@preact/signals";
import type { Store } from "../store";

/** Seconds of sound in a piece. */
const PIECE_S = 8;
/** The next piece is fetched this long before the one that is heard ends. */
const AHEAD_S = 3;
/** Lip sync is judged to be off from about an eighth of a second (ITU-R BT.1359). */
const FORGIVEN_S = 0.12;
const LOOK_MS = 100;

interface Piece {
  readonly start: number;
  readonly end: number;
  readonly buffer: AudioBuffer;
}

/** The start of the piece that holds `at`: pieces lie end to end, so that one is fetched once. */
export function pieceStart(at: number): number {
  return Math.max(Math.floor(at / PIECE_S), 0) * PIECE_S;
}

export class SoundTrack {
  readonly #stops: (() => void)[] = [];
  readonly #pieces = new Map<number, Piece | null>();
  #context: AudioContext | null = null;
  #file: number | null = null;
  #heard: { source: AudioBufferSourceNode; piece: Piece; began: number; from: number } | null =
    null;
  #timer: ReturnType<typeof setInterval> | undefined;

  constructor(private readonly store: Store) {
    this.#stops.push(
      effect(() => {
        const doc = store.doc.value;
        const file = doc?.n ?? null;
        if (file !== this.#file) this.#open(file);
        const sounds = store.playing.value === 1 && !store.muted.value && (doc?.has_sound ?? false);
        if (sounds) this.#begin();
        else this.#end();
      }),
    );
  }

  close(): void {
    for (const stop of this.#stops) stop();
    this.#end();
    void this.#context?.close();
  }

  #open(file: number | null): void {
    this.#end();
    this.#pieces.clear();
    this.#file = file;
  }

  #begin(): void {
    if (this.#timer !== undefined) return;
    this.#context ??= new AudioContext();
    void this.#context.resume();
    this.#timer = setInterval(() => this.#look(), LOOK_MS);
    this.#look();
  }

  #end(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.#silence();
  }

  #silence(): void {
    this.#heard?.source.stop();
    this.#heard = null;
  }

  /** See that what is heard is what is at the play head, and that the next piece is at hand. */
  #look(): void {
    const context = this.#context;
    const doc = this.store.doc.peek();
    if (!context || !doc) return;
    const now = this.store.now.peek();
    this.#want(pieceStart(now), doc.duration);
    this.#want(pieceStart(now + AHEAD_S), doc.duration);
    const piece = this.#pieces.get(pieceStart(now));
    if (!piece) {
      this.#silence();
      return;
    }
    const heard = this.#heard;
    const at = heard ? heard.from + context.currentTime - heard.began : Number.NaN;
    if (heard?.piece === piece && Math.abs(at - now) <= FORGIVEN_S) return;
    this.#silence();
    const source = context.createBufferSource();
    source.buffer = piece.buffer;
    source.connect(context.destination);
    source.start(0, Math.max(now - piece.start, 0));
    this.#heard = { source, piece, began: context.currentTime, from: now };
  }

  #want(start: number, duration: number): void {
    if (start >= duration || this.#pieces.has(start)) return;
    this.#pieces.set(start, null);
    const file = this.#file;
    void this.#fetch(start, Math.min(start + PIECE_S, duration)).then((piece) => {
      if (file !== this.#file) return;
      if (piece) this.#pieces.set(start, piece);
      for (const each of this.#pieces.keys()) {
        if (Math.abs(each - start) > 2 * PIECE_S) this.#pieces.delete(each);
      }
    });
  }

  /** null where there is no sound to be had: the picture is played without. */
  async #fetch(start: number, end: number): Promise<Piece | null> {
    const context = this.#context;
    if (!context || this.#file === null) return null;
    try {
      const bytes = await this.store.client.sound(this.#file, start, end);
      return { start, end, buffer: await context.decodeAudioData(bytes) };
    } catch {
      return null;
    }
  }
}
