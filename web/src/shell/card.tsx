import { memo } from "preact/compat";
import type { Track } from "../api/types";
import { kindOf } from "../model/tracks";
import { clock, kindWord, reasonWord } from "../model/words";
import type { Store } from "../store";
import { Crop } from "./crop";
import { Swatch } from "./parts";

/** Of a card with what parts it from the next one, in CSS pixels: the list counts on it. */
export const CARD_HEIGHT = 62;

interface CardProps {
  store: Store;
  track: Track;
  index: number;
  of: number;
  selected: boolean;
  active: boolean;
  press: (track: Track, event: MouseEvent) => void;
}

/** A track in the list: what it looks like, when it is there, and why it is hidden. */
export const Card = memo(CardOf, (a: CardProps, b: CardProps) => {
  return (
    a.track === b.track &&
    a.index === b.index &&
    a.of === b.of &&
    a.selected === b.selected &&
    a.active === b.active
  );
});

function CardOf({ store, track, index, of, selected, active, press }: CardProps) {
  const kind = kindOf(track);
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the list has the focus and hears the keys
    // biome-ignore lint/a11y/useFocusableInteractive: likewise
    <div
      id={`card-${track.id}`}
      class={`card${active ? " active" : ""}${track.hidden ? "" : " kept"}`}
      role="option"
      aria-selected={selected}
      aria-setsize={of}
      aria-posinset={index + 1}
      style={{ top: `${index * CARD_HEIGHT}px` }}
      onClick={(event) => press(track, event)}
    >
      <Crop store={store} track={track} />
      <div class="card-text">
        <div class="card-title">
          <Swatch kind={kind} hollow={!track.hidden} />
          <span class="card-id">{track.id}</span>
          <span class="gap" />
          {track.unsure && <span class="tag warn">unsure</span>}
          {!track.hidden && <span class="tag bad">kept</span>}
        </div>
        <div class="numerals">{when(track, store)}</div>
        <div class="soft">
          {kind === "drawn" || kind === "damaged" ? "" : `${kindWord(kind)}, `}
          {reasonWord(track.because)}
          {track.score > 0 && !track.drawn && (
            <span class="numerals"> {track.score.toFixed(2)}</span>
          )}
          {track.edited && !track.drawn && ", edited"}
        </div>
      </div>
    </div>
  );
}

function when(track: Track, store: Store): string {
  if (store.doc.value?.kind === "photo") return "";
  return `${clock(track.start)} – ${clock(track.end)}`;
}
