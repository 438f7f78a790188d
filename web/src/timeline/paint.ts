/** What the timeline shows but the lanes: ruler, marks, filmstrip, sound; and what lies over it all. */

import { clock as exactClock } from "../model/words";
import { FONT, inkOn, type Patterns } from "../paint";
import type { Palette } from "../theme/colours";
import { cropped, slots } from "./film";
import { laneOf } from "./lanes";
import { firstMarker, type Marker, type MarkerKind } from "./markers";
import { paintLanes } from "./paint-bars";
import { GUTTER, laneTop, type Row } from "./rows";
import { marks, toX } from "./scale";
import type { Over, Scene } from "./scene";
import { columns } from "./wave";

export function paintScene(
  pen: CanvasRenderingContext2D,
  scene: Scene,
  palette: Palette,
  patterns: Patterns,
): void {
  pen.fillStyle = palette.sunk;
  pen.fillRect(0, 0, scene.width, scene.height);
  paintRuler(pen, scene, palette);
  paintMarkers(pen, scene, palette);
  paintFilm(pen, scene, palette);
  paintSound(pen, scene, palette);
  paintLanes(pen, scene, palette, patterns);
}

function name(pen: CanvasRenderingContext2D, palette: Palette, row: Row, text: string): void {
  pen.fillStyle = palette.raised;
  pen.fillRect(0, row.top, GUTTER, row.height);
  pen.fillStyle = palette.soft;
  pen.font = `11px ${FONT}`;
  pen.textBaseline = "middle";
  pen.fillText(text, 9, row.top + row.height / 2, GUTTER - 12);
}

function paintRuler(pen: CanvasRenderingContext2D, scene: Scene, palette: Palette): void {
  const { top, height } = scene.rows.ruler;
  const width = scene.width - GUTTER;
  pen.fillStyle = palette.raised;
  pen.fillRect(0, top, scene.width, height);
  pen.font = `11px ${FONT}`;
  pen.textBaseline = "middle";
  for (const mark of marks(scene.view, width)) {
    const x = Math.round(GUTTER + toX(scene.view, width, mark.at));
    pen.fillStyle = palette.line;
    pen.fillRect(x, top + height - (mark.label === null ? 4 : 9), 1, mark.label === null ? 4 : 9);
    if (mark.label === null) continue;
    pen.fillStyle = palette.soft;
    pen.fillText(mark.label, x + 4, top + height / 2 - 1);
  }
  pen.fillStyle = palette.raised;
  pen.fillRect(0, top, GUTTER, height);
}

/** Marks that would lie on one another are drawn once. */
const APART = 8;

function paintMarkers(pen: CanvasRenderingContext2D, scene: Scene, palette: Palette): void {
  const { markers: row } = scene.rows;
  // Moments that are still to be looked at may be many: they lie beneath what was found.
  paintEach(pen, scene, palette, (kind) => kind === "to look at");
  paintEach(pen, scene, palette, (kind) => kind !== "to look at");
  name(pen, palette, row, "look at");
}

function paintEach(
  pen: CanvasRenderingContext2D,
  scene: Scene,
  palette: Palette,
  which: (kind: MarkerKind) => boolean,
): void {
  const { markers, rows } = scene;
  const width = scene.width - GUTTER;
  const last = new Map<MarkerKind, number>();
  const reach = ((scene.view.end - scene.view.start) / width) * APART;
  const first = firstMarker(markers, scene.view.start - reach);
  for (let place = first; place < markers.length; place += 1) {
    const marker = markers[place] as Marker;
    if (marker.at > scene.view.end + reach) break;
    const x = GUTTER + toX(scene.view, width, marker.at);
    if (!which(marker.kind) || x - (last.get(marker.kind) ?? -Infinity) < APART) continue;
    last.set(marker.kind, x);
    paintMarker(pen, palette, marker, x, rows.markers.top + rows.markers.height / 2);
  }
}

