import { describe, expect, it } from "vitest";
import type { Patch, ReviewDocument, Track } from "../api/types";
import { ends, nextMoment, unsureMoments } from "./moments";
import { applied } from "./patch";
import { shuttled } from "./shuttle";
import { endOf, frameTimes, indexAt } from "./times";
import { boxAt, EVERYTHING, heldBoxAt, inOrder, passes } from "./tracks";
import { clock, count } from "./words";

function track(wanted: Partial<Track> = {}): Track {
  return {
    id: "face-1",
    kind: "face",
    because: "detector",
    score: 0.9,
    start: 1,
    end: 3,
    keys: [
      [1, 0, 0, 10, 10],
      [2, 10, 20, 21, 31],
    ],
    steps: false,
    hidden: true,
    edited: false,
    drawn: false,
    unsure: false,
    decided: null,
    ...wanted,
  };
}

function document(wanted: Partial<ReviewDocument> = {}): ReviewDocument {
  return {
    n: 0,
    name: "a.mp4",
    revision: 3,
    kind: "recording",
    width: 640,
    height: 480,
    frames: 100,
    duration: 4,
    pixel_aspect: 1,
    rate: 25,
    has_sound: true,
    policy: { name: "default", targets: ["heads"], fill: "solid", audio: "keep" },
    tracks: [track()],
    speech: [],
    unsure: [],
    audit: { walk: 1, moments: [], looks: [], sentence: "", supports: [] },
    history: [],
    undo: null,
    redo: null,
    rendered: "clean",
    output: "a.redacted.mp4",
    digest: "same",
    ...wanted,
  };
}

describe("times of frames", () => {
  const times = frameTimes(
    {
      tick: [1, 30000],
      runs: [
        [1001, 3],
        [2002, 1],
      ],
    },
    5,
  );

  it("are added up in whole ticks", () => {
    expect([...times]).toEqual([0, 1001 / 30000, 2002 / 30000, 3003 / 30000, 5005 / 30000]);
  });

  it("say which frame is shown when", () => {
    expect(indexAt(times, -1)).toBe(0);
    expect(indexAt(times, 1001 / 30000)).toBe(1);
    expect(indexAt(times, 4900 / 30000)).toBe(3);
    expect(indexAt(times, 9)).toBe(4);
    expect(indexAt(new Float64Array(0), 9)).toBe(0);
  });

  it("say when a frame ends", () => {
    expect(endOf(times, 3, 1)).toBe(5005 / 30000);
    expect(endOf(times, 4, 1)).toBe(1);
    expect(endOf(times, 4, 0)).toBe(5005 / 30000);
  });
});

describe("the box of a track", () => {
  it("lies on the line between keys, outwards", () => {
    expect(boxAt(track(), 1)).toEqual([0, 0, 10, 10]);
    expect(boxAt(track(), 1.25)).toEqual([2, 5, 13, 16]);
  });

  it("stays until the next key where it goes by steps, and after the last", () => {
    expect(boxAt(track({ steps: true }), 1.9)).toEqual([0, 0, 10, 10]);
    expect(boxAt(track(), 2.9)).toEqual([10, 20, 21, 31]);
  });

  it("is there from the start up to, not including, the end", () => {
    expect(boxAt(track(), 0.99)).toBeNull();
    expect(boxAt(track(), 3)).toBeNull();
    expect(heldBoxAt(track(), 0)).toEqual([0, 0, 10, 10]);
    expect(heldBoxAt(track({ keys: [] }), 0)).toBeNull();
  });
});

describe("the list of tracks", () => {
  it("is in order of time", () => {
    const tracks = [track({ id: "b", start: 2 }), track({ id: "c" }), track({ id: "a" })];
    expect(inOrder(tracks).map((one) => one.id)).toEqual(["a", "c", "b"]);
  });

  it("can be filtered", () => {
    const drawn = track({ kind: null, because: "asked", drawn: true });
    expect(passes(track(), EVERYTHING, 0)).toBe(true);
    expect(passes(track(), { ...EVERYTHING, kinds: new Set(["drawn"]) }, 0)).toBe(false);
    expect(passes(drawn, { ...EVERYTHING, kinds: new Set(["drawn"]) }, 0)).toBe(true);
    expect(passes(drawn, { ...EVERYTHING, because: new Set(["asked"]) }, 0)).toBe(true);
    expect(passes(track(), { ...EVERYTHING, state: "kept" }, 0)).toBe(false);
    expect(passes(track(), { ...EVERYTHING, state: "here" }, 3)).toBe(false);
    expect(passes(track(), { ...EVERYTHING, state: "here" }, 1)).toBe(true);
  });
});

describe("a patch", () => {
  const patch: Patch = {
    revision: 4,
    tracks: [track({ id: "drawn-4", start: 0 })],
    removed: ["face-1"],
    rendered: "outdated",
    undo: 4,
    redo: null,
    history: [
      { number: 4, when: "", by: "ana", because: "missed", what: "drew drawn-4", undone: false },
    ],
  };

  it("puts in, takes out, and dates an output", () => {
    const now = applied(document({ tracks: [track(), track({ id: "face-2" })] }), patch);
    expect(now.tracks.map((one) => one.id)).toEqual(["drawn-4", "face-2"]);
    expect([now.revision, now.undo, now.rendered]).toEqual([4, 4, "outdated"]);
    expect(now.history).toHaveLength(1);
  });

  it("changes lines of the history in place", () => {
    const before = applied(document(), patch);
    const [entry] = patch.history;
    if (!entry) throw new Error("no entry");
    const after = applied(before, { ...patch, history: [{ ...entry, undone: true }] });
    expect(after.history.map((one) => one.undone)).toEqual([true]);
  });

  it("of a look alone leaves speech untouched", () => {
    const looked = { ...patch, tracks: [], removed: [] };
    const now = applied(document({ speech: [[1, 2]] }), looked);
    expect(now.speech).toEqual([[1, 2]]);
    expect(applied(document(), { ...looked, speech: null }).speech).toBeNull();
  });
});

describe("moments", () => {
  const doc = document({
    tracks: [track({ unsure: true }), track({ id: "face-2", start: 0, end: 4 })],
    unsure: [{ at: 2, box: null, why: "faint" }],
  });

  it("are found forwards and backwards, never where one is", () => {
    expect(nextMoment([3, 1, 2], 1, 1)).toBe(2);
    expect(nextMoment([3, 1, 2], 2, -1)).toBe(1);
    expect(nextMoment([3, 1, 2], 3, 1)).toBeNull();
  });

  it("are unsure ones, or ends of what is selected", () => {
    expect(unsureMoments(doc)).toEqual([1, 2]);
    expect(ends(doc, new Set(["face-2"]))).toEqual([0, 4]);
    expect(ends(doc, new Set())).toHaveLength(4);
  });
});

describe("the shuttle", () => {
  it("doubles, and turns round by way of single speed", () => {
    expect([shuttled(0, 1), shuttled(1, 1), shuttled(2, 1), shuttled(4, 1)]).toEqual([1, 2, 4, 4]);
    expect([shuttled(4, -1), shuttled(-1, -1), shuttled(-4, -1)]).toEqual([-1, -2, -4]);
  });
});

describe("words", () => {
  it("give times to the millisecond", () => {
    expect(clock(0)).toBe("0:00.000");
    expect(clock(59.9996)).toBe("1:00.000");
    expect(clock(3725.25)).toBe("1:02:05.250");
  });

  it("count", () => {
    expect(count(1, "track")).toBe("1 track");
    expect(count(2000, "track")).toBe("2,000 tracks");
  });
});
