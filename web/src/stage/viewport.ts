/**
 * How the picture lies on the stage: scale and offset, zoom around a point, pan, fit.
 *
 * A picture pixel is `scale` CSS pixels high and `scale * aspect` wide (`aspect` is the pixel aspect
 * ratio: 1 for nearly all footage).
 */

import type { Box } from "../api/types";

export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly aspect: number;
}

export interface Viewport {
  readonly scale: number;
  readonly x: number;
  readonly y: number;
}

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** Beside the picture, so that a box at its edge can be taken hold of: CSS pixels. */
const EDGE = 8;
/** No nearer than this many CSS pixels to a picture pixel. */
const NEAREST = 16;

/** All of the picture, as large as fits, in the middle. */
export function fitted(picture: Picture, size: Size): Viewport {
  const across = (size.width - 2 * EDGE) / (picture.width * picture.aspect);
  const scale = Math.max(Math.min(across, (size.height - 2 * EDGE) / picture.height), 1e-6);
  return centred(picture, size, { scale, x: 0, y: 0 });
}

/** Zoom by `factor` (over 1 is nearer) with what is under (`x`, `y`) staying there. */
export function zoomed(
  picture: Picture,
  size: Size,
  view: Viewport,
  factor: number,
  x: number,
  y: number,
): Viewport {
  const least = fitted(picture, size).scale;
  const scale = Math.min(Math.max(view.scale * factor, least), Math.max(NEAREST, least));
  const by = scale / view.scale;
  return centred(picture, size, { scale, x: x - (x - view.x) * by, y: y - (y - view.y) * by });
}

export function panned(
  picture: Picture,
  size: Size,
  view: Viewport,
  dx: number,
  dy: number,
): Viewport {
  return centred(picture, size, { scale: view.scale, x: view.x + dx, y: view.y + dy });
}

/** The same view when the stage has another size: fitted if it was, else with its middle kept. */
export function resized(picture: Picture, from: Size, to: Size, view: Viewport): Viewport {
  if (view.scale <= fitted(picture, from).scale * 1.001) return fitted(picture, to);
  const x = view.x + (to.width - from.width) / 2;
  const y = view.y + (to.height - from.height) / 2;
  return zoomed(picture, to, { scale: view.scale, x, y }, 1, to.width / 2, to.height / 2);
}

/** Bring `box` into view, moving as little as needed; the same view if it is seen. */
export function revealed(picture: Picture, size: Size, view: Viewport, box: Box): Viewport {
  const wide = view.scale * picture.aspect;
  const shift = (start: number, end: number, room: number): number => {
    if (end - start > room) return room / 2 - (start + end) / 2;
    return start < 0 ? -start : end > room ? room - end : 0;
  };
  const dx = shift(view.x + box[0] * wide, view.x + box[2] * wide, size.width);
  const dy = shift(view.y + box[1] * view.scale, view.y + box[3] * view.scale, size.height);
  return dx === 0 && dy === 0 ? view : panned(picture, size, view, dx, dy);
}

export function toPicture(
  picture: Picture,
  view: Viewport,
  x: number,
  y: number,
): [number, number] {
  return [(x - view.x) / (view.scale * picture.aspect), (y - view.y) / view.scale];
}

/** No more than `EDGE` is seen beside a picture larger than the stage; a smaller one is in the middle. */
function centred(picture: Picture, size: Size, view: Viewport): Viewport {
  const along = (offset: number, length: number, room: number): number =>
    length + 2 * EDGE <= room
      ? (room - length) / 2
      : Math.min(Math.max(offset, room - length - EDGE), EDGE);
  return {
    scale: view.scale,
    x: along(view.x, picture.width * picture.aspect * view.scale, size.width),
    y: along(view.y, picture.height * view.scale, size.height),
  };
}
