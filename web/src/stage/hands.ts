/**
 * What hands do on the stage: select, move, resize, draw, zoom and pan; by pointer and by keys.
 *
 * Whoever takes hold of a box, or draws one, does so on the frame that is seen: the play head is put
 * there, even where it was on its way elsewhere.
 */

import type { Box } from "../api/types";
import type { Store } from "../store";
import { allAt, apart, same } from "./boxes";
import type { Handles } from "./handles";
import { middle, nudged } from "./nudge";
import { type Here, onStage } from "./paint";
import { type Picture, panned, type Size, type Viewport } from "./viewport";

/** A box that the document does not have (yet): it was let go a moment ago, or is being moved by keys. */
export interface Pending {
  /** null: one that is being drawn. */
  readonly track: string | null;
  readonly at: number;
  readonly box: Box;
  readonly keyed: boolean;
}

/** The stage, as hands know it. */
export interface Table {
  readonly store: Store;
  readonly handles: Handles;
  readonly size: Size;
  readonly picture: Picture | null;
  view: Viewport | null;
  readonly here: readonly Here[];
  /** The time of the frame that is seen; null if there is none. */
  readonly at: number | null;
  /** The one that has handles. */
  readonly taken: Here | null;
  toPicture(box: Box): Box | null;
  zoom(factor: number, x?: number, y?: number): void;
  fit(): void;
  /** Boxes have changed. */
  look(): void;
  redraw(): void;
  drawNow(): void;
  say(text: string): void;
}

/** A hand trembles by this many pixels. */
const TREMBLE = 4;

type Press =
  | { what: "draw"; x: number; y: number; box: Box | null }
  | {
      what: "pan";
      x: number;
      y: number;
      view: Viewport;
      still: boolean;
      found: string | null;
      several: boolean;
    };

export class Hands {
  pending: Pending | null = null;
  /** The track under the pointer. */
  hover: string | null = null;
  /** The rubber band, in pixels of the stage. */
  band: Box | null = null;
  #press: Press | null = null;

  constructor(
    private readonly table: Table,
    private readonly body: HTMLElement,
    signal: AbortSignal,
  ) {
    const on = { signal };
    // Before Konva hears of a press: it may select the box that Konva then begins to drag.
    body.addEventListener("pointerdown", (event) => this.#down(event), { signal, capture: true });
    body.addEventListener("pointermove", (event) => this.#move(event), on);
    body.addEventListener("pointerup", () => this.#up(), on);
    body.addEventListener("pointercancel", () => this.cancel(), on);
    body.addEventListener("pointerleave", () => this.#hovered(null), on);
    body.addEventListener("mousedown", (event) => event.button === 1 && event.preventDefault(), on);
    body.addEventListener("keydown", (event) => this.#key(event), on);
    body.addEventListener("blur", () => this.#dropKeyed(), on);
    body.addEventListener("wheel", (event) => this.#wheel(event), { signal, passive: false });
  }

  /** The box in the handles is being changed, or was. */
  changed(box: Box, done: boolean): void {
    if (!done) return;
    const { taken, at } = this.table;
    const to = this.table.toPicture(box);
    if (taken && to && at !== null && !same(to, taken.box)) this.#put(taken.track.id, at, to);
    else this.table.redraw();
  }

  cancel(): void {
    this.#press = null;
    this.band = null;
    this.table.handles.drop();
    this.table.redraw();
  }

  /** Make it the track's box at a moment; shown so at once, and as the document has it afterwards. */
  #put(track: string, at: number, box: Box): void {
    const pending = { track, at, box, keyed: false };
    this.pending = pending;
    this.table.look();
    void this.table.store.actions.setKey(track, box, at).finally(() => {
      if (this.pending === pending) this.pending = null;
      this.table.look();
    });
  }

  #draw(box: Box): void {
    void this.table.store.actions.draw(box);
  }

  /** A band was drawn: what of it lies on the picture is the box. */
  #drawn(band: Box): void {
    const { picture, view, store } = this.table;
    const box = this.table.toPicture(band);
    if (!picture || !view || !box) return;
    const whole = onStage(picture, view, [0, 0, picture.width, picture.height]);
    if (apart(band, whole)) store.actions.say("that was drawn beside the picture", "warn");
    else this.#draw(box);
  }

  #settle(): void {
    const { actions, shown, frame } = this.table.store;
    actions.pause();
    if (shown.peek() >= 0 && shown.peek() !== frame.peek()) actions.goTo(shown.peek());
  }

  // By pointer.

  #point(event: MouseEvent): [number, number] {
    const box = this.body.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  }

  /** What is under the pointer: the smallest box, or the one beneath that which is selected. */
  #found(x: number, y: number, beneath = false): Here | null {
    const { picture, view, here } = this.table;
    if (!picture || !view) return null;
    const boxes = here.map((each) => onStage(picture, view, each.box));
    const places = allAt(boxes, x, y, 3);
    const chosen = this.table.store.selection.peek();
    const top = places.findIndex((place) => chosen.has(here[place]?.track.id ?? ""));
    const place = beneath ? places[(top + 1) % places.length] : places[0];
    return place === undefined ? null : (here[place] ?? null);
  }

  #down(event: PointerEvent): void {
    const { view, store, handles } = this.table;
    if (!view || (event.button !== 0 && event.button !== 1)) return;
    this.body.focus({ preventScroll: true });
    const [x, y] = this.#point(event);
    const several = event.ctrlKey || event.metaKey || event.shiftKey;
    if (event.button === 1) {
      this.#press = { what: "pan", x, y, view, still: false, found: null, several };
    } else if (store.tool.peek() === "draw") {
      this.#settle();
      this.#press = { what: "draw", x, y, box: null };
    } else {
      if (!several && !event.altKey && handles.holds(x, y)) {
        this.#settle(); // Konva hears of the press itself
        return;
      }
      const found = this.#found(x, y, event.altKey);
      if (found && !several) {
        this.#settle();
        store.actions.select([found.track.id]);
        this.table.drawNow(); // it has its handles now, and Konva may go on with a drag
        return;
      }
      const id = found?.track.id ?? null;
      this.#press = { what: "pan", x, y, view, still: true, found: id, several };
    }
    this.body.setPointerCapture(event.pointerId);
  }

