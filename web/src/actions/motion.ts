import { ends, nextMoment, unsureMoments } from "../model/moments";
import { endOf, indexAt } from "../model/times";
import type { State } from "../state";

export type MotionActions = ReturnType<typeof motionActions>;

const LEAST_FRAMES_IN_VIEW = 8;

/** Where the play head is, and what the timeline shows. */
export function motionActions(state: State) {
  /** Put the play head on frame *index*, or the nearest there is. */
  function goTo(index: number): void {
    const last = state.times.value.length - 1;
    if (last < 0) return;
    state.frame.value = Math.min(last, Math.max(0, Math.round(index)));
    show(state.now.value);
  }

  /** Put the play head on the frame that is shown at *at*. */
  function goToTime(at: number): void {
    // A time that came through JSON may lie a rounding below the frame's own.
    goTo(indexAt(state.times.value, at + 1e-7));
  }

  function step(by: number): void {
    goTo(state.frame.value + by);
  }

  function nextUnsure(way: 1 | -1): boolean {
    const doc = state.doc.value;
    const at = doc && nextMoment(unsureMoments(doc), state.now.value, way);
    if (at === null) return false;
    goToTime(at);
    return true;
  }

  function nextEnd(way: 1 | -1): boolean {
    const doc = state.doc.value;
    const at = doc && nextMoment(ends(doc, state.selection.value), state.now.value, way);
    if (at === null) return false;
    // An end is where the track is no more: past the last frame there is nothing to go to.
    const before = state.frame.value;
    goToTime(at);
    return state.frame.value !== before;
  }

  /** When the frame at the play head ends. */
  function frameEnd(): number {
    return endOf(state.times.value, state.frame.value, state.doc.value?.duration ?? 0);
  }

  /** Show *factor* times less of the timeline (more than 1: closer), *around* a moment. */
  function zoom(factor: number, around: number = state.now.value): void {
    const doc = state.doc.value;
    if (!doc) return;
    const { start, end } = state.view.value;
    const least = Math.min(doc.duration, LEAST_FRAMES_IN_VIEW / Math.max(1, doc.rate));
    const width = Math.min(doc.duration, Math.max(least, (end - start) / factor));
    const part = end > start ? (around - start) / (end - start) : 0.5;
    look(around - width * Math.min(1, Math.max(0, part)), width);
  }

  /** Move the visible span by *seconds*. */
  function pan(seconds: number): void {
    const { start, end } = state.view.value;
    look(start + seconds, end - start);
  }

  /** Show all of it. */
  function fit(): void {
    look(0, state.doc.value?.duration ?? 1);
  }

  /** Bring *at* into view, if it is not. */
  function show(at: number): void {
    const { start, end } = state.view.value;
    if (at >= start && at <= end) return;
    const width = end - start;
    look(at < start ? at - width * 0.1 : at - width * 0.9, width);
  }

  function look(start: number, width: number): void {
    const duration = state.doc.value?.duration ?? 1;
    const from = Math.max(0, Math.min(start, duration - width));
    state.view.value = {
      start: from,
      end: Math.max(from + 1e-6, Math.min(duration, from + width)),
    };
  }

  return { goTo, goToTime, step, nextUnsure, nextEnd, frameEnd, zoom, pan, fit, show };
}
