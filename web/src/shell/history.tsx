import { timeOfDay } from "../model/words";
import type { Store } from "../store";
import { Button } from "./parts";

/** Every decision, the last one first; undone ones stay, greyed. */
export function HistoryPanel({ store }: { store: Store }) {
  const doc = store.doc.value;
  if (!doc) return null;
  const by = store.session.value?.by;
  if (doc.history.length === 0) {
    return (
      <p class="lead">
        No decision yet. Each one is saved beside the plan at once, with who took it, when and why;
        what the detector said is never changed. Yours are saved as by {by}.
      </p>
    );
  }
  return (
    <>
      <div class="button-row">
        <Button keys="Ctrl Z" disabled={doc.undo === null} press={store.actions.undo}>
          Undo
        </Button>
        <Button keys="Ctrl Shift Z" disabled={doc.redo === null} press={store.actions.redo}>
          Redo
        </Button>
      </div>
      <ol class="history" reversed>
        {[...doc.history].reverse().map((entry) => (
          <li key={entry.number} class={entry.undone ? "undone" : ""}>
            <div>
              <span class="soft numerals">{entry.number}</span>{" "}
              <span class="what">{entry.what}</span>
              {entry.undone && <span class="tag">undone</span>}
            </div>
            <div class="soft">
              <span class="numerals">{timeOfDay(entry.when)}</span> {entry.by}
              {entry.because && `: ${entry.because}`}
            </div>
          </li>
        ))}
      </ol>
    </>
  );
}