function paintMarker(
  pen: CanvasRenderingContext2D,
  palette: Palette,
  marker: Marker,
  x: number,
  y: number,
): void {
  pen.beginPath();
  pen.lineWidth = 1.5;
  if (marker.kind === "unsure" || marker.kind === "second look") {
    const up = marker.kind === "unsure" ? -1 : 1;
    pen.fillStyle = marker.kind === "unsure" ? palette.warn : palette.accent;
    pen.moveTo(x, y + 5 * up);
    pen.lineTo(x + 5, y - 4 * up);
    pen.lineTo(x - 5, y - 4 * up);
    pen.fill();
    return;
  }
  const open = marker.kind === "to look at";
  pen.strokeStyle = open ? palette.soft : palette.text;
  pen.fillStyle = palette.text;
  pen.arc(x, y, open ? 2.5 : 4, 0, 7);
  if (marker.kind === "clean") pen.fill();
  pen.stroke();
  if (marker.kind === "not clean") {
    pen.beginPath();
    pen.moveTo(x - 5, y + 5);
    pen.lineTo(x + 5, y - 5);
    pen.stroke();
  }
}

/** The shape of a picture of the strip: its width for a height. */
export function pictureWidth(scene: Pick<Scene, "document" | "rows">): number {
  const { width, height, pixel_aspect: aspect } = scene.document;
  const high = scene.rows.film.height;
  return Math.min(Math.max((high * width * (aspect || 1)) / height, high / 2), high * 3);
}

function paintFilm(pen: CanvasRenderingContext2D, scene: Scene, palette: Palette): void {
  const { top, height } = scene.rows.film;
  const picture = pictureWidth(scene);
  pen.save();
  pen.beginPath();
  pen.rect(GUTTER, top, scene.width - GUTTER, height);
  pen.clip();
  for (const slot of slots(scene.view, scene.width - GUTTER, picture, scene.times)) {
    const x = GUTTER + slot.x;
    const bitmap = scene.film?.get(slot.index);
    if (bitmap) {
      const part = cropped(bitmap, slot.width - 1, height);
      pen.drawImage(bitmap, ...part, x, top, slot.width - 1, height);
    } else {
      pen.fillStyle = palette.raised;
      pen.fillRect(x, top, slot.width - 1, height);
    }
  }
  pen.restore();
  name(pen, palette, scene.rows.film, "picture");
}

function paintSound(pen: CanvasRenderingContext2D, scene: Scene, palette: Palette): void {
  const { top, height } = scene.rows.sound;
  if (height === 0) return;
  const width = Math.max(Math.floor(scene.width - GUTTER), 1);
  const middle = top + height / 2;
  pen.fillStyle = palette.line;
  pen.fillRect(0, top - 1, scene.width, 1);
  if (scene.wave) {
    const peaks = columns(scene.wave, scene.view, width);
    pen.fillStyle = palette.wave;
    pen.beginPath();
    for (let column = 0; column < width; column += 1) {
      const low = (peaks[column * 2] ?? 0) * (height / 2 - 2);
      const high = (peaks[column * 2 + 1] ?? 0) * (height / 2 - 2);
      pen.rect(GUTTER + column, middle - high, 1, Math.max(high - low, 1));
    }
    pen.fill();
  }
  name(pen, palette, scene.rows.sound, "sound");
}

