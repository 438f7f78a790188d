import { describe, expect, it } from "vitest";
import { barAt, bars } from "./bars";
import { type Lane, pack } from "./lanes";
import { crowd, track } from "./made";

const only = (tracks: Parameters<typeof pack>[0]): Lane => pack(tracks).groups[0]?.lanes[0] as Lane;
const nobody: ReadonlySet<string> = new Set();

describe("bars", () => {
  it("draws what is seen and nothing else", () => {
    const lane = only([track("a", 0, 1), track("b", 2, 4), track("c", 5, 6), track("d", 8, 9)]);
    const seen = bars(lane, { start: 3, end: 7 }, 400, nobody);
    expect(seen.map((bar) => bar.track?.id)).toEqual(["b", "c"]);
    expect(seen[0]).toMatchObject({ x0: -100, x1: 100 });
  });

  it("merges what is under a pixel, but loses nothing", () => {
    const lane = only(
      Array.from({ length: 1000 }, (_, place) =>
        track(`t${place}`, place * 0.02, place * 0.02 + 0.01),
      ),
    );
    const seen = bars(lane, { start: 0, end: 3600 }, 1000, nobody);
    expect(seen.length).toBe(1);
    expect(seen[0]?.track).toBeNull();
    expect(seen[0]?.x1).toBeGreaterThan(5.5);
  });

  it("does not merge what differs, nor what is selected", () => {
    const lane = only([
      track("a", 0, 0.01),
      track("b", 0.02, 0.03, { hidden: false }),
      track("c", 0.04, 0.05),
    ]);
    expect(bars(lane, { start: 0, end: 3600 }, 1000, nobody).length).toBe(3);
    const alike = only([track("a", 0, 0.01), track("b", 0.02, 0.03), track("c", 0.04, 0.05)]);
    const chosen = bars(alike, { start: 0, end: 3600 }, 1000, new Set(["b"]));
    expect(chosen.map((bar) => bar.track?.id ?? null)).toEqual([null, "b", null]);
  });

  it("covers every track that is seen, at every zoom", () => {
    const packing = pack(crowd(500, 600));
    for (const view of [
      { start: 0, end: 600 },
      { start: 100, end: 130 },
      { start: 299, end: 299.5 },
    ]) {
      for (const group of packing.groups) {
        for (const lane of group.lanes) {
          const seen = bars(lane, view, 800, nobody);
          for (const each of lane.tracks.filter(
            (one) => one.end > view.start && one.start < view.end,
          )) {
            const x = ((each.start - view.start) / (view.end - view.start)) * 800;
            expect(seen.some((bar) => bar.x0 <= x + 1e-6 && bar.x1 >= x - 1e-6)).toBe(true);
          }
        }
      }
    }
  });
});

describe("what is under the pointer", () => {
  const lane = only([track("a", 0, 10), track("b", 10, 20), track("c", 30, 30.01)]);
  const view = { start: 0, end: 40 };

  it("is an end, the body, or nothing", () => {
    expect(barAt(lane, view, 400, 50)).toMatchObject({ track: { id: "a" }, grip: "body" });
    expect(barAt(lane, view, 400, 2)).toMatchObject({ track: { id: "a" }, grip: "start" });
    expect(barAt(lane, view, 400, 97)).toMatchObject({ track: { id: "a" }, grip: "end" });
    expect(barAt(lane, view, 400, 103)).toMatchObject({ track: { id: "b" }, grip: "start" });
    expect(barAt(lane, view, 400, 250)).toBeNull();
  });

  it("offers a bar too small to hold ends as a whole", () => {
    expect(barAt(lane, view, 400, 303)).toMatchObject({ track: { id: "c" }, grip: "body" });
  });
});
