import { describe, expect, it } from "vitest";
import type { ReviewDocument } from "../api/types";
import type { Patterns } from "../paint";
import { palette } from "../theme/colours";
import { pack } from "./lanes";
import { crowd } from "./made";
import { markersOf } from "./markers";
import { paintScene } from "./paint";
import { layOut } from "./rows";
import type { Scene } from "./scene";

/** Counts what is drawn; draws nothing. */
function counter(): { pen: CanvasRenderingContext2D; count: () => number } {
  let calls = 0;
  const pen = new Proxy({} as CanvasRenderingContext2D, {
    get: (_target, name) => {
      if (name === "measureText") return (text: string) => ({ width: text.length * 6 });
      return () => {
        calls += 1;
      };
    },
    set: () => true,
  });
  return { pen, count: () => calls };
}

const tracks = crowd(2000, 3600);
const document = {
  tracks,
  unsure: [],
  speech: [],
  width: 1920,
  height: 1080,
  pixel_aspect: 1,
} as unknown as ReviewDocument;
const packing = pack(tracks);
const rows = layOut(232, packing.count, true);
const times = Float64Array.from({ length: 90_000 }, (_, index) => index / 25);
const patterns = { of: () => null } as unknown as Patterns;

function scene(start: number, end: number): Scene {
  return {
    document,
    times,
    view: { start, end },
    packing,
    markers: markersOf(document, null),
    selection: new Set(),
    rows,
    width: 1366,
    height: 232,
    scroll: 0,
    film: null,
    wave: null,
  };
}

describe("an hour with 2,000 tracks", () => {
  it("is drawn with no more work than there is to be seen", () => {
    const drawn = (start: number, end: number): number => {
      const { pen, count } = counter();
      paintScene(pen, scene(start, end), palette.peek(), patterns);
      return count();
    };
    const seen = (start: number, end: number): number =>
      tracks.filter((track) => track.end > start && track.start < end).length;
    for (const [start, end] of [
      [0, 3600],
      [1000, 1360],
      [1000, 1030],
      [1000, 1001],
    ] as const) {
      // The ruler, the strip and the names of rows are about 200; a bar is at most some 12 calls and its keys.
      expect(drawn(start, end)).toBeLessThan(400 + 60 * seen(start, end));
    }
    expect(drawn(1000, 1030)).toBeLessThan(drawn(0, 3600) / 4);
  });

  it("takes a small part of the 20 ms that 50 pictures a second leave", () => {
    const { pen } = counter();
    const took = Array.from({ length: 40 }, (_, place) => {
      const begin = performance.now();
      paintScene(pen, scene(place, 3600 - place), palette.peek(), patterns);
      return performance.now() - begin;
    });
    took.sort((one, other) => one - other);
    expect(took[20]).toBeLessThan(20);
  });
});
