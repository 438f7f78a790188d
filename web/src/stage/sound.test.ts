import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Client } from "../api/client";
import type { ReviewDocument } from "../api/types";
import { createStore, type Store } from "../store";
import { pieceStart, SoundTrack } from "./sound";

/** A browser's clock of sound that goes when it is told to. */
class Speaker {
  static last: Speaker;
  currentTime = 0;
  playing: { from: number; stopped: boolean }[] = [];
  destination = {};

  constructor() {
    Speaker.last = this;
  }

  resume(): Promise<void> {
    return Promise.resolve();
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  decodeAudioData(bytes: ArrayBuffer): Promise<ArrayBuffer> {
    return Promise.resolve(bytes);
  }

  createBufferSource() {
    const heard = { from: -1, stopped: false };
    return {
      buffer: null,
      connect() {},
      start: (_when: number, offset: number) => {
        heard.from = offset;
        this.playing.push(heard);
      },
      stop() {
        heard.stopped = true;
      },
    };
  }
}

let asked: [number, number][];
let store: Store;
let sound: SoundTrack;

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal("AudioContext", Speaker);
  asked = [];
  const client = {
    sound(_n: number, start: number, end: number) {
      asked.push([start, end]);
      return Promise.resolve(new ArrayBuffer(8));
    },
  };
  store = createStore(client as unknown as Client);
  store.doc.value = { n: 0, duration: 20, has_sound: true } as unknown as ReviewDocument;
  store.times.value = Float64Array.from({ length: 500 }, (_, index) => index / 25);
  store.frame.value = 50;
  sound = new SoundTrack(store);
});

afterEach(() => {
  sound.close();
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

const heard = () => Speaker.last.playing.filter((each) => !each.stopped);

describe("the sound", () => {
  it("is fetched only when it is to be heard, and begins at the play head", async () => {
    expect(asked).toEqual([]);
    store.playing.value = 1;
    await vi.advanceTimersByTimeAsync(150);
    expect(asked).toEqual([[0, 8]]);
    expect(heard()).toEqual([{ from: 2, stopped: false }]);
  });

  it("ends with playing, when muted, and at other speeds", async () => {
    store.playing.value = 1;
    await vi.advanceTimersByTimeAsync(150);
    store.playing.value = 2;
    expect(heard()).toEqual([]);
    store.playing.value = 1;
    await vi.advanceTimersByTimeAsync(150);
    expect(heard().length).toBe(1);
    store.muted.value = true;
    expect(heard()).toEqual([]);
  });

  it("goes on while it is in time, and is put right when it is not", async () => {
    store.playing.value = 1;
    await vi.advanceTimersByTimeAsync(150);
    Speaker.last.currentTime += 0.4;
    store.frame.value = 60; // 0.4 s on: in time
    await vi.advanceTimersByTimeAsync(150);
    expect(Speaker.last.playing.length).toBe(1);
    Speaker.last.currentTime += 0.5; // the picture waited
    await vi.advanceTimersByTimeAsync(150);
    expect(heard()).toEqual([{ from: 2.4, stopped: false }]);
  });

  it("has the next piece at hand before it is needed, and no more than the recording has", async () => {
    store.frame.value = 150;
    store.playing.value = 1;
    await vi.advanceTimersByTimeAsync(150);
    expect(asked).toEqual([
      [0, 8],
      [8, 16],
    ]);
    store.frame.value = 490;
    await vi.advanceTimersByTimeAsync(150);
    expect(asked.at(-1)).toEqual([16, 20]);
    expect(pieceStart(19.9)).toBe(16);
  });

  it("is not asked of a recording that has none", async () => {
    store.doc.value = { n: 1, duration: 20, has_sound: false } as unknown as ReviewDocument;
    store.playing.value = 1;
    await vi.advanceTimersByTimeAsync(300);
    expect(asked).toEqual([]);
  });
});
