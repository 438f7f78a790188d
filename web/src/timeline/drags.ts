/**
 * What a press on the timeline begins. A drag is an object: it hears of every move, and of its end.
 *
 * | where | press | drag |
 * |---|---|---|
 * | ruler, marks, filmstrip | go there (a mark: to it) | scrub |
 * | an end of a bar | select | the track starts or ends there |
 * | a bar | select | pan |
 * | the lanes beside bars | deselect | pan |
 * | an interval of speech | choose it | move it, or its end |
 * | the waveform beside them | go there | a new interval |
 */

import type { Span, Track } from "../api/types";
import { indexAt } from "../model/times";
import type { Store } from "../store";
import { barAt, type Grip } from "./bars";
import { nearestFrame, snapped } from "./frames";
import { markerAt } from "./markers";
import { GUTTER, laneAt, rowAt } from "./rows";
import { toTime } from "./scale";
import type { Scene } from "./scene";
import { added, dragged, spanAt } from "./spans";

export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface Drag {
  move(to: Point): void;
  /** `still`: it never moved further than a hand trembles. */
  end(still: boolean): void;
  cancel(): void;
}

/** What drags show while they last, and change. */
export interface Held {
  readonly store: Store;
  scene(): Scene | null;
  scroll: number;
  /** The interval of speech that is chosen, by its place. */
  span: number | null;
  extent: { track: Track; start: number; end: number } | null;
  speech: readonly Span[] | null;
  redraw(): void;
}

/** Pixels beside an end of a bar, or a mark, that count as it. */
export const REACH = 6;

export function timeAt(scene: Scene, x: number): number {
  const width = scene.width - GUTTER;
  return toTime(scene.view, width, Math.min(Math.max(x - GUTTER, 0), width));
}

/** What is under the pointer in the lanes. */
export function trackAt(scene: Scene, point: Point): { track: Track; grip: Grip } | null {
  const number = laneAt(scene.rows, scene.scroll, point.y);
  for (const group of scene.packing.groups) {
    const lane = group.lanes[number - group.first];
    if (number < group.first || !lane) continue;
    return barAt(lane, scene.view, scene.width - GUTTER, point.x - GUTTER, REACH);
  }
  return null;
}

export function begin(held: Held, point: Point, event: PointerEvent): Drag | null {
  const scene = held.scene();
  if (!scene || point.x < GUTTER) return null;
  const row = rowAt(scene.rows, point.y);
  if (event.button === 1) return pan(held, point);
  if (event.button !== 0 || row === null) return null;
  if (row !== "sound") held.span = null;
  if (row === "sound" && scene.document.speech !== null) return sound(held, scene, point);
  if (row === "lanes") return lanes(held, scene, point, event);
  if (row === "markers") {
    const reach = ((scene.view.end - scene.view.start) / (scene.width - GUTTER)) * REACH;
    const marker = markerAt(scene.markers, timeAt(scene, point.x), reach);
    if (marker) {
      held.store.actions.goToTime(marker.at);
      return null;
    }
  }
  return scrub(held, point);
}

function scrub(held: Held, from: Point): Drag {
  const { store } = held;
  store.actions.pause();
  const go = (point: Point): void => {
    const scene = held.scene();
    if (scene) store.actions.goTo(indexAt(scene.times, timeAt(scene, point.x)));
  };
  go(from);
  return { move: go, end: () => {}, cancel: () => {} };
}

function pan(held: Held, from: Point): Drag {
  const view = held.store.view.value;
  const scroll = held.scroll;
  return {
    move(to) {
      const scene = held.scene();
      if (!scene) return;
      const perPixel = (view.end - view.start) / (scene.width - GUTTER);
      held.store.actions.pan(view.start + (from.x - to.x) * perPixel - held.store.view.value.start);
      held.scroll = Math.min(Math.max(scroll + from.y - to.y, 0), scene.rows.most);
      held.redraw();
    },
    end: () => {},
    cancel: () => {},
  };
}

function scrollBar(held: Held, scene: Scene, from: Point): Drag {
  const scroll = held.scroll;
  const all = scene.rows.lanes.height + scene.rows.most;
  return {
    move(to) {
      const by = ((to.y - from.y) / scene.rows.lanes.height) * all;
      held.scroll = Math.min(Math.max(scroll + by, 0), scene.rows.most);
      held.redraw();
    },
    end: () => {},
    cancel: () => {},
  };
}

function lanes(held: Held, scene: Scene, point: Point, event: PointerEvent): Drag {
  const { actions } = held.store;
  if (scene.rows.most > 0 && point.x > scene.width - 10) return scrollBar(held, scene, point);
  const found = trackAt(scene, point);
  const panning = pan(held, point);
  if (!found) return { ...panning, end: (still) => still && actions.deselect() };
  const several = event.ctrlKey || event.metaKey || event.shiftKey;
  if (found.grip !== "body" && !several) return extent(held, found.track, found.grip);
  const choose = () => actions.select([found.track.id], several ? "toggle" : "only");
  return { ...panning, end: (still) => still && choose() };
}

/** Drag an end of a track. The picture shows what would be bare there: the first frame that it does not hide any more, or the last before it does. */
function extent(held: Held, track: Track, grip: "start" | "end"): Drag {
  const { store } = held;
  const { actions } = store;
  const before = store.frame.value;
  actions.pause();
  actions.select([track.id]);
  const stop = (): void => {
    held.extent = null;
    held.redraw();
  };
  return {
    move(to) {
      const scene = held.scene();
      if (!scene) return;
      const { times, document } = scene;
      const at = snapped(times, document.duration, timeAt(scene, to.x));
      let { start, end } = track;
      if (grip === "start") {
        start = Math.min(at, times[Math.max(nearestFrame(times, track.end) - 1, 0)] ?? at);
      } else {
        const least = times[nearestFrame(times, track.start) + 1] ?? document.duration;
        end = Math.max(at, least);
      }
      held.extent = { track, start, end };
      const edge = grip === "start" ? nearestFrame(times, start) - 1 : nearestFrame(times, end);
      actions.goTo(end >= document.duration && grip === "end" ? times.length - 1 : edge);
      held.redraw();
    },
    end(still) {
      const now = held.extent;
      stop();
      if (still || !now || (now.start === track.start && now.end === track.end)) return;
      void actions.setExtent(track.id, now.start, now.end);
    },
    cancel() {
      stop();
      actions.goTo(before);
    },
  };
}

function sound(held: Held, scene: Scene, from: Point): Drag {
  const { store } = held;
  const { duration } = scene.document;
  const spans = scene.document.speech ?? [];
  const origin = timeAt(scene, from.x);
  const reach = ((scene.view.end - scene.view.start) / (scene.width - GUTTER)) * REACH;
  const found = spanAt(spans, origin, reach);
  held.span = found?.place ?? null;
  held.redraw();
  const preview = (to: Point): Span[] => {
    const at = timeAt(held.scene() ?? scene, to.x);
    if (!found) return added(spans, [origin, at], duration);
    return dragged(spans, found.place, found.grip, at - origin, duration);
  };
  const stop = (): void => {
    held.speech = null;
    held.redraw();
  };
  return {
    move(to) {
      held.speech = preview(to);
      held.redraw();
    },
    end(still) {
      const now = held.speech;
      stop();
      if (still || !now) {
        if (!found) store.actions.goTo(indexAt(scene.times, origin));
        return;
      }
      held.span = null;
      void store.actions.setSpeech([...now]);
    },
    cancel: stop,
  };
}
