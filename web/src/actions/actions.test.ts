import { beforeEach, describe, expect, it, vi } from "vitest";
import { type Client, Conflict, Ended, Unreachable } from "../api/client";
import type { Audit, Change, Job, Patch, ReviewDocument, Track } from "../api/types";
import { createStore, type Store } from "../store";
import { unseen } from "./audit";
import { united } from "./editing";

const WALK: Audit = { walk: 1, moments: [0.2, 0.6], looks: [], sentence: "", supports: [] };

function track(id: string, wanted: Partial<Track> = {}): Track {
  return {
    id,
    kind: "face",
    because: "detector",
    score: 0.9,
    start: 0,
    end: 1,
    keys: [[0, 0, 0, 10, 10]],
    steps: true,
    hidden: true,
    edited: false,
    drawn: false,
    unsure: false,
    decided: null,
    ...wanted,
  };
}

/** A server of ten frames, that saves whatever it is asked to as long as the revision is its own. */
class Served {
  revisionNow = 0;
  asked: { revision: number; change: Change; because: string }[] = [];
  down: Error | null = null;
  job: Job | null = null;
  answer: Partial<Patch> = {};
  doc: ReviewDocument = {
    n: 0,
    name: "a.mp4",
    revision: 0,
    kind: "recording",
    width: 100,
    height: 80,
    frames: 10,
    duration: 1,
    pixel_aspect: 1,
    rate: 10,
    has_sound: false,
    policy: { name: "default", targets: ["heads"], fill: "solid", audio: "drop" },
    tracks: [track("face-1"), track("face-2")],
    speech: null,
    unsure: [{ at: 0.5, box: null, why: "faint" }],
    audit: WALK,
    history: [],
    undo: null,
    redo: null,
    rendered: "no",
    output: "b.mp4",
    digest: "same",
  };

  async session() {
    this.#up();
    const entry = { n: 0, name: "a.mp4", kind: "recording", state: "planned", message: null };
    const files = [{ ...entry, decisions: 0, rendered: "no" }];
    return { token: "", by: "ana", version: "", files, idle_s: 1 };
  }

  async document() {
    this.#up();
    return { ...this.doc, revision: this.revisionNow };
  }

  async times() {
    return { tick: [1, 10], runs: [[1, 9]] };
  }

  async revision() {
    this.#up();
    return { revision: this.revisionNow };
  }

  async change(_n: number, revision: number, change: Change, because: string): Promise<Patch> {
    this.#up();
    if (revision !== this.revisionNow) throw new Conflict(409, "conflict", "moved on");
    this.asked.push({ revision, change, because });
    this.revisionNow += 1;
    const same = { tracks: [], removed: [], rendered: "no" as const, redo: null, history: [] };
    return { ...same, undo: this.revisionNow, ...this.answer, revision: this.revisionNow };
  }

  async follow() {
    return "job";
  }

  async watch(_id: string, says: (job: Job) => void) {
    if (!this.job) throw new Error("no job");
    says(this.job);
    return this.job;
  }

  #up() {
    if (this.down) throw this.down;
  }
}

let served: Served;
let store: Store;

beforeEach(async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  served = new Served();
  store = createStore(served as unknown as Client);
  await store.actions.begin();
});

const said = () => store.notices.value.map((notice) => notice.text).join("; ");

describe("changes", () => {
  it("are each made for the revision that the one before gave", async () => {
    await Promise.all([
      store.actions.hide(["face-1"]),
      store.actions.keep(["face-2"], "speaker"),
      store.actions.setExtent("face-1", 0, 0.5),
    ]);
    expect(served.asked.map((one) => one.revision)).toEqual([0, 1, 2]);
    expect(store.doc.value?.revision).toBe(3);
    expect(store.unsaved.value).toBe(0);
  });

  it("that come too late are told, and nothing is overwritten", async () => {
    served.revisionNow = 4;
    await store.actions.keep(["face-1"], "speaker");
    expect(served.asked).toEqual([]);
    expect(store.dialog.value).toBe("conflict");
    expect(store.doc.value?.revision).toBe(4);
    expect(said()).not.toContain("kept");
  });

  it("are not said to be saved where nobody answers, nor where this page is not let in", async () => {
    served.down = new Unreachable("no answer");
    await store.actions.hide(["face-1"]);
    expect(store.connection.value).toBe("lost");
    served.down = null;
    await store.actions.catchUp();
    expect(store.connection.value).toBe("ok");
    served.down = new Ended(403, "session", "by a new link");
    await store.actions.hide(["face-1"]);
    expect(store.connection.value).toBe("ended");
    expect(said()).toBe("your last change may not be saved: see the history when it is back");
  });

  it("of another page are taken over", async () => {
    served.revisionNow = 1;
    served.doc.tracks = [track("face-1")];
    store.actions.select(["face-2"]);
    await store.actions.catchUp();
    expect(store.doc.value?.tracks.map((one) => one.id)).toEqual(["face-1"]);
    expect([...store.selection.value]).toEqual([]);
    expect(said()).toContain("another page changed this");
  });
});