/** The play head, what is marked, what is being dragged, and speech. */
export function paintOver(
  pen: CanvasRenderingContext2D,
  scene: Scene,
  palette: Palette,
  over: Over,
): void {
  const width = scene.width - GUTTER;
  const at = (time: number): number => GUTTER + toX(scene.view, width, time);
  pen.save();
  pen.beginPath();
  pen.rect(GUTTER, 0, width, scene.height);
  pen.clip();
  paintSpeech(pen, scene, palette, over, at);
  paintMarked(pen, scene, palette, over, at);
  if (over.extent) {
    const lane = laneOf(scene.packing, over.extent.track) ?? 0;
    const y = laneTop(scene.rows, scene.scroll, lane);
    const [x0, x1] = [at(over.extent.start), at(over.extent.end)];
    const { track } = over.extent;
    pen.fillStyle = palette.sunk;
    pen.globalAlpha = 0.8;
    for (const [from, to] of [
      [at(track.start), x0],
      [x1, at(track.end)],
    ] as const) {
      if (to > from) pen.fillRect(from, y, to - from, scene.rows.lane);
    }
    pen.globalAlpha = 1;
    pen.strokeStyle = palette.text;
    pen.lineWidth = 2;
    pen.setLineDash([4, 3]);
    pen.strokeRect(x0, y + 1, Math.max(x1 - x0, 1), scene.rows.lane - 3);
    pen.setLineDash([]);
  }
  if (over.hover !== null) {
    pen.fillStyle = palette.soft;
    pen.globalAlpha = 0.6;
    pen.fillRect(at(over.hover), 0, 1, scene.height);
    pen.globalAlpha = 1;
  }
  pen.restore();
  paintHead(pen, scene, palette, at(over.now), over.now);
}

function paintSpeech(
  pen: CanvasRenderingContext2D,
  scene: Scene,
  palette: Palette,
  over: Over,
  at: (time: number) => number,
): void {
  const { top, height } = scene.rows.sound;
  if (height === 0) return;
  over.speech.forEach(([start, end], place) => {
    if (end < scene.view.start || start > scene.view.end) return;
    const x = at(start);
    const wide = Math.max(at(end) - x, 1);
    pen.fillStyle = palette.speech;
    pen.globalAlpha = place === over.span ? 0.45 : 0.25;
    pen.fillRect(x, top, wide, height);
    pen.globalAlpha = 1;
    pen.fillRect(x, top, wide, 2);
    pen.fillRect(x, top, 2, height);
    pen.fillRect(x + wide - 2, top, 2, height);
    if (place === over.span) {
      pen.strokeStyle = palette.accent;
      pen.lineWidth = 2;
      pen.strokeRect(x, top + 1, wide, height - 2);
    }
    if (wide < 60) return;
    pen.fillStyle = palette.text;
    pen.font = `10px ${FONT}`;
    pen.textBaseline = "top";
    pen.fillText("speech", Math.max(x, GUTTER) + 5, top + 4, wide - 8);
  });
}

function paintMarked(
  pen: CanvasRenderingContext2D,
  scene: Scene,
  palette: Palette,
  over: Over,
  at: (time: number) => number,
): void {
  const { start, end } = over.marked;
  if (start === null && end === null) return;
  const x0 = at(start ?? end ?? 0);
  const x1 = at(end ?? over.now);
  pen.fillStyle = palette.marked;
  pen.globalAlpha = 0.14;
  pen.fillRect(Math.min(x0, x1), 0, Math.abs(x1 - x0), scene.height);
  pen.globalAlpha = 1;
  for (const [edge, x, way] of [
    [start, x0, 1],
    [end, x1, -1],
  ] as const) {
    if (edge === null) continue;
    pen.fillRect(x, 0, 2 * way, scene.height);
    pen.fillRect(x, 0, 7 * way, 3);
  }
}

function paintHead(
  pen: CanvasRenderingContext2D,
  scene: Scene,
  palette: Palette,
  x: number,
  now: number,
): void {
  if (x < GUTTER - 1 || x > scene.width + 1) return;
  pen.fillStyle = palette.playhead;
  pen.fillRect(Math.round(x) - 1, 0, 2, scene.height);
  pen.font = `bold 11px ${FONT}`;
  pen.textBaseline = "middle";
  const text = exactClock(now);
  const wide = pen.measureText(text).width + 10;
  const left = Math.min(Math.max(x - wide / 2, GUTTER), scene.width - wide);
  pen.fillRect(left, 2, wide, 18);
  pen.fillStyle = inkOn(palette.playhead);
  pen.fillText(text, left + 5, 11.5);
}
