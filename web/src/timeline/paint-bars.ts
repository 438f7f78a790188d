/** The lanes: a bar for each track, with what tells it apart beside its colour. */

import type { Track } from "../api/types";
import { kindOf } from "../model/tracks";
import { kindWord } from "../model/words";
import { FONT, inkOn, letter, type Patterns } from "../paint";
import { kindColour, type Palette } from "../theme/colours";
import { type Bar, bars } from "./bars";
import type { Group } from "./lanes";
import { GUTTER, laneTop } from "./rows";
import { toX } from "./scale";
import type { Scene } from "./scene";

/** A bar narrower than this has no room for more than its colour. */
const ROOMY = 14;
/** Keys nearer to each other than this, on average, are not drawn one by one. */
const KEYS_APART = 9;

export function paintLanes(
  pen: CanvasRenderingContext2D,
  scene: Scene,
  palette: Palette,
  patterns: Patterns,
): void {
  const { rows, packing, width } = scene;
  const { top, height } = rows.lanes;
  pen.save();
  pen.beginPath();
  pen.rect(0, top, width, height);
  pen.clip();
  for (const group of packing.groups) {
    const from = laneTop(rows, scene.scroll, group.first);
    const to = from + group.lanes.length * rows.lane;
    if (to < top || from > top + height) continue;
    paintGroup(pen, scene, palette, patterns, group, from);
  }
  if (packing.count === 0) {
    pen.fillStyle = palette.soft;
    pen.font = `12px ${FONT}`;
    pen.textBaseline = "middle";
    pen.fillText("nothing is hidden: no tracks", GUTTER + 10, top + height / 2);
  }
  if (rows.most > 0) paintScroll(pen, scene, palette);
  pen.restore();
}

function paintGroup(
  pen: CanvasRenderingContext2D,
  scene: Scene,
  palette: Palette,
  patterns: Patterns,
  group: Group,
  from: number,
): void {
  const { rows, width } = scene;
  const bottom = rows.lanes.top + rows.lanes.height;
  const high = group.lanes.length * rows.lane;
  const colour = kindColour(group.kind, palette);

  pen.save();
  pen.beginPath();
  pen.rect(GUTTER, rows.lanes.top, width - GUTTER, rows.lanes.height);
  pen.clip();
  group.lanes.forEach((lane, place) => {
    const y = from + place * rows.lane;
    if (y + rows.lane < rows.lanes.top || y > bottom) return;
    for (const bar of bars(lane, scene.view, width - GUTTER, scene.selection)) {
      paintBar(pen, scene, palette, patterns, colour, bar, y);
    }
  });
  pen.restore();

  pen.fillStyle = palette.raised;
  pen.fillRect(0, from, GUTTER, high);
  pen.fillStyle = colour;
  pen.fillRect(0, from, 4, high - 1);
  pen.fillStyle = palette.line;
  pen.fillRect(0, from + high - 1, width, 1);
  pen.fillStyle = palette.text;
  pen.font = `${rows.lane < 13 && group.lanes.length === 1 ? 9 : 11}px ${FONT}`;
  pen.textBaseline = "middle";
  // The name stays in sight while its lanes are scrolled.
  const y = Math.min(Math.max(from, rows.lanes.top) + Math.max(rows.lane, 12) / 2, from + high - 6);
  pen.fillText(`${letter(group.kind)}  ${kindWord(group.kind)}`, 9, y, GUTTER - 12);
}

