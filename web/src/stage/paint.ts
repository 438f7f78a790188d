/** The picture, and the boxes on it that are not in anybody's hand. */

import type { Box, Moment, Track } from "../api/types";
import { kindOf } from "../model/tracks";
import { FONT, inkOn, letter, type Patterns } from "../paint";
import { kindColour, type Palette } from "../theme/colours";
import { same } from "./boxes";
import type { Picture, Size, Viewport } from "./viewport";

export interface Here {
  readonly track: Track;
  /** In pixels of the picture. */
  readonly box: Box;
}

export interface Scene {
  readonly picture: Picture;
  readonly view: Viewport;
  readonly size: Size;
  readonly bitmap: ImageBitmap | null;
  readonly masks: "rendered" | "outlines" | "none";
  readonly here: readonly Here[];
  readonly selection: ReadonlySet<string>;
  readonly hover: string | null;
  /** Where somebody was unsure at this moment. */
  readonly unsure: readonly Moment[];
  /** The box before and the box after, of the track whose handles are shown. */
  readonly around: readonly Box[];
}

/** Nearer than this, pixels of the picture are shown as they are. */
const SQUARES = 4;

export function paintStage(
  pen: CanvasRenderingContext2D,
  scene: Scene,
  palette: Palette,
  patterns: Patterns,
): void {
  const { picture, view, bitmap } = scene;
  if (bitmap) {
    pen.imageSmoothingEnabled = view.scale < SQUARES;
    pen.imageSmoothingQuality = "high";
    const wide = picture.width * picture.aspect * view.scale;
    pen.drawImage(bitmap, view.x, view.y, wide, picture.height * view.scale);
  }
  // Large ones first, so that small ones lie on top; what is selected over all.
  const first = ({ track }: Here): number => (scene.selection.has(track.id) ? 1 : 0);
  const order = [...scene.here].sort(
    (one, other) => first(one) - first(other) || area(other.box) - area(one.box),
  );
  const tags: Tag[] = [];
  for (const each of order) paintBox(pen, scene, palette, patterns, each, tags);
  for (const moment of scene.unsure) paintUnsure(pen, scene, palette, moment, tags);
  paintAround(pen, scene, palette);
  paintTags(pen, tags);
}

/** A box of the picture, in CSS pixels of the stage. */
export function onStage(picture: Picture, view: Viewport, box: Box): Box {
  const across = view.scale * picture.aspect;
  return [
    view.x + box[0] * across,
    view.y + box[1] * view.scale,
    view.x + box[2] * across,
    view.y + box[3] * view.scale,
  ];
}

function paintBox(
  pen: CanvasRenderingContext2D,
  scene: Scene,
  palette: Palette,
  patterns: Patterns,
  { track, box }: Here,
  tags: Tag[],
): void {
  const selected = scene.selection.has(track.id);
  const hover = scene.hover === track.id;
  const outlines = scene.masks === "outlines";
  // As rendered, what is hidden is seen to be; what is kept is marked, so that it is not taken for a miss.
  const marked = outlines || (scene.masks === "rendered" && !track.hidden);
  if (!marked && !selected && !hover) return;
  const [x0, y0, x1, y1] = onStage(scene.picture, scene.view, box);
  const { width, height } = scene.size;
  if (x1 < 0 || y1 < 0 || x0 > width || y0 > height) return;
  const colour = kindColour(kindOf(track), palette);
  if (outlines && track.hidden) {
    pen.globalAlpha = 0.22;
    pen.fillStyle = colour;
    pen.fillRect(x0, y0, x1 - x0, y1 - y0);
    pen.globalAlpha = 0.35;
    const pattern = patterns.of(track.because);
    if (pattern) {
      pen.fillStyle = pattern;
      pen.fillRect(x0, y0, x1 - x0, y1 - y0);
    }
    pen.globalAlpha = 1;
  }
  pen.setLineDash(track.hidden ? [] : [5, 4]);
  // A dark line under a light one is seen on any picture.
  pen.strokeStyle = "rgba(0,0,0,0.6)";
  pen.lineWidth = selected ? 4.5 : 3.5;
  pen.strokeRect(x0, y0, x1 - x0, y1 - y0);
  pen.strokeStyle = colour;
  pen.lineWidth = selected ? 2.5 : 1.5;
  pen.strokeRect(x0, y0, x1 - x0, y1 - y0);
  pen.setLineDash([]);
  const long = selected || hover || x1 - x0 > 90;
  const parts = [long ? `${letter(kindOf(track))} ${track.id}` : letter(kindOf(track))];
  if (!track.hidden) parts.push("kept");
  if (track.unsure) parts.push("?");
  tags.push({ text: parts.join(" "), colour, box: [x0, y0, x1, y1] });
}

