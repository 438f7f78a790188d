import type { Box, FollowRequest, Patch, Span, Track } from "../api/types";
import { endOf } from "../model/times";
import { heldBoxAt } from "../model/tracks";
import { clock, count } from "../model/words";
import type { State } from "../state";
import type { DocumentActions } from "./document";
import type { JobActions } from "./jobs";
import type { NoticeActions } from "./notices";
import type { SelectionActions } from "./selection";

export type EditingActions = ReturnType<typeof editingActions>;

/** How long a region stays that was drawn on one frame, until somebody says otherwise. */
const DRAWN_FOR_S = 2;

/** What a person can do to tracks and to speech; each of these is one decision, or several. */
export function editingActions(
  state: State,
  notices: NoticeActions,
  document: DocumentActions,
  jobs: JobActions,
  selection: SelectionActions,
) {
  const { change } = document;

  async function keep(ids: string[], because: string): Promise<void> {
    if (ids.length === 0) return;
    if (await change({ op: "keep", tracks: ids }, because)) {
      notices.say(`${count(ids.length, "track")} kept: will be seen in the output`, "warn");
    }
  }

  async function hide(ids: string[], because = "to be hidden again"): Promise<void> {
    if (ids.length === 0) return;
    if (await change({ op: "hide", tracks: ids }, because)) {
      notices.say(`${count(ids.length, "track")} hidden again`);
    }
  }

  /** X: hide what is kept; where all of the selection is hidden, ask why it is to be kept. */
  function keepOrHide(): void {
    const tracks = selection.selected();
    const kept = tracks.filter((track) => !track.hidden);
    if (tracks.length === 0) notices.say("select a track first");
    else if (kept.length > 0) void hide(kept.map((track) => track.id));
    else state.dialog.value = "keep";
  }

  /** Hide *box*, drawn on the frame at the play head, for the marked span or for a while. */
  async function draw(box: Box): Promise<void> {
    const doc = state.doc.value;
    if (!doc) return;
    state.tool.value = "select";
    const at = state.now.value;
    const start = Math.min(at, state.marked.value.start ?? at);
    const end = Math.max(
      frameEnd(at),
      state.marked.value.end ?? Math.min(doc.duration, at + DRAWN_FOR_S),
    );
    await drawn(
      await change(
        { op: "draw", keys: [[at, ...box]], start, end, interpolate: true },
        "missed by the detector",
      ),
    );
  }

  /** B: hide the whole frame for the marked span; without one, mark its start here. */
  async function blackout(): Promise<void> {
    const doc = state.doc.value;
    if (!doc) return;
    const at = state.now.value;
    let { start, end } = state.marked.value;
    if (doc.kind === "photo") [start, end] = [0, frameEnd(at)];
    if (start === null) {
      mark("start");
      notices.say("the blackout starts here: go to its last frame and press B again, or Escape");
      return;
    }
    end ??= frameEnd(at);
    if (end <= start) return notices.say("the end of the marked span is before its start", "warn");
    const box: Box = [0, 0, doc.width, doc.height];
    await drawn(
      await change(
        { op: "draw", keys: [[start, ...box]], start, end, interpolate: false },
        "the whole frame is to be hidden",
      ),
    );
  }

  async function drawn(patch: Patch | null): Promise<void> {
    const track = patch?.tracks.find((one) => one.drawn);
    if (!track) return;
    state.marked.value = { start: null, end: null };
    selection.select([track.id]);
    const photo = state.doc.value?.kind === "photo";
    const span = photo ? "" : `from ${clock(track.start)} to ${clock(track.end)}`;
    notices.say(photo ? "hidden" : `hidden ${span}; F lets it follow`, "good");
  }

  /** Put the box of track *id* at the play head. */
  function setKey(id: string, box: Box, at = state.now.value): Promise<Patch | null> {
    return change({ op: "key", track: id, at, box }, "box corrected");
  }

  function removeKey(id: string, at: number): Promise<Patch | null> {
    return change({ op: "unkey", track: id, at }, "box corrected");
  }

  function setExtent(id: string, start: number, end: number): Promise<Patch | null> {
    return change({ op: "extent", track: id, start, end }, "start or end corrected");
  }

  /** [ and ]: the selected track starts with the frame at the play head, or ends with it. */
  async function startHere(): Promise<void> {
    const track = selection.theOne();
    const at = state.now.value;
    if (!track) return notices.say("select one track");
    if (at >= track.end) return notices.say("this track has ended before this", "warn");
    await setExtent(track.id, at, track.end);
  }

  async function endHere(): Promise<void> {
    const track = selection.theOne();
    const until = frameEnd(state.now.value);
    if (!track) return notices.say("select one track");
    if (until <= track.start) return notices.say("this track starts after this", "warn");
    await setExtent(track.id, track.start, until);
  }

  function interpolate(id: string, on: boolean): Promise<Patch | null> {
    return change({ op: "interpolate", track: id, on }, "motion between keys");
  }

  /** S: cut the selected track in two at the play head. */
  async function split(): Promise<void> {
    const track = selection.theOne();
    const at = state.now.value;
    if (!track) return notices.say("select one track to split");
    if (at <= track.start || at >= track.end) {
      return notices.say("the play head is not within this track", "warn");
    }
    const patch = await change({ op: "split", track: track.id, at }, "two in one track");
    if (patch) selection.select(patch.tracks.slice(-1).map((one) => one.id));
  }

  /** Make one track of the selected ones. */
  async function join(): Promise<void> {
    const tracks = [...selection.selected()].sort((a, b) => a.start - b.start);
    const first = tracks[0];
    if (!first || tracks.length < 2) return notices.say("select two tracks or more to join");
    const ids = tracks.map((track) => track.id);
    if (await change({ op: "join", tracks: ids }, "one in several tracks")) {
      selection.select([first.id]);
    }
  }

  /** Delete: remove the drawn ones of the selection. */
  async function remove(): Promise<void> {
    const tracks = selection.selected();
    const ours = tracks.filter((track) => track.drawn);
    if (tracks.length > ours.length) {
      notices.say("what the detector found cannot be removed, only kept (X)", "warn");
    }
    for (const track of ours) await change({ op: "remove", track: track.id }, "drawn in error");
  }

  /** F: let the selected track follow what its box is on, from the frame at the play head. */
  async function follow(direction?: FollowRequest["direction"]): Promise<void> {
    const doc = state.doc.value;
    const track = selection.theOne();
    if (!doc || !track) return notices.say("select one track that is to follow");
    if (doc.kind === "photo") return notices.say("a photo has nothing to follow");
    const at = state.now.value;
    const box = heldBoxAt(track, at);
    if (!box) return;
    const way = direction ?? (track.drawn && track.keys.length === 1 ? "both" : "forwards");
    const job = await jobs.run("follow", doc.n, () =>
      state.client.follow(doc.n, { at, box, direction: way }),
    );
    if (job?.state !== "done") {
      if (job?.state === "failed") notices.say(job.message ?? "following failed", "bad");
      return;
    }
    await followed(track, job.keys ?? []);
  }

  async function followed(track: Track, keys: NonNullable<Track["keys"]>): Promise<void> {
    const first = keys[0];
    const last = keys[keys.length - 1];
    if (!first || !last) {
      return notices.say("it was lost at once: draw a closer box, or set keys by hand", "warn");
    }
    if (!(await change({ op: "keys", track: track.id, keys }, "followed"))) return;
    notices.say(`followed from ${clock(first[0])} to ${clock(frameEnd(last[0]))}`, "good");
  }

  /** Say when somebody speaks. A span that ends before it starts is a slip, and not dropped. */
  async function setSpeech(spans: Span[]): Promise<Patch | null> {
    if (spans.some(([start, end]) => end <= start)) {
      notices.say("this would end before it starts", "warn");
      return null;
    }
    return change({ op: "speech", spans: united(spans) }, "speech corrected");
  }

  function frameEnd(at: number): number {
    const times = state.times.value;
    let index = state.frame.value;
    if (times[index] !== at)
      index = Math.max(
        0,
        times.findLastIndex((time) => time <= at + 1e-7),
      );
    return endOf(times, index, state.doc.value?.duration ?? at);
  }

  /** I and O: a span starts with the frame at the play head, or ends with it. */
  function mark(which: "start" | "end"): void {
    const { start, end } = state.marked.value;
    const at = state.now.value;
    if (which === "start") {
      state.marked.value = { start: at, end: end !== null && end > at ? end : null };
    } else {
      const until = frameEnd(at);
      state.marked.value = { start: start !== null && start < until ? start : null, end: until };
    }
  }

  function unmark(): void {
    state.marked.value = { start: null, end: null };
  }

  return {
    keep,
    hide,
    keepOrHide,
    draw,
    blackout,
    setKey,
    removeKey,
    setExtent,
    startHere,
    endHere,
    interpolate,
    split,
    join,
    remove,
    follow,
    setSpeech,
    mark,
    unmark,
  };
}

/** *spans* in order of time, those that touch made one. */
export function united(spans: readonly Span[]): Span[] {
  const result: Span[] = [];
  for (const [start, end] of [...spans].sort((a, b) => a[0] - b[0])) {
    const last = result[result.length - 1];
    if (last && start <= last[1]) last[1] = Math.max(last[1], end);
    else if (end > start) result.push([start, end]);
  }
  return result;
}