  #move(event: PointerEvent): void {
    const [x, y] = this.#point(event);
    const press = this.#press;
    if (!press) {
      if (event.buttons === 0) this.#hovered(this.#found(x, y)?.track.id ?? null);
      return;
    }
    const { picture, size } = this.table;
    const far = Math.hypot(x - press.x, y - press.y) > TREMBLE;
    if (press.what === "draw") {
      press.box = far ? [press.x, press.y, x, y] : null;
      this.band = press.box;
    } else if (picture) {
      if (far) press.still = false;
      if (!press.still) {
        this.table.view = panned(picture, size, press.view, x - press.x, y - press.y);
      }
    }
    this.table.redraw();
  }

  #up(): void {
    const press = this.#press;
    this.#press = null;
    this.band = null;
    const { actions } = this.table.store;
    if (press?.what === "draw") {
      if (press.box) this.#drawn(press.box);
    } else if (press?.still) {
      if (press.found) actions.select([press.found], press.several ? "toggle" : "only");
      else actions.deselect();
    }
    this.table.redraw();
  }

  #hovered(id: string | null): void {
    if (id === this.hover) return;
    this.hover = id;
    this.body.classList.toggle("over-box", id !== null);
    this.table.redraw();
  }

  #wheel(event: WheelEvent): void {
    event.preventDefault();
    const unit = event.deltaMode === 1 ? 16 : event.deltaMode === 2 ? this.table.size.height : 1;
    const step = Math.min(Math.max(-event.deltaY * unit, -200), 200);
    // Two fingers drawn apart on a touchpad come as a wheel with Ctrl, in small steps.
    this.table.zoom(Math.exp(step * (event.ctrlKey ? 0.01 : 0.0025)), ...this.#point(event));
  }

  // By keys, while the stage has the focus.

  #key(event: KeyboardEvent): void {
    const keyed = this.pending?.keyed ? this.pending : null;
    const done = keyed ? this.#keyedKey(event, keyed) : this.#plainKey(event);
    if (!done) return;
    event.preventDefault();
    event.stopPropagation();
  }

  #plainKey(event: KeyboardEvent): boolean {
    if (event.key === "Escape" && (this.#press || this.table.handles.busy)) {
      this.cancel();
      return true;
    }
    if (event.altKey || event.ctrlKey || event.metaKey) return false;
    if (event.key === "Enter") return this.#beginKeyed();
    if (event.key === "+" || event.key === "=") this.table.zoom(1.5);
    else if (event.key === "-") this.table.zoom(1 / 1.5);
    else if (event.key === "0") this.table.fit();
    else return false;
    return true;
  }

  #beginKeyed(): boolean {
    const { store, at, taken } = this.table;
    const doc = store.doc.peek();
    if (!doc || at === null) return false;
    const drawing = store.tool.peek() === "draw";
    const box = drawing ? middle(doc.width, doc.height) : taken?.box;
    if (!box) {
      store.actions.say("no selected box is in this picture");
      return true;
    }
    this.#settle();
    this.pending = { track: drawing ? null : (taken?.track.id ?? null), at, box, keyed: true };
    this.table.say(
      "Arrows move the box, Ctrl and arrows resize it, with Shift ten times as far; " +
        "Enter keeps it, Escape drops it.",
    );
    this.table.look();
    return true;
  }

  #keyedKey(event: KeyboardEvent, keyed: Pending): boolean {
    const doc = this.table.store.doc.peek();
    if (!doc) return false;
    if (event.key === "Escape") {
      this.#dropKeyed();
      return true;
    }
    if (event.key === "Enter") {
      this.pending = null;
      if (keyed.track === null) this.#draw(keyed.box);
      else this.#put(keyed.track, keyed.at, keyed.box);
      return true;
    }
    const box = nudged(keyed.box, event, doc.width, doc.height);
    // Other keys wait until this is done; Tab leaves, and drops it.
    if (!box) return event.key.length === 1;
    this.pending = { ...keyed, box };
    this.table.look();
    const [x0, y0, x1, y1] = box;
    this.table.say(`left ${x0}, top ${y0}, ${x1 - x0} wide, ${y1 - y0} high`);
    return true;
  }

  #dropKeyed(): void {
    if (!this.pending?.keyed) return;
    this.pending = null;
    this.table.look();
  }
}
