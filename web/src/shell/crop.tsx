import { useEffect, useRef } from "preact/hooks";
import type { Box, Track } from "../api/types";
import { indexAt } from "../model/times";
import { heldBoxAt } from "../model/tracks";
import type { Store } from "../store";
import { Pictures } from "./pictures";

const SIDE = 50;
const WAIT_MS = 60;

const pictures = new Pictures();

/** A small picture of what a track hides, from where it moves. It comes when the card stays in view. */
export function Crop({ store, track }: { store: Store; track: Track }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const what = wanted(store, track);
  const key = what && `${store.doc.value?.n} ${what.index} ${what.box.join(" ")}`;
  useEffect(() => {
    const n = store.doc.value?.n;
    const element = canvas.current;
    if (!what || n === undefined || !element) return undefined;
    const there = pictures.get(key ?? "");
    if (there) {
      paint(element, there);
      return undefined;
    }
    element.getContext("2d")?.clearRect(0, 0, element.width, element.height);
    const gone = new AbortController();
    const timer = setTimeout(async () => {
      const width = Math.round(SIDE * Math.min(2, devicePixelRatio));
      const picture = await pictures.fetch(
        key ?? "",
        (signal) => store.client.crop(n, what.index, what.box, width, signal),
        gone.signal,
      );
      if (picture && !gone.signal.aborted) paint(element, picture);
    }, WAIT_MS);
    return () => {
      clearTimeout(timer);
      gone.abort();
    };
  }, [key]);
  return <canvas ref={canvas} class="crop" width={SIDE * 2} height={SIDE * 2} aria-hidden="true" />;
}

/** Frame and box of *track* where it is seen best: square where the frame lets it, with some room. */
function wanted(store: Store, track: Track): { index: number; box: Box } | null {
  const doc = store.doc.value;
  const middle = seenBest(track);
  const box = heldBoxAt(track, middle);
  if (!doc || !box) return null;
  const [x0, y0, x1, y1] = box;
  const side = Math.max(x1 - x0, y1 - y0, 8) * 1.2;
  const [x, y] = [(x0 + x1) / 2, (y0 + y1) / 2];
  const square: Box = [
    Math.max(0, Math.floor(x - side / 2)),
    Math.max(0, Math.floor(y - side / 2)),
    Math.min(doc.width, Math.ceil(x + side / 2)),
    Math.min(doc.height, Math.ceil(y + side / 2)),
  ];
  return { index: indexAt(store.times.value, middle), box: square };
}

/**
 * When what *track* hides is likely to be seen: in the middle of its moves, since it holds still
 * where it only lasts a little longer than what was found; without moves in its middle.
 */
function seenBest(track: Track): number {
  const moving = track.keys.length > 4 && track.keys[track.keys.length >> 1];
  return moving ? moving[0] : (track.start + track.end) / 2;
}

/** Draw *picture* as large as it fits into *canvas*. */
function paint(canvas: HTMLCanvasElement, picture: ImageBitmap): void {
  const context = canvas.getContext("2d");
  if (!context) return;
  const scale = Math.min(canvas.width / picture.width, canvas.height / picture.height);
  const [w, h] = [picture.width * scale, picture.height * scale];
  context.clearRect(0, 0, canvas.width, canvas.height);
  context.drawImage(picture, (canvas.width - w) / 2, (canvas.height - h) / 2, w, h);
}
