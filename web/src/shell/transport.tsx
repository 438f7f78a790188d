import { clock } from "../model/words";
import type { Store } from "../store";
import { IconButton, TimeField } from "./parts";

/** Where the play head is, and the buttons that move it. */
export function Transport({ store }: { store: Store }) {
  const doc = store.doc.value;
  const { actions } = store;
  if (!doc) return <div class="transport" />;
  const drawing = store.tool.value === "draw";
  const draw = (
    <button
      type="button"
      class="plain"
      aria-pressed={drawing}
      title="Draw a region (D)"
      onClick={() => {
        store.tool.value = drawing ? "select" : "draw";
      }}
    >
      Draw<kbd aria-hidden="true">D</kbd>
    </button>
  );
  if (doc.kind === "photo") {
    return (
      <div class="transport">
        <span class="soft numerals">
          {doc.width} × {doc.height}
        </span>
        <span class="gap" />
        {draw}
      </div>
    );
  }
  const speed = store.playing.value;
  const frames = store.times.value.length;
  return (
    <div class="transport">
      <span class="group">
        <TimeField label="Position" value={store.now.value} change={actions.goToTime} />
        <span class="soft numerals frame-number">
          frame {(store.frame.value + 1).toLocaleString("en")} of {frames.toLocaleString("en")}
        </span>
      </span>
      <span class="gap" />
      <span class="group">
        <IconButton icon="first" label="First frame" keys="Home" press={() => actions.goTo(0)} />
        <IconButton icon="back" label="One frame back" keys="←" press={() => actions.step(-1)} />
        <IconButton
          icon={speed === 0 ? "play" : "pause"}
          label={speed === 0 ? "Play" : "Stop"}
          keys="Space"
          press={actions.toggle}
        />
        <IconButton icon="forth" label="One frame on" keys="→" press={() => actions.step(1)} />
        <IconButton
          icon="last"
          label="Last frame"
          keys="End"
          press={() => actions.goTo(frames - 1)}
        />
        {doc.has_sound && (
          <IconButton
            icon="listen"
            label="Sound"
            keys="U"
            pressed={!store.muted.value}
            press={() => {
              store.muted.value = !store.muted.value;
            }}
          />
        )}
        <span class="soft numerals speed" role="status">
          {speed === 0 || speed === 1 ? "" : `${speed}×`}
        </span>
      </span>
      <span class="gap" />
      <MarkedSpan store={store} />
      {draw}
    </div>
  );
}

function MarkedSpan({ store }: { store: Store }) {
  const { start, end } = store.marked.value;
  if (start === null && end === null) return null;
  return (
    <span class="marked numerals" title="The marked span (I and O)">
      <span class="unseen">Marked: </span>
      {start === null ? "…" : clock(start)} – {end === null ? "…" : clock(end)}
      <button type="button" class="quiet" onClick={() => void store.actions.blackout()}>
        Black out<kbd aria-hidden="true">B</kbd>
      </button>
      <IconButton icon="close" label="No marked span" keys="Escape" press={store.actions.unmark} />
    </span>
  );
}