interface Tag {
  readonly text: string;
  readonly colour: string;
  /** The box that it names, in CSS pixels. */
  readonly box: Box;
}

const TAG_HIGH = 15;

/** Names at the boxes' corners: the first of them where no other name lies, the last box first. */
function paintTags(pen: CanvasRenderingContext2D, tags: readonly Tag[]): void {
  pen.font = `11px ${FONT}`;
  pen.textBaseline = "middle";
  const placed: Box[] = [];
  for (const { text, colour, box } of [...tags].reverse()) {
    const wide = pen.measureText(text).width + 8;
    const [x0, y0, x1, y1] = box;
    const corners: [number, number][] = [
      [x0 - 1, y0 - TAG_HIGH - 1],
      [x0 - 1, y1 + 1],
      [x1 - wide + 1, y0 - TAG_HIGH - 1],
      [x0 + 1, y0 + 1],
      [x0 + 1, y0 + TAG_HIGH + 2],
    ];
    const rects = corners.map(([x, y]): Box => {
      const [left, top] = [Math.max(x, 0), Math.max(y, 0)];
      return [left, top, left + wide, top + TAG_HIGH];
    });
    const free = rects.find((rect) => !placed.some((other) => overlap(rect, other)));
    const rect = free ?? (rects[0] as Box);
    placed.push(rect);
    pen.fillStyle = colour;
    pen.fillRect(rect[0], rect[1], wide, TAG_HIGH);
    pen.fillStyle = inkOn(colour);
    pen.fillText(text, rect[0] + 4, rect[1] + TAG_HIGH / 2 + 0.5);
  }
}

function overlap(one: Box, other: Box): boolean {
  return one[0] < other[2] && other[0] < one[2] && one[1] < other[3] && other[1] < one[3];
}

function paintUnsure(
  pen: CanvasRenderingContext2D,
  scene: Scene,
  palette: Palette,
  moment: Moment,
  tags: Tag[],
): void {
  if (!moment.box) return;
  const [x0, y0, x1, y1] = onStage(scene.picture, scene.view, moment.box);
  pen.setLineDash([2, 3]);
  pen.strokeStyle = palette.warn;
  pen.lineWidth = 2.5;
  pen.strokeRect(x0, y0, x1 - x0, y1 - y0);
  pen.setLineDash([]);
  // A track that is there as well has its own name, with a question mark.
  const { box } = moment;
  if (scene.here.some((each) => each.track.unsure && same(each.box, box))) return;
  tags.push({ text: "? unsure", colour: palette.warn, box: [x0, y0, x1, y1] });
}

/** Where the selected one's keys before and after have it, and the way between. */
function paintAround(pen: CanvasRenderingContext2D, scene: Scene, palette: Palette): void {
  if (scene.around.length === 0) return;
  pen.strokeStyle = palette.accent;
  pen.globalAlpha = 0.7;
  pen.lineWidth = 1;
  pen.setLineDash([3, 4]);
  pen.beginPath();
  scene.around.forEach((box, place) => {
    const [x0, y0, x1, y1] = onStage(scene.picture, scene.view, box);
    pen.strokeRect(x0, y0, x1 - x0, y1 - y0);
    if (place === 0) pen.moveTo((x0 + x1) / 2, (y0 + y1) / 2);
    else pen.lineTo((x0 + x1) / 2, (y0 + y1) / 2);
  });
  pen.stroke();
  pen.setLineDash([]);
  pen.globalAlpha = 1;
}

function area(box: Box): number {
  return (box[2] - box[0]) * (box[3] - box[1]);
}
