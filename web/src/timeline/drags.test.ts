import { beforeEach, describe, expect, it, vi } from "vitest";
import type { Client } from "../api/client";
import type { Change, Patch, ReviewDocument, Span } from "../api/types";
import { createStore, type Store } from "../store";
import { begin, type Held, type Point } from "./drags";
import { pack } from "./lanes";
import { track } from "./made";
import { markersOf } from "./markers";
import { GUTTER, laneTop, layOut } from "./rows";
import type { Scene } from "./scene";

/** Takes changes down instead of sending them. */
class Notebook {
  readonly changes: Change[] = [];

  change(_n: number, revision: number, change: Change): Promise<Patch> {
    this.changes.push(change);
    const patch = { revision: revision + 1, tracks: [], removed: [], undo: 1, redo: null };
    return Promise.resolve({ ...patch, history: [] } as unknown as Patch);
  }
}

const tracks = [track("face-1", 2, 6), track("face-2", 7, 8)];
const times = Float64Array.from({ length: 250 }, (_, index) => index / 25);
let client: Notebook;
let store: Store;
let held: Held;

beforeEach(() => {
  client = new Notebook();
  store = createStore(client as unknown as Client);
  const document = {
    n: 0,
    revision: 0,
    kind: "recording",
    frames: 250,
    duration: 10,
    rate: 25,
    tracks,
    unsure: [{ at: 9, box: null, why: "seen once" }],
    speech: [[1, 2]] as Span[],
    audit: { walk: 1, moments: [], looks: [], sentence: "", supports: [] },
    history: [],
  } as unknown as ReviewDocument;
  store.doc.value = document;
  store.times.value = times;
  store.view.value = { start: 0, end: 10 };
  const scene = (): Scene => ({
    document,
    times,
    view: store.view.value,
    packing: pack(tracks),
    markers: markersOf(document, null),
    selection: store.selection.value,
    rows: layOut(232, 1, true),
    width: 1000 + GUTTER,
    height: 232,
    scroll: 0,
    film: null,
    wave: null,
  });
  held = { store, scene, scroll: 0, span: null, extent: null, speech: null, redraw() {} };
});

const rows = layOut(232, 1, true);
const lane = laneTop(rows, 0, 0) + 4;
const sound = rows.sound.top + 5;
const at = (seconds: number, y: number): Point => ({ x: GUTTER + seconds * 100, y });

function drag(from: Point, to: Point, rest: Partial<PointerEvent> = {}): void {
  const made = begin(held, from, { button: 0, ...rest } as PointerEvent);
  made?.move(to);
  made?.end(false);
}

function press(where: Point, rest: Partial<PointerEvent> = {}): void {
  begin(held, where, { button: 0, ...rest } as PointerEvent)?.end(true);
}

describe("on the timeline", () => {
  it("a drag on the ruler scrubs, frame by frame", () => {
    drag(at(1, 3), at(4.02, 3));
    expect(store.frame.value).toBe(100);
    expect(client.changes).toEqual([]);
  });

  it("a press on a mark goes to it", () => {
    press(at(9.03, rows.markers.top + 4));
    expect(store.now.value).toBe(9);
  });

  it("an end of a track is dragged to where a frame begins, with what is bare then in sight", async () => {
    const made = begin(held, at(6, lane), { button: 0 } as PointerEvent);
    made?.move(at(5.01, lane));
    expect(held.extent).toMatchObject({ start: 2, end: 5 });
    expect(store.now.value).toBe(5); // the first frame that is not hidden any more
    made?.end(false);
    await vi.waitFor(() =>
      expect(client.changes).toEqual([{ op: "extent", track: "face-1", start: 2, end: 5 }]),
    );
    expect([...store.selection.value]).toEqual(["face-1"]);
  });

  it("a track is never dragged to nothing", async () => {
    drag(at(2, lane), at(9, lane));
    await vi.waitFor(() => {
      expect(client.changes).toEqual([{ op: "extent", track: "face-1", start: 5.96, end: 6 }]);
    });
  });

  it("Escape leaves all as it was", () => {
    store.frame.value = 33;
    const made = begin(held, at(6, lane), { button: 0 } as PointerEvent);
    made?.move(at(5, lane));
    made?.cancel();
    expect(store.frame.value).toBe(33);
    expect(held.extent).toBeNull();
    expect(client.changes).toEqual([]);
  });

  it("presses select, with Ctrl more than one, beside tracks none", () => {
    press(at(4, lane));
    press(at(7.5, lane), { ctrlKey: true });
    expect([...store.selection.value]).toEqual(["face-1", "face-2"]);
    press(at(9.5, lane));
    expect(store.selection.value.size).toBe(0);
  });

  it("speech is added, and its end is moved, by drags", async () => {
    drag(at(4, sound), at(5, sound));
    await vi.waitFor(() => {
      expect(client.changes.at(-1)).toEqual({
        op: "speech",
        spans: [
          [1, 2],
          [4, 5],
        ],
      });
    });
    drag(at(2, sound), at(3, sound));
    await vi.waitFor(() => {
      expect(client.changes.at(-1)).toEqual({ op: "speech", spans: [[1, 3]] });
    });
  });

  it("a press on an interval of speech chooses it, beside them it goes there", () => {
    press(at(1.5, sound));
    expect(held.span).toBe(0);
    press(at(8, sound));
    expect(held.span).toBeNull();
    expect(store.now.value).toBe(8);
    expect(client.changes).toEqual([]);
  });

  it("the middle button pans, and no further than the recording goes", () => {
    store.view.value = { start: 4, end: 6 };
    drag(at(5, lane), at(7, lane), { button: 1 });
    expect(store.view.value.start).toBeCloseTo(3.6);
    drag(at(1, lane), at(500, lane), { button: 1 });
    expect(store.view.value.start).toBe(0);
  });
});
