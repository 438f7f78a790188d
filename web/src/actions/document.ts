import { batch } from "@preact/signals";
import { Conflict, Ended, Unreachable } from "../api/client";
import type { Change, Patch, ReviewDocument } from "../api/types";
import { applied } from "../model/patch";
import { frameTimes } from "../model/times";
import { inOrder } from "../model/tracks";
import type { State } from "../state";
import type { NoticeActions } from "./notices";
import type { PlayActions } from "./playing";

export type DocumentActions = ReturnType<typeof documentActions>;

/** The document at hand: opening it, and changing it one decision after the other. */
export function documentActions(state: State, notices: NoticeActions, playing: PlayActions) {
  let queue: Promise<unknown> = Promise.resolve();

  /** Ask who is here and which files there are. */
  async function refresh(): Promise<void> {
    state.session.value = await state.client.session();
    state.connection.value = "ok";
  }

  /** Find out what there is, and show the first of it. */
  async function begin(): Promise<void> {
    await heeding(async () => {
      await refresh();
      const first = state.session.value?.files[0];
      if (first) await open(first.n);
    });
  }

  /** Show file *n*. */
  async function open(n: number): Promise<void> {
    playing.pause();
    batch(() => {
      state.current.value = n;
      state.doc.value = null;
      state.trouble.value = null;
      state.selection.value = new Set();
      state.marked.value = { start: null, end: null };
      state.frame.value = 0;
      state.shown.value = -1;
    });
    const entry = state.session.value?.files.find((file) => file.n === n);
    if (entry?.state === "unplanned" || entry?.state === "failed") {
      state.trouble.value = entry.message ?? "no plan was drawn up for this file yet";
      return;
    }
    await heeding(async () => {
      const [doc, table] = await Promise.all([state.client.document(n), state.client.times(n)]);
      batch(() => {
        // Somebody may have gone on to another file meanwhile.
        if (state.current.value !== n) return;
        state.times.value = frameTimes(table, doc.frames);
        state.view.value = { start: 0, end: Math.max(doc.duration, 1e-3) };
        take(doc);
      });
    }, true);
  }

  /** The next file of the folder, or the one before. */
  function nextFile(way: 1 | -1): void {
    const files = state.session.value?.files ?? [];
    const next = files[files.findIndex((file) => file.n === state.current.value) + way];
    if (next) void open(next.n);
    else if (files.length > 1) notices.say(way > 0 ? "this is the last file" : "this is the first");
  }

  /** Fetch the document anew, keeping what is selected and where the play head is. */
  async function reload(): Promise<void> {
    const doc = state.doc.value;
    if (doc) await heeding(async () => take(await state.client.document(doc.n)));
  }

  function take(doc: ReviewDocument): void {
    batch(() => {
      state.doc.value = { ...doc, tracks: inOrder(doc.tracks) };
      state.walk.value = doc.audit;
      forgetTheGone();
    });
  }

  /** Have *change* saved; the patch when it is, null when it is refused (the person is told). */
  function change(change: Change, because: string): Promise<Patch | null> {
    return save((doc) => state.client.change(doc.n, doc.revision, change, because));
  }

  function undo(): Promise<Patch | null> {
    if (state.doc.value?.undo === null) notices.say("there is nothing to undo");
    else return save((doc) => state.client.undo(doc.n, doc.revision));
    return Promise.resolve(null);
  }

  function redo(): Promise<Patch | null> {
    if (state.doc.value?.redo === null) notices.say("there is nothing to redo");
    else return save((doc) => state.client.redo(doc.n, doc.revision));
    return Promise.resolve(null);
  }

  /** One after the other: each is made for the revision that the one before it gave. */
  function save(send: (doc: ReviewDocument) => Promise<Patch>): Promise<Patch | null> {
    state.unsaved.value += 1;
    const done = queue.then(async () => {
      let patch: Patch | null = null;
      await heeding(async () => {
        const doc = state.doc.value;
        if (!doc) return;
        patch = await send(doc);
        batch(() => {
          state.doc.value = applied(doc, patch as Patch);
          if (patch?.audit) state.walk.value = patch.audit;
          forgetTheGone();
        });
      });
      state.unsaved.value -= 1;
      if (!patch && state.connection.value !== "ok") {
        notices.say("your last change may not be saved: see the history when it is back", "bad");
      }
      return patch;
    });
    queue = done;
    return done;
  }

  function forgetTheGone(): void {
    const there = new Set(state.doc.value?.tracks.map((track) => track.id));
    const kept = [...state.selection.value].filter((id) => there.has(id));
    if (kept.length !== state.selection.value.size) state.selection.value = new Set(kept);
  }

  /** Do *work*; what goes wrong is told in the way that fits. Whether it went well. */
  async function heeding(work: () => Promise<void>, opening = false): Promise<boolean> {
    try {
      await work();
      if (state.connection.value === "lost") state.connection.value = "ok";
      return true;
    } catch (error) {
      if (error instanceof Conflict) {
        state.dialog.value = "conflict";
        await reload();
      } else if (error instanceof Unreachable) {
        state.connection.value = "lost";
      } else if (error instanceof Ended) {
        state.connection.value = "ended";
      } else if (error instanceof Error && error.name !== "AbortError") {
        if (opening) state.trouble.value = error.message;
        else notices.say(error.message, "bad");
      }
      return false;
    }
  }

  /** Take what has changed without this page: by another one, or while nobody answered. */
  async function catchUp(): Promise<void> {
    if (!state.session.value) return state.connection.value === "lost" ? begin() : undefined;
    const doc = state.doc.value;
    if (!doc) return catchUpWithPlans();
    if (state.unsaved.value > 0) return;
    await heeding(async () => {
      const { revision, digest } = await state.client.revision(doc.n);
      if (state.doc.value !== doc || state.unsaved.value > 0) return;
      if (digest && digest !== doc.digest) state.doc.value = { ...doc, digest };
      if (revision === doc.revision) return;
      take(await state.client.document(doc.n));
      notices.say("another page changed this: it is shown as it is now", "warn");
    });
  }

  /** Whether the file at hand has its plan by now; if so, show it. */
  async function catchUpWithPlans(): Promise<void> {
    const n = state.current.value;
    if (state.trouble.value === null) return; // it is being opened
    await heeding(async () => {
      await refresh();
      const entry = state.session.value?.files.find((file) => file.n === n);
      if (entry?.state === "planned" && state.current.value === n && !state.doc.value) {
        await open(entry.n);
      }
    });
  }

  return { begin, refresh, open, nextFile, reload, change, undo, redo, heeding, catchUp };
}
