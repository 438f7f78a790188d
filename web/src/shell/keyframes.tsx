import { useEffect, useState } from "preact/hooks";
import type { Box, Track } from "../api/types";
import { heldBoxAt, lastKeyAt } from "../model/tracks";
import { clock } from "../model/words";
import type { Store } from "../store";
import { Button, IconButton } from "./parts";

const LISTED = 60;
const EDGES = ["left", "top", "right", "bottom"] as const;

/** The box at the play head in numbers: moving and resizing without a pointer. */
export function BoxFields({ store, track }: { store: Store; track: Track }) {
  const doc = store.doc.value;
  const now = heldBoxAt(track, store.now.value);
  const [box, setBox] = useState<Box | null>(now);
  const spelled = now?.join() ?? "";
  useEffect(() => setBox(now), [spelled, track.id]);
  if (!doc || !box || !now) return null;
  const good =
    box.every(Number.isInteger) &&
    box[0] >= 0 &&
    box[1] >= 0 &&
    box[0] < box[2] &&
    box[1] < box[3] &&
    box[2] <= doc.width &&
    box[3] <= doc.height;
  const set = () => {
    if (good && box.join() !== spelled) void store.actions.setKey(track.id, box);
  };
  return (
    <section class="block" aria-label="Box at the play head">
      <h3>{doc.kind === "photo" ? "Box" : "Box here"}, in pixels</h3>
      <div class="box-fields">
        {EDGES.map((edge, i) => (
          <label key={edge}>
            <span class="soft">{edge}</span>
            <input
              type="number"
              min={0}
              max={i % 2 === 0 ? doc.width : doc.height}
              value={box[i]}
              onInput={(event) => {
                const value = event.currentTarget.valueAsNumber;
                setBox(box.map((old, j) => (j === i ? value : old)) as Box);
              }}
              onKeyDown={(event) => {
                if (event.key === "Enter") set();
              }}
            />
          </label>
        ))}
      </div>
      {box.join() !== spelled && (
        <div class="button-row">
          <Button look="main" keys="Enter" disabled={!good} press={set}>
            {doc.kind === "photo" ? "Set box" : "Set key"}
          </Button>
          <Button look="quiet" press={() => setBox(now)}>
            As it was
          </Button>
        </div>
      )}
    </section>
  );
}

/** The keys of a track around the play head, and how the box goes from one to the next. */
export function Keys({ store, track }: { store: Store; track: Track }) {
  const at = store.now.value;
  const here = lastKeyAt(track.keys, at + 1e-7);
  const from = Math.max(0, Math.min(here - LISTED / 2, track.keys.length - LISTED));
  const shown = track.keys.slice(from, from + LISTED);
  const go = (index: number) => {
    const key = track.keys[index];
    if (key) store.actions.goToTime(key[0]);
  };
  const onKey = here >= 0 && Math.abs((track.keys[here]?.[0] ?? -1) - at) < 1e-6;
  return (
    <section class="block" aria-label="Keys">
      <h3>
        Keys <span class="soft numerals">{track.keys.length.toLocaleString("en")}</span>
        <span class="gap" />
        <IconButton
          icon="back"
          label="Key before"
          disabled={here < (onKey ? 1 : 0)}
          press={() => go(onKey ? here - 1 : here)}
        />
        <IconButton
          icon="forth"
          label="Next key"
          disabled={here + 1 >= track.keys.length}
          press={() => go(here + 1)}
        />
      </h3>
      <ul class="keys-list" aria-label="Keys of this track">
        {shown.map((key, i) => (
          <li key={key[0]}>
            <button
              type="button"
              class="row"
              aria-current={from + i === here}
              onClick={() => store.actions.goToTime(key[0])}
            >
              <span class="numerals">{clock(key[0])}</span>
              <span class="numerals soft">
                {key[3] - key[1]} × {key[4] - key[2]}
              </span>
            </button>
            {(track.edited || track.drawn) && track.keys.length > 1 && (
              <IconButton
                icon="bin"
                label={`Remove the key at ${clock(key[0])}`}
                press={() => store.actions.removeKey(track.id, key[0])}
              />
            )}
          </li>
        ))}
      </ul>
      {shown.length < track.keys.length && (
        <p class="soft">{shown.length} of them, around the play head</p>
      )}
      <label class="check">
        <input
          type="checkbox"
          checked={!track.steps}
          onChange={(event) => {
            const on = event.currentTarget.checked;
            event.currentTarget.checked = !track.steps; // until it is saved
            void store.actions.interpolate(track.id, on);
          }}
        />
        Moves on a straight line between keys
      </label>
    </section>
  );
}
