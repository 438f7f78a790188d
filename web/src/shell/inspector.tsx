import { useComputed } from "@preact/signals";
import type { ReviewDocument, Track } from "../api/types";
import { kindOf } from "../model/tracks";
import { clock, count, kindWord, reasonWord, timeOfDay } from "../model/words";
import type { Store } from "../store";
import { BoxFields, Keys } from "./keyframes";
import { Button, Swatch, TimeField } from "./parts";

/** What is selected, and what can be done with it. */
export function Inspector({ store }: { store: Store }) {
  const doc = store.doc.value;
  const tracks = useComputed(() => {
    const chosen = store.selection.value;
    if (chosen.size === 0) return [];
    return store.doc.value?.tracks.filter((track) => chosen.has(track.id)) ?? [];
  }).value;
  if (!doc) return null;
  const first = tracks[0];
  if (!first) return <Nothing doc={doc} />;
  return tracks.length === 1 ? (
    <One store={store} doc={doc} track={first} />
  ) : (
    <Several store={store} tracks={tracks} />
  );
}

function Nothing({ doc }: { doc: ReviewDocument }) {
  const kept = doc.tracks.filter((track) => !track.hidden).length;
  return (
    <>
      <p class="lead">
        Nothing is selected. Choose a track in the list, the picture{" "}
        {doc.kind === "photo" ? "" : "or the timeline "}to keep it or to correct it.
      </p>
      <dl class="facts">
        <dt>Tracks</dt>
        <dd>
          {doc.tracks.length - kept} hidden, {kept} kept
        </dd>
        <dt>Policy</dt>
        <dd>{doc.policy.name}</dd>
        <dt>Hides</dt>
        <dd>{doc.policy.targets.join(", ") || "only what you draw"}</dd>
        <dt>Filled with</dt>
        <dd>{doc.policy.fill}</dd>
        {doc.kind === "recording" && (
          <>
            <dt>Sound</dt>
            <dd>{doc.has_sound ? doc.policy.audio : "none in the recording"}</dd>
          </>
        )}
        <dt>Picture</dt>
        <dd class="numerals">
          {doc.width} × {doc.height}
          {doc.kind === "recording" && `, ${count(doc.frames, "frame")}, ${clock(doc.duration)}`}
        </dd>
        <dt>Output</dt>
        <dd>{doc.output}</dd>
      </dl>
    </>
  );
}

function One({ store, doc, track }: { store: Store; doc: ReviewDocument; track: Track }) {
  const { actions } = store;
  const recording = doc.kind === "recording";
  return (
    <>
      <h2 class="panel-title">
        <Swatch kind={kindOf(track)} hollow={!track.hidden} />
        {track.id}
      </h2>
      <Verdict store={store} tracks={[track]} />
      <p class="soft">{origin(track)}</p>
      {track.decided && (
        <p class="decided">
          {track.hidden ? "Decided" : "Kept"} by {track.decided.by}, {timeOfDay(track.decided.when)}
          : {track.decided.because}
        </p>
      )}
      {recording && <Ends store={store} track={track} />}
      {(recording || track.drawn) && (
        <div class="block">
          {recording && <Following store={store} />}
          <div class="button-row">
            {recording && (
              <Button keys="S" press={actions.split}>
                Split here
              </Button>
            )}
            {track.drawn && (
              <Button keys="Del" press={actions.remove}>
                Remove
              </Button>
            )}
          </div>
        </div>
      )}
      <BoxFields store={store} track={track} />
      {recording && <Keys store={store} track={track} />}
    </>
  );
}

function Ends({ store, track }: { store: Store; track: Track }) {
  const { actions } = store;
  return (
    <section class="block" aria-label="Start and end">
      <div class="field-row">
        <span class="field-label">From</span>
        <TimeField
          label="Start"
          value={track.start}
          change={(at) => void actions.setExtent(track.id, at, track.end)}
        />
        <Button look="quiet" keys="[" press={actions.startHere}>
          Starts here
        </Button>
      </div>
      <div class="field-row">
        <span class="field-label">To</span>
        <TimeField
          label="End"
          value={track.end}
          change={(at) => void actions.setExtent(track.id, track.start, at)}
        />
        <Button look="quiet" keys="]" press={actions.endHere}>
          Ends here
        </Button>
      </div>
    </section>
  );
}

/** Following starts from the box at the play head. */
function Following({ store }: { store: Store }) {
  const job = store.jobs.value.follow;
  if (job?.state === "running") {
    return (
      <div class="field-row">
        <progress max={job.total || 1} value={job.done} aria-label="Following" />
        <Button look="quiet" press={() => store.actions.stop("follow")}>
          Stop
        </Button>
      </div>
    );
  }
  return (
    <fieldset class="field-row">
      <legend class="unseen">Follow from this frame</legend>
      <span class="field-label">Follow</span>
      <Button press={() => store.actions.follow("backwards")}>back</Button>
      <Button press={() => store.actions.follow("both")}>both</Button>
      <Button keys="F" press={() => store.actions.follow("forwards")}>
        on
      </Button>
    </fieldset>
  );
}

function origin(track: Track): string {
  if (track.drawn) return "Drawn by a person.";
  const kind = kindWord(kindOf(track));
  const edited = track.edited ? " Edited by a person." : "";
  if (track.because === "damaged") return `A frame that did not decode whole.${edited}`;
  const score = track.score > 0 ? `, best score ${track.score.toFixed(2)}` : "";
  const unsure = track.unsure ? " The evidence is weak: look closely." : "";
  return `Found by the ${reasonWord(track.because)} as ${kind}${score}.${edited}${unsure}`;
}

/** Whether they are hidden, and the button that changes that. */
function Verdict({ store, tracks }: { store: Store; tracks: Track[] }) {
  const kept = tracks.filter((track) => !track.hidden);
  const word =
    kept.length === 0 ? "Hidden" : kept.length === tracks.length ? "Kept: will be seen" : "Mixed";
  return (
    <div class={kept.length > 0 ? "verdict kept" : "verdict"}>
      <strong>{word}</strong>
      <span class="gap" />
      <Button look={kept.length > 0 ? "main" : "plain"} keys="X" press={store.actions.keepOrHide}>
        {kept.length > 0 ? "Hide" : "Keep…"}
      </Button>
    </div>
  );
}

function Several({ store, tracks }: { store: Store; tracks: Track[] }) {
  const kept = tracks.filter((track) => !track.hidden).length;
  const kinds = new Map<string, number>();
  for (const track of tracks) kinds.set(kindOf(track), (kinds.get(kindOf(track)) ?? 0) + 1);
  return (
    <>
      <h2 class="panel-title">{count(tracks.length, "track")}</h2>
      <Verdict store={store} tracks={tracks} />
      <ul class="kinds">
        {[...kinds].map(([kind, n]) => (
          <li key={kind}>
            <Swatch kind={kind} /> {kindWord(kind)} <span class="numerals soft">{n}</span>
          </li>
        ))}
      </ul>
      <p class="soft">
        {tracks.length - kept} hidden, {kept} kept
      </p>
      <div class="button-row">
        <Button press={store.actions.join}>Join to one</Button>
        {tracks.some((track) => track.drawn) && (
          <Button keys="Del" press={store.actions.remove}>
            Remove drawn ones
          </Button>
        )}
        <Button look="quiet" keys="Esc" press={store.actions.deselect}>
          Deselect
        </Button>
      </div>
    </>
  );
}
