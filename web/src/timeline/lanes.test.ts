import { describe, expect, it } from "vitest";
import { firstEndingAfter, laneOf, pack, trimmed } from "./lanes";
import { crowd, track } from "./made";

describe("lanes", () => {
  const tracks = crowd(2000, 3600);
  const packing = pack(tracks);

  it("loses no track and lays none over another", () => {
    const seen = packing.groups.flatMap((group) =>
      group.lanes.flatMap((lane) => lane.tracks.map((each) => each.id)),
    );
    expect(seen.length).toBe(2000);
    expect(new Set(seen).size).toBe(2000);
    for (const group of packing.groups) {
      for (const lane of group.lanes) {
        for (let place = 1; place < lane.tracks.length; place += 1) {
          expect(lane.tracks[place]?.start).toBeGreaterThanOrEqual(
            lane.tracks[place - 1]?.end ?? Infinity,
          );
        }
      }
    }
  });

  it("needs no more lanes than tracks of a kind overlap at once", () => {
    for (const group of packing.groups) {
      const own = tracks.filter((each) => each.kind === group.kind);
      const most = Math.max(
        ...own.map(
          (one) => own.filter((other) => other.start <= one.start && other.end > one.start).length,
        ),
      );
      expect(group.lanes.length).toBe(most);
    }
  });

  it("keeps kinds together, what was drawn first", () => {
    const packed = pack([
      track("a", 0, 1, { kind: "plate" }),
      track("b", 0, 1),
      track("c", 0, 1, { kind: null, because: "asked" }),
      track("d", 0, 1, { kind: "odd" }),
    ]);
    expect(packed.groups.map((group) => group.kind)).toEqual(["drawn", "face", "plate", "odd"]);
    expect(packed.groups.map((group) => group.first)).toEqual([0, 1, 2, 3]);
  });

  it("leaves tracks where they were after an edit", () => {
    const before = pack([track("a", 0, 10), track("b", 5, 20), track("c", 12, 30)]);
    const after = pack([track("a", 0, 4), track("b", 5, 20), track("c", 12, 30)], before);
    expect(after.placeOf.get("b")).toBe(before.placeOf.get("b"));
    expect(after.placeOf.get("c")).toBe(before.placeOf.get("c"));
  });

  it("finds the first that ends after a time, as a plain search does", () => {
    for (const group of packing.groups) {
      for (const lane of group.lanes.slice(0, 3)) {
        for (const at of [-1, 0, 17.3, 1800, 3599, 4000]) {
          const plain = lane.tracks.findIndex((each) => each.end > at);
          expect(firstEndingAfter(lane, at)).toBe(plain < 0 ? lane.tracks.length : plain);
        }
      }
    }
  });

  it("are left out where nothing is to be seen in them", () => {
    const near = trimmed(packing, 1000, 1030);
    expect(near.count).toBeLessThan(packing.count);
    expect(near.groups.map((group) => group.kind)).toEqual(
      packing.groups.map((group) => group.kind),
    );
    const here = tracks.filter((each) => each.end > 1000 && each.start < 1030);
    for (const each of here) {
      const lane = laneOf(near, each) ?? -1;
      const group = near.groups.find((one) => one.kind === each.kind);
      expect(group?.lanes[lane - group.first]?.tracks).toContain(each);
    }
    expect(trimmed(packing, 0, 3600).count).toBe(packing.count);
  });

  it("is content with nothing", () => {
    expect(pack([])).toMatchObject({ groups: [], count: 0 });
  });
});
