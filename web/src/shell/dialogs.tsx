import { useRef, useState } from "preact/hooks";
import { count } from "../model/words";
import type { Store } from "../store";
import { BINDINGS } from "./keys";
import { Button, Dialog } from "./parts";

const REASONS = ["asked for their own footage", "officer on duty", "speaker", "not a person"];

/** The one dialog that is open, if one is. */
export function Dialogs({ store }: { store: Store }) {
  const close = () => {
    store.dialog.value = null;
  };
  switch (store.dialog.value) {
    case "help":
      return <Help close={close} />;
    case "keep":
      return <KeepDialog store={store} close={close} />;
    case "conflict":
      return <ConflictDialog close={close} />;
    case "report":
      return <Report store={store} close={close} />;
    default:
      return null;
  }
}

function Help({ close }: { close: () => void }) {
  return (
    <Dialog title="All keys" class="wide" close={close}>
      <div class="help">
        <div>
          <Group name="Moving" />
        </div>
        <div>
          <Group name="Correcting" />
        </div>
        <div>
          <Group name="Looking" />
          <Group name="Checking" />
          <h3>In the list of tracks</h3>
          <dl>
            <div>
              <dt>
                <kbd>↑ ↓</kbd>
              </dt>
              <dd>the track before, the next; with Shift: as well</dd>
            </div>
            <div>
              <dt>
                <kbd>Space</kbd>
              </dt>
              <dd>select as well, or not</dd>
            </div>
            <div>
              <dt>
                <kbd>Enter</kbd>
              </dt>
              <dd>go to its start</dd>
            </div>
            <div>
              <dt>
                <kbd>Ctrl A</kbd>
              </dt>
              <dd>all that are listed</dd>
            </div>
          </dl>
          <h3>In the picture</h3>
          <dl>
            <div>
              <dt>
                <kbd>Enter</kbd>
              </dt>
              <dd>
                move the selected box by arrows, Shift: ten pixels, Ctrl: resize; Enter again: set
              </dd>
            </div>
            <div>
              <dt>
                <kbd>Alt click</kbd>
              </dt>
              <dd>the box beneath the selected one</dd>
            </div>
          </dl>
        </div>
      </div>
    </Dialog>
  );
}

function Group({ name }: { name: (typeof BINDINGS)[number]["group"] }) {
  return (
    <>
      <h3>{name}</h3>
      <dl>
        {BINDINGS.filter((one) => one.group === name).map((one) => (
          <div key={one.shown}>
            <dt>
              <kbd>{one.shown}</kbd>
            </dt>
            <dd>{one.does}</dd>
          </div>
        ))}
      </dl>
    </>
  );
}

/**
 * Keeping somebody visible needs a reason: it goes into the record and the report. What is
 * suggested is only written into the field; nobody is kept before the field was seen and left.
 */
function KeepDialog({ store, close }: { store: Store; close: () => void }) {
  const tracks = store.actions.selected();
  const [because, setBecause] = useState("");
  const field = useRef<HTMLInputElement>(null);
  const suggest = (reason: string) => {
    setBecause(reason);
    field.current?.focus();
  };
  const keep = (event: Event) => {
    event.preventDefault();
    if (!because.trim()) return;
    close();
    void store.actions.keep(
      tracks.map((track) => track.id),
      because.trim(),
    );
  };
  return (
    <Dialog title={`Keep ${count(tracks.length, "track")} visible`} close={close}>
      <form class="keep" onSubmit={keep}>
        <p>
          {tracks.length === 1 ? tracks[0]?.id : "They"} will be seen in the output, from first to
          last frame. Why? The reason is saved with your name and stands in the report.
        </p>
        <label>
          Because
          <input
            ref={field}
            data-first
            type="text"
            maxLength={200}
            value={because}
            onInput={(event) => setBecause(event.currentTarget.value)}
            onKeyDown={(event) => {
              const reason = because === "" ? REASONS[Number(event.key) - 1] : undefined;
              if (!reason) return;
              event.preventDefault();
              setBecause(reason);
            }}
          />
        </label>
        <div class="reasons">
          {REASONS.map((reason, i) => (
            <Button key={reason} keys={String(i + 1)} press={() => suggest(reason)}>
              {reason}
            </Button>
          ))}
        </div>
        <footer>
          <span class="gap" />
          <Button press={close}>Leave hidden</Button>
          <button type="submit" class="main" disabled={!because.trim()}>
            Keep<kbd aria-hidden="true">Enter</kbd>
          </button>
        </footer>
      </form>
    </Dialog>
  );
}

function ConflictDialog({ close }: { close: () => void }) {
  return (
    <Dialog title="Another page changed this" close={close}>
      <p>
        Somebody changed the decisions on this file in the meantime, so your last change was not
        saved. You now see everything as it is: look at it, and do it again if it is still needed.
      </p>
      <footer>
        <span class="gap" />
        <Button look="main" press={close}>
          Go on
        </Button>
      </footer>
    </Dialog>
  );
}

function Report({ store, close }: { store: Store; close: () => void }) {
  const doc = store.doc.value;
  if (!doc) return null;
  return (
    <Dialog title={`Report on ${doc.output}`} class="report" close={close}>
      <iframe title="The report" sandbox="" src={store.client.reportAddress(doc.n)} />
    </Dialog>
  );
}
