/**
 * The timeline: two canvases one over the other, so that the play head moves without the bars being
 * drawn again, and a slider for keys and screen readers, whose thumb is the play head.
 *
 * Nothing is drawn but once before a picture of the screen, and only what is seen of it.
 */

import { effect } from "@preact/signals";
import type { Span, Track, Waveform } from "../api/types";
import { saysAt } from "../model/says";
import { onceAFrame, Patterns, Sharp } from "../paint";
import type { Store } from "../store";
import { palette } from "../theme/colours";
import { begin, type Drag, type Held, type Point, timeAt, trackAt } from "./drags";
import { Film, slots } from "./film";
import { hintAt } from "./hints";
import { laneOf, type Packing, pack, trimmed } from "./lanes";
import { type Marker, markersOf } from "./markers";
import { paintOver, paintScene, pictureWidth } from "./paint";
import { GUTTER, layOut, revealed, rowAt } from "./rows";
import type { Scene } from "./scene";
import { removed } from "./spans";
import { bucketsFor, levelled } from "./wave";

/** A hand trembles by this many pixels; what moves less was a press. */
const TREMBLE = 3;
const THUMB_HEIGHT = 76;

export class Timeline implements Held {
  scroll = 0;
  span: number | null = null;
  extent: { track: Track; start: number; end: number } | null = null;
  speech: readonly Span[] | null = null;

  readonly #body = document.createElement("div");
  readonly #head = document.createElement("div");
  readonly #tip = document.createElement("div");
  readonly #base = new Sharp(true);
  readonly #over = new Sharp();
  readonly #stops: (() => void)[] = [];
  readonly #drawing = onceAFrame(() => this.#draw());
  #patterns: Patterns | null = null;
  #packing: Packing = pack([]);
  #packed: readonly Track[] | null = null;
  #markers: readonly Marker[] = [];
  #film: Film | null = null;
  #wave: Waveform | null = null;
  #file: number | null = null;
  /** The file whose waveform was asked for. */
  #heard: number | null = null;
  #scene: Scene | null = null;
  #stale = true;
  #hover: Point | null = null;
  #drag: { drag: Drag; from: Point; still: boolean } | null = null;

