import { describe, expect, it, vi } from "vitest";
import { cropped, Film, slots } from "./film";
import { nearestFrame, snapped } from "./frames";
import { markerAt, markersOf } from "./markers";
import { laneAt, laneTop, layOut, revealed, rowAt } from "./rows";
import { bucketsFor, columns, levelled } from "./wave";

const times = Float64Array.from({ length: 1000 }, (_, index) => index / 25);

describe("the filmstrip", () => {
  it("fills the view with pictures that are neither stretched nor far apart", () => {
    for (const view of [
      { start: 0, end: 40 },
      { start: 3.3, end: 4.1 },
      { start: 10, end: 31 },
    ]) {
      const seen = slots(view, 900, 68, times);
      expect(seen[0]?.x).toBeLessThanOrEqual(0);
      for (const slot of seen) {
        expect(slot.width).toBeGreaterThanOrEqual(68 * 0.75 - 1e-6);
        expect(slot.width).toBeLessThan(68 * 1.5 + 1e-6);
      }
    }
  });

  it("asks for the same pictures again when panned", () => {
    const before = slots({ start: 10, end: 20 }, 900, 68, times).map((slot) => slot.index);
    const after = slots({ start: 10.1, end: 20.1 }, 900, 68, times).map((slot) => slot.index);
    expect(after.filter((each) => !before.includes(each)).length).toBeLessThanOrEqual(1);
  });

  it("crops instead of stretching", () => {
    const [x, y, wide, high] = cropped({ width: 160, height: 90 }, 45, 45);
    expect([x, y, wide, high]).toEqual([35, 0, 90, 90]);
  });

  it("asks one at a time, the middle first, and not again for what failed", async () => {
    vi.useFakeTimers();
    const asked: number[] = [];
    let open = 0;
    const film = new Film(
      async (index) => {
        asked.push(index);
        open += 1;
        expect(open).toBe(1);
        await Promise.resolve();
        open -= 1;
        if (index === 3) throw new Error("no picture");
        return { close() {} } as ImageBitmap;
      },
      () => {},
    );
    film.want([1, 2, 3, 4, 5]);
    await vi.advanceTimersByTimeAsync(500);
    expect(asked[0]).toBe(3);
    expect([...asked].sort()).toEqual([1, 2, 3, 4, 5]);
    film.want([1, 2, 3]);
    await vi.advanceTimersByTimeAsync(500);
    expect(asked.length).toBe(5);
    vi.useRealTimers();
  });
});

describe("the rows", () => {
  it("fill the height, and scroll what does not fit", () => {
    for (const [height, lanes] of [
      [208, 4],
      [208, 40],
      [140, 3],
      [400, 1],
    ] as const) {
      const rows = layOut(height, lanes, true);
      expect(rows.sound.top + rows.sound.height).toBeLessThanOrEqual(height + 1);
      expect(rows.lanes.height + rows.most).toBeGreaterThanOrEqual(lanes * rows.lane);
    }
    const rows = layOut(208, 4, false);
    expect(rowAt(rows, 3)).toBe("ruler");
    expect(rowAt(rows, rows.lanes.top + 1)).toBe("lanes");
    expect(rowAt(rows, 5000)).toBeNull();
  });

  it("are scrolled no further than to see a lane", () => {
    const rows = layOut(208, 40, true);
    for (const number of [0, 7, 39]) {
      const scroll = revealed(rows, 50, number);
      const top = laneTop(rows, scroll, number);
      expect(top).toBeGreaterThanOrEqual(rows.lanes.top);
      expect(top + rows.lane).toBeLessThanOrEqual(rows.lanes.top + rows.lanes.height);
      expect(laneAt(rows, scroll, top + 1)).toBe(number);
      expect(revealed(rows, scroll, number)).toBe(scroll);
    }
  });
});

describe("snapping", () => {
  it("is to where a frame starts, or to the end", () => {
    expect(nearestFrame(times, 0.03)).toBe(1);
    expect(snapped(times, 40, 0.03)).toBe(0.04);
    expect(snapped(times, 40, 39.99)).toBe(40);
    expect(snapped(times, 40, -3)).toBe(0);
  });
});

describe("the waveform", () => {
  it("loses no peak between columns, and is silent beyond the sound", () => {
    const peaks = Array.from({ length: 1000 }, (_, place): [number, number] =>
      place === 501 ? [-127, 127] : [0, 0],
    );
    const wave = { duration: 10, peaks };
    const seen = columns(wave, { start: 0, end: 20 }, 100);
    expect(Math.max(...seen)).toBe(1);
    expect(Math.min(...seen)).toBe(-1);
    expect(seen.slice(110).every((value) => value === 0)).toBe(true);
    expect(bucketsFor(3600)).toBeLessThanOrEqual(20_000);
  });

  it("makes a quiet recording seen, but not silence", () => {
    const quiet = levelled({ duration: 1, peaks: [[-10, 5]] });
    expect(quiet.peaks[0]).toEqual([-127, 63.5]);
    const silent = levelled({ duration: 1, peaks: [[-1, 1]] });
    expect(Math.max(...silent.peaks.flat())).toBeLessThan(40);
  });
});

describe("markers", () => {
  const document = {
    unsure: [{ at: 5, box: null, why: "seen once" }],
    tracks: [
      { because: "verifier", start: 2 },
      { because: "detector", start: 3 },
    ],
  } as unknown as Parameters<typeof markersOf>[0];
  const walk = { moments: [1, 7], looks: [{ at: 7, clean: true }] } as unknown as Parameters<
    typeof markersOf
  >[1];

  it("are in order of time, and found by it", () => {
    const markers = markersOf(document, walk);
    expect(markers.map(({ at, kind }) => [at, kind])).toEqual([
      [1, "to look at"],
      [2, "second look"],
      [5, "unsure"],
      [7, "clean"],
    ]);
    expect(markerAt(markers, 5.2, 0.5)?.at).toBe(5);
    expect(markerAt(markers, 6, 0.5)).toBeNull();
  });
});
