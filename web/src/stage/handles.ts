/**
 * What a box is taken hold of by: a rectangle with handles over the picture, drawn by
 *
 * Works in CSS pixels of the stage; whoever uses it turns them into pixels of the picture. A box is
 * changed by dragging it or a handle, and said to be changed once, when it is let go.
 */

import { Layer } from "konva/lib/Layer";
import { Stage } from "konva/lib/Stage";
import { Rect } from "konva/lib/shapes/Rect";
import { Transformer } from "konva/lib/shapes/Transformer";
import type { Box } from "../api/types";

export interface Shape {
  /** In CSS pixels. */
  readonly box: Box;
  readonly colour: string;
  /** Whether its place is a person's or a detector's word for this frame, rather than between two. */
  readonly solid: boolean;
}

export interface Wishes {
  /** The box is being changed; `done` once it was let go. */
  changed(box: Box, done: boolean): void;
  /** Where the picture lies, in CSS pixels: no box leaves it. */
  bounds(): Box;
}

const HANDLE = 9;
const LEAST = 3;

export class Handles {
  readonly #stage: Stage;
  readonly #layer = new Layer();
  readonly #rect: Rect;
  readonly #transformer: Transformer;
  readonly #ghost: Rect;
  readonly #band: Rect;
  #dragging = false;

  constructor(
    container: HTMLDivElement,
    private readonly wishes: Wishes,
  ) {
    this.#stage = new Stage({ container, width: 1, height: 1 });
    this.#rect = new Rect({
      visible: false,
      draggable: true,
      dragDistance: 4,
      strokeWidth: 2,
    });
    const dashed = { visible: false, listening: false, dash: [5, 4], strokeWidth: 1.5 };
    this.#ghost = new Rect(dashed);
    this.#band = new Rect(dashed);
    this.#transformer = new Transformer({
      rotateEnabled: false,
      flipEnabled: false,
      keepRatio: false,
      ignoreStroke: true,
      borderEnabled: false,
      anchorSize: HANDLE,
      anchorCornerRadius: 1,
      anchorStroke: "#000000",
      anchorFill: "#ffffff",
      boundBoxFunc: (before, after) => {
        const [x0, y0, x1, y1] = this.wishes.bounds();
        const inside =
          after.x >= x0 - 0.5 &&
          after.y >= y0 - 0.5 &&
          after.x + after.width <= x1 + 0.5 &&
          after.y + after.height <= y1 + 0.5;
        return inside && after.width >= LEAST && after.height >= LEAST ? after : before;
      },
    });
    this.#rect.dragBoundFunc((at) => {
      const [x0, y0, x1, y1] = this.wishes.bounds();
      return {
        x: Math.min(Math.max(at.x, x0), x1 - this.#rect.width()),
        y: Math.min(Math.max(at.y, y0), y1 - this.#rect.height()),
      };
    });
    this.#layer.add(this.#ghost, this.#rect, this.#transformer, this.#band);
    this.#stage.add(this.#layer);
    this.#stage.container().style.position = "absolute";
    this.#rect.on("dragstart", () => this.#begin());
    this.#rect.on("dragmove", () => this.wishes.changed(this.#box(), false));
    this.#rect.on("dragend", () => this.#end());
    this.#transformer.on("transformstart", () => this.#begin());
    this.#transformer.on("transform", () => {
      // A rectangle is made larger, not scaled: its outline stays as thin as it was.
      this.#rect.setAttrs({
        width: this.#rect.width() * this.#rect.scaleX(),
        height: this.#rect.height() * this.#rect.scaleY(),
        scaleX: 1,
        scaleY: 1,
      });
      this.wishes.changed(this.#box(), false);
    });
    this.#transformer.on("transformend", () => this.#end());
    this.#rect.on("mouseenter", () => this.#cursor("move"));
    this.#rect.on("mouseleave", () => this.#cursor(""));
  }

  /** Whether a box is in somebody's hand. */
  get busy(): boolean {
    return this.#dragging;
  }

  resize(width: number, height: number): void {
    if (this.#stage.width() === width && this.#stage.height() === height) return;
    this.#stage.size({ width: Math.max(width, 1), height: Math.max(height, 1) });
  }

  /**
   * Show this box with its handles; null shows none. Not while one is in somebody's hand.
   *
   * Drawn at once, so that a press that selects a box can go on as a drag of it.
   */
  show(shape: Shape | null): void {
    if (this.#dragging) return;
    if (!shape) {
      this.#rect.visible(false);
      this.#transformer.nodes([]);
    } else {
      const [x0, y0, x1, y1] = shape.box;
      this.#rect.setAttrs({
        visible: true,
        x: x0,
        y: y0,
        width: x1 - x0,
        height: y1 - y0,
        stroke: shape.colour,
        dash: shape.solid ? [] : [6, 4],
        // Filled, so that it can be taken hold of anywhere; next to nothing is seen of it.
        fill: "rgba(255,255,255,0.02)",
      });
      if (this.#transformer.nodes()[0] !== this.#rect) this.#transformer.nodes([this.#rect]);
      this.#transformer.forceUpdate();
    }
    this.#layer.draw();
  }

  /** Let go of the box without changing it. */
  drop(): void {
    if (!this.#dragging) return;
    this.#dragging = false;
    this.#rect.stopDrag();
    this.#transformer.stopTransform();
    this.#ghost.visible(false);
    this.#layer.batchDraw();
  }

  /** The rubber band of a box being drawn; null takes it away. */
  band(box: Box | null, colour = "#ffffff"): void {
    this.#band.visible(box !== null);
    if (box) {
      const [x0, y0, x1, y1] = box;
      this.#band.setAttrs({
        x: Math.min(x0, x1),
        y: Math.min(y0, y1),
        width: Math.abs(x1 - x0),
        height: Math.abs(y1 - y0),
        stroke: colour,
      });
    }
    this.#layer.batchDraw();
  }

  /** Whether the point is on the box or a handle, which then hear of the press themselves. */
  holds(x: number, y: number): boolean {
    return this.#stage.getIntersection({ x, y }) !== null;
  }

  close(): void {
    this.#stage.destroy();
  }

  #box(): Box {
    const { x, y } = this.#rect.position();
    return [x, y, x + this.#rect.width(), y + this.#rect.height()];
  }

  /** The ghost shows where the box was, as long as it is being moved. */
  #begin(): void {
    this.#dragging = true;
    const { x, y, width, height } = this.#rect.attrs;
    this.#ghost.setAttrs({ x, y, width, height, visible: true, stroke: this.#rect.stroke() });
    this.#ghost.opacity(0.7);
  }

  #end(): void {
    if (!this.#dragging) return;
    this.#dragging = false;
    this.#ghost.visible(false);
    this.wishes.changed(this.#box(), true);
  }

  #cursor(name: string): void {
    this.#stage.container().style.cursor = name;
  }
}