  constructor(
    private readonly element: HTMLElement,
    readonly store: Store,
  ) {
    this.#body.className = "timeline-body";
    this.#head.className = "timeline-head";
    this.#head.tabIndex = 0;
    this.#head.setAttribute("role", "slider");
    this.#head.setAttribute("aria-label", "play head on the timeline");
    this.#tip.className = "timeline-tip";
    this.#tip.hidden = true;
    this.#body.append(this.#base.element, this.#over.element, this.#head, this.#zoom(), this.#tip);
    element.replaceChildren(this.#body);
    this.#listen();
  }

  scene(): Scene | null {
    return this.#scene;
  }

  /** Draw all of it anew, once, before the next picture of the screen. */
  redraw(): void {
    this.#stale = true;
    this.#drawing.ask();
  }

  close(): void {
    for (const stop of this.#stops) stop();
    this.#drawing.cancel();
    this.#film?.close();
    this.element.replaceChildren();
  }

  #listen(): void {
    const { store } = this;
    const resizing = new ResizeObserver(() => this.redraw());
    resizing.observe(this.#body);
    this.#stops.push(
      () => resizing.disconnect(),
      effect(() => {
        this.#patterns = new Patterns(this.#base.pen, palette.value.sunk);
        this.redraw();
      }),
      effect(() => this.#opened(store.doc.value?.n ?? null)),
      effect(() => {
        const doc = store.doc.value;
        // The moments of a walk may be many: they are shown to who is on it.
        const walk =
          store.panel.value === "audit" ? (store.walk.value ?? doc?.audit ?? null) : null;
        this.#markers = doc ? markersOf(doc, walk) : [];
        this.redraw();
      }),
      effect(() => {
        [store.view.value, store.times.value, store.playing.value];
        this.redraw();
      }),
      effect(() => this.#reveal(store.selection.value)),
      effect(() => {
        [store.marked.value, store.doc.value];
        this.#say(store.frame.value);
        this.#drawing.ask();
      }),
    );
    const { signal, abort } = abortable();
    this.#stops.push(abort);
    const on = { signal };
    this.#head.addEventListener("pointerdown", (event) => this.#down(event), on);
    this.#head.addEventListener("pointermove", (event) => this.#move(event), on);
    this.#head.addEventListener("pointerup", () => this.#up(), on);
    this.#head.addEventListener("pointercancel", () => this.#cancel(), on);
    this.#head.addEventListener("pointerleave", () => this.#leave(), on);
    this.#head.addEventListener("dblclick", (event) => this.#double(event), on);
    this.#head.addEventListener("keydown", (event) => this.#key(event), on);
    this.#head.addEventListener("wheel", (event) => this.#wheel(event), { signal, passive: false });
  }

  #zoom(): HTMLElement {
    const { actions } = this.store;
    const bar = document.createElement("div");
    bar.className = "timeline-zoom";
    const add = (text: string, says: string, work: () => void): void => {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = text;
      button.title = says;
      button.setAttribute("aria-label", says);
      button.addEventListener("click", work);
      bar.append(button);
    };
    add("−", "show more time", () => actions.zoom(1 / 1.6));
    add("+", "show less time", () => actions.zoom(1.6));
    add("⟷", "show all of the time", () => actions.fit());
    return bar;
  }

  /** Another file: its pictures and its sound are other ones. */
  #opened(file: number | null): void {
    if (file === this.#file) return;
    this.#file = file;
    this.#film?.close();
    this.#film = null;
    this.#wave = null;
    this.#heard = null;
    this.scroll = 0;
    this.span = null;
    const doc = this.store.doc.peek();
    if (!doc || file === null || doc.kind === "photo") return;
    const { client } = this.store;
    this.#film = new Film(
      (index, signal) => client.thumb(file, index, THUMB_HEIGHT, signal),
      () => this.redraw(),
      () => this.#listenIn(),
    );
  }

  /** The waveform of an hour takes a while, and pictures would wait for it: it is fetched after them. */
  #listenIn(): void {
    const doc = this.store.doc.peek();
    const file = this.#file;
    if (!doc?.has_sound || file === null || this.#heard === file) return;
    this.#heard = file;
    this.store.client.waveform(file, bucketsFor(doc.duration)).then(
      (wave) => {
        if (this.#file !== file) return;
        this.#wave = levelled(wave);
        this.redraw();
      },
      () => {}, // without a waveform the row is there all the same
    );
  }

  /** What was selected elsewhere is brought into sight. */
  #reveal(chosen: ReadonlySet<string>): void {
    this.redraw();
    const scene = this.#scene;
    const [only] = chosen;
    const track = scene?.document.tracks.find((each) => each.id === only);
    const lane = chosen.size === 1 && scene && track ? laneOf(scene.packing, track) : undefined;
    if (scene && lane !== undefined) this.scroll = revealed(scene.rows, this.scroll, lane);
  }

  #compose(): Scene | null {
    const { store } = this;
    const doc = store.doc.peek();
    const { clientWidth: width, clientHeight: height } = this.#body;
    if (!doc || width <= GUTTER || height <= 0) return null;
    if (this.#packed !== doc.tracks) {
      this.#packing = pack(doc.tracks, this.#packing);
      this.#packed = doc.tracks;
    }
    const view = store.view.peek();
    // Half a view beside it as well, so that lanes come before they are seen and not while they are.
    const beside = (view.end - view.start) / 2;
    const packing = trimmed(this.#packing, view.start - beside, view.end + beside);
    const rows = layOut(height, packing.count, doc.has_sound);
    this.scroll = Math.min(this.scroll, rows.most);
    return {
      document: doc,
      times: store.times.peek(),
      view,
      packing,
      markers: this.#markers,
      selection: store.selection.peek(),
      rows,
      width,
      height,
      scroll: this.scroll,
      film: this.#film,
      wave: this.#wave,
    };
  }

  #draw(): void {
    const resized = this.#base.resize(this.#body.clientWidth, this.#body.clientHeight);
    this.#over.resize(this.#body.clientWidth, this.#body.clientHeight);
    if (this.#stale || resized) {
      this.#scene = this.#compose();
      if (!this.#scene || !this.#patterns) return;
      this.#stale = false;
      const start = performance.now();
      paintScene(this.#base.begin(), this.#scene, palette.peek(), this.#patterns);
      performance.measure("timeline-draw", { start, end: performance.now() });
      performance.clearMeasures("timeline-draw"); // observers have it; the list would only grow
      this.#wantFilm(this.#scene);
    }
    const scene = this.#scene;
    if (!scene) return;
    const { store } = this;
    paintOver(this.#over.begin(), scene, palette.peek(), {
      now: store.now.peek(),
      hover:
        this.#hover && !this.#drag && this.#hover.x >= GUTTER ? timeAt(scene, this.#hover.x) : null,
      marked: store.marked.peek(),
      extent: this.extent,
      speech: this.speech ?? scene.document.speech ?? [],
      span: this.speech ? null : this.span,
    });
  }

  #wantFilm(scene: Scene): void {
    if (this.store.playing.peek() !== 0) return; // the next picture on the stage is more urgent
    const seen = slots(scene.view, scene.width - GUTTER, pictureWidth(scene), scene.times);
    this.#film?.want([...new Set(seen.map((slot) => slot.index))]);
  }

