import { useEffect } from "preact/hooks";
import type { FileEntry } from "../api/types";
import { count } from "../model/words";
import type { Store } from "../store";

/** The files of a folder, and how far each of them is. */
export function Files({ store }: { store: Store }) {
  const files = store.session.value?.files ?? [];
  // What was decided and rendered since is told when somebody asks.
  useEffect(() => void store.actions.heeding(store.actions.refresh), [store]);
  return (
    <ul class="rows scroll" aria-label="Files">
      {files.map((file) => (
        <li key={file.n}>
          <button
            type="button"
            class="row two"
            aria-current={file.n === store.current.value}
            onClick={() => void store.actions.open(file.n)}
          >
            <span class="file-name" title={file.name}>
              {file.name}
            </span>
            <span class="soft">{stateOf(file)}</span>
          </button>
        </li>
      ))}
    </ul>
  );
}

function stateOf(file: FileEntry): string {
  if (file.state === "busy") return "a plan is being drawn up";
  if (file.state === "failed") return file.message ?? "no plan could be drawn up";
  if (file.state === "unplanned") return "no plan yet";
  const rendered = {
    no: "not rendered",
    clean: "rendered, clean",
    leak: "leaks were found",
    outdated: "changed since it was rendered",
  }[file.rendered];
  return file.decisions > 0 ? `${rendered}, ${count(file.decisions, "decision")}` : rendered;
}
