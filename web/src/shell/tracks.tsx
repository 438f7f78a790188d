import { useComputed, useSignal } from "@preact/signals";
import { useEffect, useRef, useState } from "preact/hooks";
import type { Track } from "../api/types";
import { passes } from "../model/tracks";
import { count } from "../model/words";
import type { Store } from "../store";
import { CARD_HEIGHT, Card } from "./card";
import { Filters } from "./filters";

const SPARE = 4;

/** The list of tracks: cards, of which only those in view are there at all. */
export function TrackList({ store }: { store: Store }) {
  const doc = store.doc.value;
  const listed = useComputed<Track[]>(() => {
    const filter = store.filter.value;
    // Only this one filter depends on where the play head is.
    const at = filter.state === "here" ? store.now.value : 0;
    return store.doc.value?.tracks.filter((track) => passes(track, filter, at)) ?? [];
  });
  if (!doc) return null;
  const tracks = listed.value;
  return (
    <>
      <Filters store={store} tracks={doc.tracks} />
      <Cards store={store} tracks={tracks} />
      <footer class="list-foot">
        <span class="soft">
          {tracks.length === doc.tracks.length
            ? count(tracks.length, "track")
            : `${tracks.length.toLocaleString("en")} of ${count(doc.tracks.length, "track")}`}
          {store.selection.value.size > 0 && `, ${store.selection.value.size} selected`}
        </span>
        <span class="gap" />
        <button
          type="button"
          class="quiet"
          disabled={tracks.length === 0}
          onClick={() => store.actions.select(tracks.map((track) => track.id))}
        >
          Select all
        </button>
      </footer>
    </>
  );
}

function Cards({ store, tracks }: { store: Store; tracks: Track[] }) {
  const place = useRef<HTMLDivElement>(null);
  const top = useSignal(0);
  const height = useSignal(600);
  const [active, setActive] = useState<string | null>(null);
  const anchor = useRef<string | null>(null);

  useEffect(() => {
    const element = place.current;
    if (!element) return undefined;
    const watch = new ResizeObserver(() => {
      height.value = element.clientHeight;
    });
    watch.observe(element);
    return () => watch.disconnect();
  }, [height]);

  // What is selected in the picture or the timeline comes into view here.
  const chosen = store.selection.value;
  const only = chosen.size === 1 ? [...chosen][0] : undefined;
  useEffect(() => {
    if (only === undefined) return;
    setActive(only);
    anchor.current = only;
    reveal(tracks.findIndex((track) => track.id === only));
  }, [only]);

  function reveal(index: number): void {
    const element = place.current;
    if (!element || index < 0) return;
    const from = index * CARD_HEIGHT;
    if (from < element.scrollTop) element.scrollTop = from;
    else if (from + CARD_HEIGHT > element.scrollTop + element.clientHeight) {
      element.scrollTop = from + CARD_HEIGHT - element.clientHeight;
    }
  }

  function between(a: string | null, b: string): string[] {
    const from = tracks.findIndex((track) => track.id === a);
    const to = tracks.findIndex((track) => track.id === b);
    if (from < 0 || to < 0) return [b];
    return tracks.slice(Math.min(from, to), Math.max(from, to) + 1).map((track) => track.id);
  }

  function press(track: Track, event: MouseEvent): void {
    setActive(track.id);
    if (event.shiftKey) store.actions.select(between(anchor.current, track.id));
    else {
      anchor.current = track.id;
      const toggles = event.ctrlKey || event.metaKey;
      store.actions.select([track.id], toggles ? "toggle" : "only");
      if (!toggles) store.actions.goToTrack(track);
    }
  }

  function onKey(event: KeyboardEvent): void {
    const at = tracks.findIndex((track) => track.id === active);
    const page = Math.max(1, Math.floor(height.value / CARD_HEIGHT) - 1);
    // Home and End are the recording's, here too: who has just chosen a track goes on in time.
    const to = {
      ArrowDown: at + 1,
      ArrowUp: at - 1,
      PageDown: at + page,
      PageUp: at - page,
    }[event.key];
    const ctrl = event.ctrlKey || event.metaKey;
    if (to !== undefined) {
      event.preventDefault();
      const track = tracks[Math.min(tracks.length - 1, Math.max(0, to))];
      if (!track) return;
      setActive(track.id);
      reveal(tracks.indexOf(track));
      if (event.shiftKey) store.actions.select(between(anchor.current, track.id));
      else if (!ctrl) {
        anchor.current = track.id;
        store.actions.select([track.id]);
        store.actions.goToTrack(track);
      }
      return;
    }
    const track = tracks[at];
    if (event.key === "Enter" && track && store.tool.value !== "draw") {
      event.preventDefault();
      store.actions.goToTime(track.start);
    } else if (event.key === " " && track) {
      event.preventDefault();
      anchor.current = track.id;
      store.actions.select([track.id], "toggle");
    } else if (event.key.toLowerCase() === "a" && ctrl) {
      event.preventDefault();
      store.actions.select(tracks.map((one) => one.id));
    }
  }

  const from = Math.max(0, Math.floor(top.value / CARD_HEIGHT) - SPARE);
  const to = Math.min(tracks.length, Math.ceil((top.value + height.value) / CARD_HEIGHT) + SPARE);
  const inDom = tracks.slice(from, to);
  return (
    <div
      class="cards"
      role="listbox"
      aria-label="Tracks"
      aria-multiselectable="true"
      aria-activedescendant={inDom.some((one) => one.id === active) ? `card-${active}` : undefined}
      tabIndex={0}
      ref={place}
      onScroll={(event) => {
        top.value = event.currentTarget.scrollTop;
      }}
      onKeyDown={onKey}
    >
      {tracks.length === 0 && <p class="empty">No track is like that.</p>}
      <div
        class="runway"
        role="presentation"
        style={{ height: `${tracks.length * CARD_HEIGHT}px` }}
      >
        {inDom.map((track, i) => (
          <Card
            key={track.id}
            store={store}
            track={track}
            index={from + i}
            of={tracks.length}
            selected={chosen.has(track.id)}
            active={track.id === active}
            press={press}
          />
        ))}
      </div>
    </div>
  );
}