function paintBar(
  pen: CanvasRenderingContext2D,
  scene: Scene,
  palette: Palette,
  patterns: Patterns,
  colour: string,
  bar: Bar,
  top: number,
): void {
  const x0 = Math.max(GUTTER + bar.x0, GUTTER - 4);
  const x1 = Math.min(GUTTER + bar.x1, scene.width + 4);
  const wide = Math.max(x1 - x0 - (x1 - x0 > 3 ? 1 : 0), 1);
  const y = top + 1;
  const high = scene.rows.lane - 3;
  const { sample } = bar;
  pen.fillStyle = colour;
  if (sample.hidden) {
    pen.fillRect(x0, y, wide, high);
    const pattern = wide >= 4 ? patterns.of(sample.because) : null;
    if (pattern) {
      pen.fillStyle = pattern;
      pen.fillRect(x0, y, wide, high);
    }
  } else {
    // What is kept is hollow: it will be seen in the output.
    pen.globalAlpha = 0.16;
    pen.fillRect(x0, y, wide, high);
    pen.globalAlpha = 1;
    pen.fillRect(x0, y + high - 2, wide, 2);
    pen.fillRect(x0, y, wide, 1);
  }
  if (bar.track) {
    const keyed = wide >= ROOMY && (bar.track.edited || bar.track.drawn);
    if (keyed) paintKeys(pen, scene, palette, bar.track, y + high / 2);
    if (wide >= ROOMY && high >= 9) {
      paintName(pen, palette, colour, bar.track, keyed ? x0 + 5 : x0, y, x1 - 1, high);
    }
    if (scene.selection.has(bar.track.id)) {
      // A light line in a dark one is seen on every colour that a bar has, and in both themes.
      pen.strokeStyle = palette.raised;
      pen.lineWidth = 1;
      pen.strokeRect(x0 + 0.5, y + 0.5, Math.max(wide, 3) - 1, high - 1);
      pen.strokeStyle = palette.text;
      pen.lineWidth = 2;
      pen.strokeRect(x0 - 1, y - 1, Math.max(wide, 3) + 2, high + 2);
    }
  }
}

function paintName(
  pen: CanvasRenderingContext2D,
  palette: Palette,
  colour: string,
  track: Track,
  x: number,
  y: number,
  end: number,
  high: number,
): void {
  const left = Math.max(x, GUTTER);
  const room = end - left - 6;
  const short = track.hidden ? letter(kindOf(track)) : "kept";
  const text = `${track.unsure ? "? " : ""}${room > 64 ? `${track.id}${track.hidden ? "" : " kept"}` : short}`;
  pen.font = `${Math.min(high - 2, 11)}px ${FONT}`;
  pen.textBaseline = "middle";
  const needs = pen.measureText(text).width;
  if (needs > room) return;
  if (track.hidden && (track.because !== "detector" || track.edited)) {
    pen.fillStyle = colour; // a plain ground, so that pattern and keys do not disturb the letters
    pen.fillRect(left + 2, y, needs + 4, high);
  }
  pen.fillStyle = track.hidden ? inkOn(colour) : palette.text;
  pen.fillText(text, left + 4, y + high / 2 + 0.5);
}

/** A diamond for each key; a line where they are too many to be told apart. */
function paintKeys(
  pen: CanvasRenderingContext2D,
  scene: Scene,
  palette: Palette,
  track: Track,
  y: number,
): void {
  const width = scene.width - GUTTER;
  const at = (time: number): number => GUTTER + toX(scene.view, width, time);
  const first = at(track.keys[0]?.[0] ?? track.start);
  const final = at(track.keys[track.keys.length - 1]?.[0] ?? track.end);
  if (track.keys.length > 2 && final - first < track.keys.length * KEYS_APART) {
    pen.fillStyle = palette.sunk;
    pen.fillRect(first, y - 0.5, final - first, 1.5);
    return;
  }
  pen.beginPath();
  for (const [time] of track.keys) {
    const x = at(time);
    if (x < GUTTER - 5) continue;
    if (x > scene.width + 5) break;
    pen.moveTo(x, y - 4);
    pen.lineTo(x + 4, y);
    pen.lineTo(x, y + 4);
    pen.lineTo(x - 4, y);
    pen.closePath();
  }
  pen.fillStyle = palette.sunk;
  pen.fill();
  pen.strokeStyle = palette.text;
  pen.lineWidth = 1;
  pen.stroke();
}

/** How much of the lanes is seen, at the right. */
function paintScroll(pen: CanvasRenderingContext2D, scene: Scene, palette: Palette): void {
  const { top, height } = scene.rows.lanes;
  const all = height + scene.rows.most;
  pen.fillStyle = palette.soft;
  pen.globalAlpha = 0.7;
  const y = top + (scene.scroll / all) * height;
  pen.fillRect(scene.width - 7, y, 5, Math.max((height / all) * height, 12));
  pen.globalAlpha = 1;
}
