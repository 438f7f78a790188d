import { useEffect, useState } from "preact/hooks";
import { clock, count } from "../model/words";
import type { Store } from "../store";

const SETTLED_MS = 600;
const NAMED = 6;

/** For those who hear the page: once the play head rests, where it is and who is there. */
export function Spoken({ store }: { store: Store }) {
  const [text, setText] = useState("");
  const doc = store.doc.value;
  const frame = store.frame.value;
  const still = store.playing.value === 0;
  useEffect(() => {
    if (!doc || !still) return undefined;
    const timer = setTimeout(() => setText(here(store)), SETTLED_MS);
    return () => clearTimeout(timer);
  }, [doc, frame, still]);
  return (
    <p class="unseen" role="status">
      {text}
    </p>
  );
}

function here(store: Store): string {
  const at = store.now.value;
  const tracks =
    store.doc.value?.tracks.filter((track) => track.start <= at && at < track.end) ?? [];
  const names = tracks.slice(0, NAMED).map((track) => `${track.id}${track.hidden ? "" : ", kept"}`);
  const others = tracks.length - names.length;
  if (others > 0) names.push(`${others} more`);
  const who =
    tracks.length === 0 ? "no track" : `${count(tracks.length, "track")}: ${names.join("; ")}`;
  if (store.doc.value?.kind === "photo") return who;
  return `${clock(at)}, frame ${store.frame.value + 1}, ${who}`;
}
