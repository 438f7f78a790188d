/**
 * The stage: the picture of the frame at the play head, the boxes on it, and handles to change them.
 *
 * The boxes are those of the picture that is seen, which may lag behind the play head while the next
 * one is on its way: a box is never drawn over a frame that it does not belong to.
 */

import { effect } from "@preact/signals";
import type { Box, Moment, Track } from "../api/types";
import { saysAt } from "../model/says";
import { boxAt, kindOf, lastKeyAt } from "../model/tracks";
import { onceAFrame, Patterns, Sharp } from "../paint";
import type { Store } from "../store";
import { kindColour, onPictures } from "../theme/colours";
import { isKey, tidied } from "./boxes";
import { Handles } from "./handles";
import { Hands, type Table } from "./hands";
import { type Here, onStage, paintStage } from "./paint";
import { Seen } from "./seen";
import {
  fitted,
  type Picture,
  resized,
  type Size,
  toPicture,
  type Viewport,
  zoomed,
} from "./viewport";

const SAY_AFTER_MS = 400;

export class Stage implements Table {
  size: Size = { width: 1, height: 1 };
  view: Viewport | null = null;
  here: readonly Here[] = [];
  readonly handles: Handles;

  readonly #body = document.createElement("div");
  readonly #status = document.createElement("div");
  readonly #note = document.createElement("div");
  readonly #percent = document.createElement("button");
  readonly #sharp = new Sharp();
  readonly #patterns = new Patterns(this.#sharp.pen, onPictures.stage);
  readonly #drawing = onceAFrame(() => this.drawNow());
  readonly #control = new AbortController();
  readonly #stops: (() => void)[] = [];
  readonly #seen: Seen;
  readonly #hands: Hands;
  #file: number | null = null;
  #saying: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly element: HTMLElement,
    readonly store: Store,
  ) {
    const holder = document.createElement("div");
    this.#body.className = "stage-body";
    this.#body.tabIndex = 0;
    this.#body.setAttribute("role", "application");
    this.#body.setAttribute("aria-label", "picture; Enter moves the selected box by keys");
    this.#status.className = "stage-status";
    this.#status.setAttribute("aria-live", "polite");
    this.#note.className = "stage-note";
    this.#note.hidden = true;
    this.#body.append(this.#sharp.element, holder, this.#note);
    element.replaceChildren(this.#body, this.#zoomBar(), this.#status);
    this.handles = new Handles(holder, {
      bounds: () => this.#bounds(),
      changed: (box, done) => this.#hands.changed(box, done),
    });
    this.#hands = new Hands(this, this.#body, this.#control.signal);
    this.#seen = new Seen(
      store,
      () => this.look(),
      (text) => this.#notice(text),
      () => this.handles.busy,
    );
    this.#listen();
  }

  get picture(): Picture | null {
    const doc = this.store.doc.peek();
    return doc && { width: doc.width, height: doc.height, aspect: doc.pixel_aspect || 1 };
  }

  get at(): number | null {
    const shown = this.store.shown.peek();
    return shown < 0 ? null : (this.store.times.peek()[shown] ?? null);
  }

  /** It has handles if it is selected, alone, and in the picture. */
  get taken(): Here | null {
    const chosen = this.store.selection.peek();
    if (chosen.size !== 1) return null;
    return this.here.find((each) => chosen.has(each.track.id)) ?? null;
  }

  toPicture(box: Box): Box | null {
    const { picture, view } = this;
    if (!picture || !view) return null;
    const [x0, y0] = toPicture(picture, view, box[0], box[1]);
    const [x1, y1] = toPicture(picture, view, box[2], box[3]);
    return tidied([x0, y0, x1, y1], picture.width, picture.height);
  }

  zoom(factor: number, x = this.size.width / 2, y = this.size.height / 2): void {
    const { picture, view } = this;
    if (!picture || !view || this.handles.busy) return;
    this.view = zoomed(picture, this.size, view, factor, x, y);
    this.#aim();
    this.redraw();
  }

  fit(): void {
    const { picture } = this;
    if (!picture || this.handles.busy) return;
    this.view = fitted(picture, this.size);
    this.#aim();
    this.redraw();
  }

  redraw(): void {
    this.#drawing.ask();
  }

  say(text: string): void {
    clearTimeout(this.#saying);
    this.#status.textContent = text;
  }

  /** Find which tracks are in the picture that is seen. */
  look(): void {
    const doc = this.store.doc.peek();
    const { at } = this;
    const found: Here[] = [];
    if (doc && at !== null) {
      const { pending } = this.#hands;
      for (const track of doc.tracks) {
        const box = boxAt(track, at);
        if (!box) continue;
        const mine = pending?.track === track.id && pending.at === at;
        found.push({ track, box: mine ? pending.box : box });
      }
    }
    this.here = found;
    this.#body.dataset.shown = String(this.store.shown.peek());
    this.redraw();
    this.#describe();
  }

  drawNow(): void {
    const { picture, view } = this;
    const pen = this.#sharp.begin();
    if (!picture || !view) {
      this.handles.show(null);
      return;
    }
    const { taken } = this;
    const scene = {
      picture,
      view,
      size: this.size,
      bitmap: this.#seen.bitmap,
      masks: this.store.masks.peek(),
      here: this.here,
      selection: this.store.selection.peek(),
      hover: this.#hands.hover,
      unsure: this.#unsure(),
      around: taken ? this.#around(taken.track) : [],
    };
    paintStage(pen, scene, onPictures, this.#patterns);
    this.#showHandles(picture, view, taken);
    const percent = `${Math.round(view.scale * 100)} %`;
    if (this.#percent.textContent === percent) return;
    this.#percent.textContent = percent;
    this.#percent.setAttribute("aria-label", `${percent}, show all of the picture`);
  }

  close(): void {
    this.#control.abort();
    for (const stop of this.#stops) stop();
    this.#drawing.cancel();
    clearTimeout(this.#saying);
    this.#seen.close();
    this.handles.close();
    this.element.replaceChildren();
  }

  #listen(): void {
    const { store } = this;
    const resizing = new ResizeObserver(() => this.#resize());
    resizing.observe(this.#body);
    this.#stops.push(
      () => resizing.disconnect(),
      effect(() => this.#opened(store.doc.value?.n ?? null)),
      effect(() => {
        // Whatever of these changes, another picture may be wanted.
        [store.doc.value, store.times.value, store.masks.value, store.playing.value];
        store.frame.value;
        this.#aim();
      }),
      effect(() => {
        [store.selection.value, store.doc.value];
        this.look();
      }),
      effect(() => {
        this.#body.classList.toggle("drawing", store.tool.value === "draw");
        store.masks.value; // outlines and no outlines lie on the same picture
        this.redraw();
      }),
    );
  }

  #zoomBar(): HTMLElement {
    const bar = document.createElement("div");
    bar.className = "stage-zoom";
    const add = (button: HTMLButtonElement, text: string, says: string, work: () => void): void => {
      button.type = "button";
      button.textContent = text;
      button.title = says;
      button.setAttribute("aria-label", says);
      button.addEventListener("click", work);
      bar.append(button);
    };
    add(document.createElement("button"), "−", "picture smaller", () => this.zoom(1 / 1.5));
    add(this.#percent, "fit", "show all of the picture", () => this.fit());
    add(document.createElement("button"), "+", "picture larger", () => this.zoom(1.5));
    return bar;
  }

  #opened(file: number | null): void {
    if (file === this.#file) return;
    this.#file = file;
    this.view = null;
    this.#hands.pending = null;
    this.#seen.open(file);
  }

  #resize(): void {
    const to = { width: this.#body.clientWidth, height: this.#body.clientHeight };
    if (to.width <= 0 || to.height <= 0) return;
    const { picture, view } = this;
    if (picture && view) this.view = resized(picture, this.size, to, view);
    this.size = to;
    this.#sharp.resize(to.width, to.height);
    this.handles.resize(to.width, to.height);
    this.#aim();
    this.drawNow(); // a canvas is empty once it has another size
  }

  #aim(): void {
    const { picture } = this;
    if (!picture || this.size.width <= 1) return;
    this.view ??= fitted(picture, this.size);
    this.#seen.aim(picture, this.view.scale * (devicePixelRatio || 1));
  }

  #notice(text: string | null): void {
    this.#note.hidden = text === null;
    this.#note.textContent = text;
  }

  #showHandles(picture: Picture, view: Viewport, taken: Here | null): void {
    const { pending, band } = this.#hands;
    const drawn = pending?.keyed && pending.track === null ? pending.box : null;
    const bounds = this.#bounds();
    this.handles.band(
      drawn ? onStage(picture, view, drawn) : band && within(band, bounds),
      kindColour("drawn", onPictures),
    );
    const busy = this.store.playing.peek() !== 0 || this.store.tool.peek() === "draw";
    if (!taken || busy) {
      this.handles.show(null);
      return;
    }
    const { track, box } = taken;
    this.handles.show({
      box: onStage(picture, view, box),
      colour: kindColour(kindOf(track), onPictures),
      solid: track.steps || isKey(track, this.at ?? 0),
    });
  }

  /** The boxes of the keys before and after, of a track that moves on straight lines. */
  #around(track: Track): Box[] {
    const { at } = this;
    if (at === null || track.steps || track.keys.length < 2) return [];
    const place = lastKeyAt(track.keys, at);
    const before = track.keys[isKey(track, at) ? place - 1 : place];
    const boxes: Box[] = [];
    for (const key of [before, track.keys[place + 1]]) {
      if (key) boxes.push([key[1], key[2], key[3], key[4]]);
    }
    return boxes;
  }

  #unsure(): Moment[] {
    const doc = this.store.doc.peek();
    const { at } = this;
    if (!doc || at === null) return [];
    const half = 0.5 / Math.max(doc.rate, 1);
    return doc.unsure.filter((moment) => Math.abs(moment.at - at) < half);
  }

  #bounds(): Box {
    const { picture, view, size } = this;
    if (!picture || !view) return [0, 0, size.width, size.height];
    return onStage(picture, view, [0, 0, picture.width, picture.height]);
  }

  /** Say what is in the picture, once it has been still for a moment. */
  #describe(): void {
    clearTimeout(this.#saying);
    if (this.store.playing.peek() !== 0 || this.#hands.pending?.keyed) return;
    this.#saying = setTimeout(() => {
      const doc = this.store.doc.peek();
      const { at } = this;
      if (doc && at !== null) this.#status.textContent = saysAt(doc, at, this.store.shown.peek());
    }, SAY_AFTER_MS);
  }
}

/** What of a box lies within another. */
function within(box: Box, bounds: Box): Box {
  const across = (x: number): number => Math.min(Math.max(x, bounds[0]), bounds[2]);
  const down = (y: number): number => Math.min(Math.max(y, bounds[1]), bounds[3]);
  return [across(box[0]), down(box[1]), across(box[2]), down(box[3])];
}
