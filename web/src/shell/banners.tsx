import { useState } from "preact/hooks";
import type { Store } from "../store";

const HINT_SEEN = "bystander-hint-seen";

/** Lines under the bar: what stands in the way, and once, how to begin. */
export function Banners({ store }: { store: Store }) {
  const doc = store.doc.value;
  const connection = store.connection.value;
  return (
    <section class="banners" aria-label="Warnings and hints">
      {connection === "lost" && (
        <p class="banner bad" role="alert">
          <strong>The connection is lost.</strong> Is bystander review still running in the
          terminal? What was saved is safe; nothing more is saved until it answers again.
        </p>
      )}
      {connection === "ended" && (
        <p class="banner bad" role="alert">
          <strong>This page is no longer let in.</strong> Open it by a new link: press Enter in the
          terminal where bystander review runs, or start it again. What was saved is safe.
        </p>
      )}
      {doc?.digest === "other" && (
        <p class="banner bad" role="alert">
          <strong>This is not the file that the plan was drawn up for.</strong> Its digest is
          another one, so nothing can be decided or rendered. Move the plan away and start the
          review again: another is then drawn up.
        </p>
      )}
      {doc && connection === "ok" && <Hint store={store} />}
    </section>
  );
}

function Hint({ store }: { store: Store }) {
  const [seen, setSeen] = useState(localStorage.getItem(HINT_SEEN) !== null);
  if (seen) return null;
  const close = () => {
    localStorage.setItem(HINT_SEEN, "1");
    setSeen(true);
  };
  return (
    <p class="banner info">
      <span>
        You see the picture as it will be written. <kbd>→</kbd> one frame on, <kbd>N</kbd> next
        unsure moment, <kbd>D</kbd> draw over what was missed, <kbd>X</kbd> keep whom you select,{" "}
        <kbd>Ctrl Z</kbd> takes anything back.
      </span>
      <span class="gap" />
      <button
        type="button"
        class="quiet"
        onClick={() => {
          store.dialog.value = "help";
        }}
      >
        All keys
      </button>
      <button type="button" class="quiet" onClick={close}>
        Got it
      </button>
    </p>
  );
}
