/**
 * What tells tracks apart other than colour: a letter for the kind, a pattern for the reason.
 *
 * | reason | pattern |
 * |---|---|
 * | detector | plain |
 * | second look | stripes |
 * | damaged frame | crosses |
 * | drawn by a person | dots |
 */

import type { Track } from "../api/types";

const LETTERS: Record<string, string> = {
  drawn: "D",
  damaged: "!",
  face: "F",
  head: "H",
  person: "P",
  plate: "N",
  text: "T",
  code: "Q",
  screen: "S",
};

/** One letter for a kind of track. */
export function letter(kind: string): string {
  return LETTERS[kind] ?? "?";
}

const TILE = 6;

/** Patterns to lay over a fill, in *ink*; one instance for a canvas, made anew with the palette. */
export class Patterns {
  readonly #made = new Map<string, CanvasPattern | null>();

  constructor(
    private readonly context: CanvasRenderingContext2D,
    private readonly ink: string,
  ) {}

  of(because: Track["because"]): CanvasPattern | null {
    if (because === "detector") return null;
    let pattern = this.#made.get(because);
    if (pattern === undefined) {
      pattern = this.#draw(because);
      this.#made.set(because, pattern);
    }
    return pattern;
  }

  #draw(because: Track["because"]): CanvasPattern | null {
    const tile = document.createElement("canvas");
    tile.width = TILE;
    tile.height = TILE;
    const pen = tile.getContext("2d");
    if (!pen) return null;
    pen.strokeStyle = this.ink;
    pen.fillStyle = this.ink;
    pen.lineWidth = 1.5;
    pen.beginPath();
    if (because === "asked") {
      pen.arc(TILE / 2, TILE / 2, 1, 0, 7);
      pen.fill();
    } else {
      for (const shift of [-TILE, 0, TILE]) {
        pen.moveTo(shift, TILE);
        pen.lineTo(shift + TILE, 0);
        if (because === "damaged") {
          pen.moveTo(shift, 0);
          pen.lineTo(shift + TILE, TILE);
        }
      }
      pen.stroke();
    }
    return this.context.createPattern(tile, "repeat");
  }
}
