import type { State } from "../state";
import type { Store } from "../store";
import { Icon } from "./icons";
import { IconButton } from "./parts";

const MASKS: { name: State["masks"]["value"]; label: string; title: string }[] = [
  { name: "rendered", label: "Rendered", title: "The picture as it will be written" },
  { name: "outlines", label: "Outlines", title: "The original picture, masks as outlines" },
  { name: "none", label: "Original", title: "The original picture alone" },
];

export function TopBar({ store }: { store: Store }) {
  const doc = store.doc.value;
  const files = store.session.value?.files ?? [];
  const entry = files.find((file) => file.n === store.current.value);
  const at = files.findIndex((file) => file.n === store.current.value);
  const rendering = store.jobs.value.render?.state === "running";
  return (
    <header class="top">
      <span class="brand">bystander review</span>
      {files.length > 1 && (
        <IconButton
          icon="back"
          label="File before"
          keys=","
          disabled={at <= 0}
          press={() => store.actions.nextFile(-1)}
        />
      )}
      <h1 class="name" title={entry?.name}>
        {entry?.name ?? ""}
      </h1>
      {files.length > 1 && (
        <>
          <IconButton
            icon="forth"
            label="Next file"
            keys="."
            disabled={at >= files.length - 1}
            press={() => store.actions.nextFile(1)}
          />
          <span class="soft">
            {at + 1} of {files.length}
          </span>
        </>
      )}
      <span class="gap" />
      <div class="group">
        <IconButton
          icon="undo"
          label="Undo"
          keys="Ctrl Z"
          disabled={doc?.undo == null}
          press={store.actions.undo}
        />
        <IconButton
          icon="redo"
          label="Redo"
          keys="Ctrl Shift Z"
          disabled={doc?.redo == null}
          press={store.actions.redo}
        />
      </div>
      <fieldset class="segments">
        <legend class="unseen">What the picture shows (M)</legend>
        {MASKS.map((mask) => (
          <label key={mask.name} title={`${mask.title} (M)`}>
            <input
              type="radio"
              name="masks"
              checked={store.masks.value === mask.name}
              onChange={() => {
                store.masks.value = mask.name;
              }}
            />
            <span>{mask.label}</span>
          </label>
        ))}
      </fieldset>
      <SaveState store={store} />
      <button
        type="button"
        class="main"
        disabled={!doc || rendering}
        onClick={() => void store.actions.render()}
      >
        {rendering ? "Rendering" : "Render and check"}
      </button>
      <button
        type="button"
        class="icon-button"
        aria-label="All keys"
        title="All keys (?)"
        onClick={() => {
          store.dialog.value = "help";
        }}
      >
        <Icon name="help" />
      </button>
    </header>
  );
}

function SaveState({ store }: { store: Store }) {
  const { tone, text } = saveState(store);
  const by = store.session.value?.by ?? "you";
  return (
    <span class={`save ${tone}`} role="status" title={`Every change is saved at once, as by ${by}`}>
      {text}
    </span>
  );
}

function saveState(store: Store): { tone: string; text: string } {
  if (store.connection.value !== "ok") return { tone: "bad", text: "Not connected" };
  if (store.unsaved.value > 0) return { tone: "soft", text: "Saving" };
  if (!store.doc.value) return { tone: "soft", text: "" };
  return { tone: "soft", text: "All saved" };
}