  #say(frame: number): void {
    const doc = this.store.doc.peek();
    const now = this.store.now.peek();
    this.#head.setAttribute("aria-valuemin", "1");
    this.#head.setAttribute("aria-valuemax", String(Math.max(doc?.frames ?? 1, 1)));
    this.#head.setAttribute("aria-valuenow", String(frame + 1));
    this.#head.setAttribute("aria-valuetext", doc ? saysAt(doc, now, frame) : "no recording");
  }

  #point(event: MouseEvent): Point {
    const box = this.#head.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  }

  #down(event: PointerEvent): void {
    this.#head.focus({ preventScroll: true });
    const from = this.#point(event);
    const drag = begin(this, from, event);
    if (!drag) return;
    event.preventDefault();
    this.#head.setPointerCapture(event.pointerId);
    this.#drag = { drag, from, still: true };
    this.#tip.hidden = true;
    this.#drawing.ask();
  }

  #move(event: PointerEvent): void {
    const point = this.#point(event);
    this.#hover = point;
    if (this.#drag) {
      const { drag, from } = this.#drag;
      const far = Math.hypot(point.x - from.x, point.y - from.y) > TREMBLE;
      if (far) this.#drag.still = false;
      if (!this.#drag.still) drag.move(point);
    } else this.#hint(point);
    this.#drawing.ask();
  }

  #up(): void {
    const held = this.#drag;
    this.#drag = null;
    held?.drag.end(held.still);
    this.redraw();
  }

  #cancel(): void {
    const held = this.#drag;
    this.#drag = null;
    held?.drag.cancel();
    this.redraw();
  }

  #leave(): void {
    this.#hover = null;
    this.#tip.hidden = true;
    this.#drawing.ask();
  }

  /** Say what is under the pointer, and show what a press would take hold of. */
  #hint(point: Point): void {
    const { says, cursor } = hintAt(this.#scene, point);
    this.#head.style.cursor = cursor;
    this.#tip.hidden = says === "";
    if (says === "") return;
    this.#tip.textContent = says;
    const { clientWidth: width, clientHeight: height } = this.#body;
    const left = Math.min(point.x + 12, width - this.#tip.offsetWidth - 4);
    const below = point.y + 18 + this.#tip.offsetHeight < height;
    this.#tip.style.left = `${Math.max(left, 0)}px`;
    this.#tip.style.top = `${below ? point.y + 16 : point.y - this.#tip.offsetHeight - 8}px`;
  }

  #double(event: MouseEvent): void {
    const scene = this.#scene;
    const point = this.#point(event);
    if (!scene || point.x < GUTTER || rowAt(scene.rows, point.y) !== "lanes") return;
    const found = trackAt(scene, point);
    if (found) this.store.actions.goToTime(found.track.start);
  }

  #key(event: KeyboardEvent): void {
    const scene = this.#scene;
    if (event.key === "Escape" && this.#drag) {
      this.#cancel();
    } else if (
      (event.key === "Delete" || event.key === "Backspace") &&
      this.span !== null &&
      scene
    ) {
      void this.store.actions.setSpeech(removed(scene.document.speech ?? [], this.span));
      this.span = null;
    } else if ((event.key === "ArrowUp" || event.key === "ArrowDown") && scene) {
      const by = scene.rows.lane * (event.key === "ArrowUp" ? -1 : 1);
      this.scroll = Math.min(Math.max(this.scroll + by, 0), scene.rows.most);
      this.redraw();
    } else return;
    event.preventDefault();
    event.stopPropagation();
  }

  /** With Ctrl, or where there is nothing to scroll: zoom; sideways or with Shift: pan. */
  #wheel(event: WheelEvent): void {
    const scene = this.#scene;
    if (!scene) return;
    event.preventDefault();
    const { actions } = this.store;
    const unit = event.deltaMode === 1 ? 16 : event.deltaMode === 2 ? scene.height : 1;
    const across = (event.shiftKey && event.deltaX === 0 ? event.deltaY : event.deltaX) * unit;
    const down = event.shiftKey ? 0 : event.deltaY * unit;
    const point = this.#point(event);
    const inLanes = rowAt(scene.rows, point.y) === "lanes" && scene.rows.most > 0;
    if (across !== 0 && Math.abs(across) >= Math.abs(down)) {
      const perPixel = (scene.view.end - scene.view.start) / (scene.width - GUTTER);
      actions.pan(across * perPixel);
    } else if (inLanes && !event.ctrlKey && !event.metaKey) {
      this.scroll = Math.min(Math.max(this.scroll + down, 0), scene.rows.most);
      this.redraw();
    } else if (down !== 0) {
      const step = Math.min(Math.max(-down, -200), 200);
      actions.zoom(Math.exp(step * 0.003), timeAt(scene, point.x));
    }
  }
}

function abortable(): { signal: AbortSignal; abort: () => void } {
  const controller = new AbortController();
  return { signal: controller.signal, abort: () => controller.abort() };
}