describe("keeping", () => {
  it("asks why, and hiding does not", async () => {
    store.actions.select(["face-1"]);
    store.actions.keepOrHide();
    expect(store.dialog.value).toBe("keep");
    expect(served.asked).toEqual([]);
    store.dialog.value = null;
    served.answer = { tracks: [track("face-1", { hidden: false })] };
    await store.actions.keep(["face-1"], "speaker");
    store.actions.keepOrHide();
    await store.actions.reload();
    expect(store.dialog.value).toBeNull();
    expect(served.asked.at(-1)?.change).toEqual({ op: "hide", tracks: ["face-1"] });
  });
});

describe("drawing", () => {
  it("holds for two seconds or to the end, and selects what was drawn", async () => {
    served.answer = { tracks: [track("drawn-1", { drawn: true })] };
    store.actions.goTo(4);
    await store.actions.draw([1, 2, 3, 4]);
    expect(served.asked[0]?.change).toEqual({
      op: "draw",
      keys: [[0.4, 1, 2, 3, 4]],
      start: 0.4,
      end: 1,
      interpolate: true,
    });
    expect([...store.selection.value]).toEqual(["drawn-1"]);
  });

  it("of a blackout takes the marked frames, both ends with them", async () => {
    store.actions.goTo(2);
    await store.actions.blackout();
    expect(served.asked).toEqual([]);
    store.actions.goTo(4);
    await store.actions.blackout();
    const change = served.asked[0]?.change;
    expect(change).toMatchObject({
      op: "draw",
      keys: [[0.2, 0, 0, 100, 80]],
      start: 0.2,
      end: 0.5,
    });
  });

  it("can be left to follow, in one decision", async () => {
    served.job = {
      id: "job",
      what: "follow",
      state: "done",
      done: 1,
      total: 1,
      says: [],
      message: null,
      hint: null,
      keys: [[0.1, 1, 0, 11, 10]],
      revision: null,
    };
    store.actions.select(["face-1"]);
    await store.actions.follow();
    expect(served.asked.map((one) => one.change.op)).toEqual(["keys"]);
    served.job = { ...served.job, keys: [] };
    await store.actions.follow();
    expect(served.asked).toHaveLength(1);
    expect(said()).toContain("lost at once");
  });
});

describe("rendering", () => {
  it("that began before the page was loaded is watched to its end", async () => {
    const same = { what: "render", done: 1, total: 1, says: [], hint: null, keys: null };
    served.job = { ...same, id: "job", state: "leak", message: null, revision: null };
    const files = store.session.value?.files ?? [];
    for (const file of files) file.job = { id: "job", kind: "render" };
    store.actions.pickUp();
    await vi.waitFor(() => expect(said()).toContain("leaks were found: there is no output"));
    expect(store.jobFiles.value.render).toBe(0);
  });
});

describe("the play head", () => {
  it("stays on the recording and in view", () => {
    store.actions.goTo(99);
    expect(store.frame.value).toBe(9);
    store.actions.zoom(2);
    store.actions.goTo(0);
    expect(store.view.value.start).toBe(0);
  });

  it("goes to unsure moments and to ends of tracks", () => {
    expect(store.actions.nextUnsure(1)).toBe(true);
    expect(store.frame.value).toBe(5);
    expect(store.actions.nextUnsure(1)).toBe(false);
    expect(store.actions.nextEnd(-1)).toBe(true);
    expect(store.frame.value).toBe(0);
  });
});

describe("the audit walk", () => {
  it("goes from one unseen moment to the next", async () => {
    store.actions.goOn();
    expect(store.frame.value).toBe(2);
    const looks = [{ at: 0.2, clean: true }];
    served.answer = { audit: { ...WALK, looks } };
    await store.actions.look(true);
    expect(served.asked[0]?.change).toEqual({ op: "looked", walk: 1, at: 0.2, clean: true });
    expect(store.frame.value).toBe(6);
    expect(unseen({ ...WALK, looks })).toEqual([0.6]);
  });

  it("takes no look at another moment", async () => {
    store.panel.value = "history";
    store.actions.goTo(4);
    await store.actions.look(true);
    expect(served.asked).toEqual([]);
  });
});

describe("spans of speech", () => {
  it("are put in order, and made one where they touch", () => {
    const spans = united([
      [3, 4],
      [1, 2],
      [2, 2.5],
    ]);
    expect(spans).toEqual([
      [1, 2.5],
      [3, 4],
    ]);
  });

  it("that would end before they start are not taken, and none is lost by it", async () => {
    await store.actions.setSpeech([
      [1, 2],
      [6, 5],
    ]);
    expect(served.asked).toEqual([]);
    expect(said()).toContain("end before it starts");
  });
});
