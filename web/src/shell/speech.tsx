import { useEffect } from "preact/hooks";
import type { Span } from "../api/types";
import { clock } from "../model/words";
import { listen } from "../sound";
import type { Store } from "../store";
import { Button, IconButton, TimeField } from "./parts";

/** When somebody speaks: to be listened to, moved, added to. */
export function Speech({ store }: { store: Store }) {
  const doc = store.doc.value;
  useEffect(() => listen.stop, []);
  if (!doc) return null;
  const spans = doc.speech ?? [];
  const { start, end } = store.marked.value;
  const fixed = doc.policy.audio === "drop" || doc.policy.audio === "keep";
  const change = (i: number, span: Span | null) => {
    const others = spans.filter((_, j) => j !== i);
    void store.actions.setSpeech(span ? [...others, span] : others);
  };
  const hear = (from: number, until: number) =>
    void store.actions.heeding(() => listen.to(store.client, doc.n, from, until));
  return (
    <>
      <p class="list-head soft">{told(doc.policy.audio, doc.speech !== null)}</p>
      <ul class="rows scroll" aria-label="When somebody speaks">
        {spans.map((span, i) => (
          <li key={span.join()} class="speech-row">
            <IconButton
              icon="listen"
              label={`Listen from ${clock(span[0])}`}
              press={() => hear(span[0], span[1])}
            />
            <TimeField
              label={`Speech ${i + 1} starts`}
              value={span[0]}
              change={(at) => change(i, [at, span[1]])}
              disabled={fixed}
            />
            <span aria-hidden="true">–</span>
            <TimeField
              label={`Speech ${i + 1} ends`}
              value={span[1]}
              change={(at) => change(i, [span[0], at])}
              disabled={fixed}
            />
            <IconButton icon="go" label="Go there" press={() => store.actions.goToTime(span[0])} />
            <IconButton
              icon="bin"
              label="Not speech: remove"
              press={() => change(i, null)}
              disabled={fixed}
            />
          </li>
        ))}
      </ul>
      <footer class="list-foot">
        <Button press={() => hear(store.now.value, Math.min(doc.duration, store.now.value + 5))}>
          Listen here
        </Button>
        <span class="gap" />
        <Button
          disabled={fixed || start === null || end === null}
          press={() => {
            if (start !== null && end !== null) change(-1, [start, end]);
            store.actions.unmark();
          }}
        >
          Add marked
        </Button>
      </footer>
    </>
  );
}

function told(audio: string, heard: boolean): string {
  if (audio === "drop") return "The output has no sound, so nothing here is heard in it.";
  if (audio === "keep") return "The policy keeps the sound as it is: speech will be heard.";
  const how = audio === "tone" ? "a tone" : "silence";
  if (!heard) return "Nobody has listened yet.";
  return `These spans are replaced by ${how}. Mark others with I and O.`;
}
