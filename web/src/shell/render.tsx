import { unseen } from "../actions/audit";
import type { Job, ReviewDocument } from "../api/types";
import { count } from "../model/words";
import type { Store } from "../store";
import { Button } from "./parts";

const SAID = 8;
const KEPT_LISTED = 6;

/** Writing the output and checking it. */
export function RenderPanel({ store }: { store: Store }) {
  const doc = store.doc.value;
  if (!doc) return null;
  const job = store.jobFiles.value.render === doc.n ? store.jobs.value.render : undefined;
  const running = job?.state === "running";
  const there = doc.rendered !== "no";
  return (
    <>
      <State doc={doc} running={running} />
      {running && job ? (
        <Progress store={store} job={job} />
      ) : (
        <div class="button-row">
          <Button look="main" disabled={doc.digest === "other"} press={store.actions.render}>
            Render and check
          </Button>
          {there && (
            <Button
              press={() => {
                store.dialog.value = "report";
              }}
            >
              Show the report
            </Button>
          )}
        </div>
      )}
      {job && !running && <Ended job={job} />}
      <Before store={store} doc={doc} />
      <p class="soft">
        The output gets its name, {doc.output}, only after another detector has looked over all of
        it and found nobody. What that one finds is hidden too, and is then listed as a track.
      </p>
    </>
  );
}

function State({ doc, running }: { doc: ReviewDocument; running: boolean }) {
  const states = {
    no: ["", "Not rendered yet"],
    clean: ["good", "Rendered and checked: nothing was found"],
    leak: ["bad", "Leaks were found: there is no output"],
    outdated: ["warn", "The output is older than your last changes"],
  } as const;
  const [tone, text] = states[doc.rendered];
  if (running) return <p class="verdict">Rendering</p>;
  return <p class={`verdict ${tone}`}>{text}</p>;
}

/** What whoever renders answers for: who is seen on purpose, and what was looked at. */
function Before({ store, doc }: { store: Store; doc: ReviewDocument }) {
  const kept = doc.tracks.filter((track) => !track.hidden);
  const walk = store.walk.value;
  const looked = walk ? walk.moments.length - unseen(walk).length : 0;
  return (
    <section class="block" aria-label="What is rendered">
      <dl class="facts">
        <dt>Hidden</dt>
        <dd>{count(doc.tracks.length - kept.length, "track")}</dd>
        <dt>Kept</dt>
        <dd>{kept.length === 0 ? "none" : count(kept.length, "track")}</dd>
        <dt>Unsure</dt>
        <dd>{count(doc.unsure.length, "moment")}</dd>
        {doc.kind === "recording" && (
          <>
            <dt>Audit</dt>
            <dd>
              {looked} of {count(walk?.moments.length ?? 0, "moment")} looked at
            </dd>
          </>
        )}
      </dl>
      {kept.length > 0 && (
        <ul class="kept-list" aria-label="Kept tracks">
          {kept.slice(0, KEPT_LISTED).map((track) => (
            <li key={track.id}>
              <button
                type="button"
                class="quiet"
                onClick={() => {
                  store.actions.select([track.id]);
                  store.actions.goToTrack(track);
                }}
              >
                {track.id}
              </button>
              <span class="soft">{track.decided?.because}</span>
            </li>
          ))}
          {kept.length > KEPT_LISTED && (
            <li class="soft">and {kept.length - KEPT_LISTED} others</li>
          )}
        </ul>
      )}
    </section>
  );
}

function Progress({ store, job }: { store: Store; job: Job }) {
  const percent = job.total > 0 ? Math.floor((100 * job.done) / job.total) : 0;
  return (
    <>
      <div class="field-row">
        <progress max={job.total || 1} value={job.done} aria-label="Rendering" />
        <span class="numerals percent">{percent} %</span>
        <Button look="quiet" press={() => store.actions.stop("render")}>
          Stop
        </Button>
      </div>
      <Says job={job} />
    </>
  );
}

function Ended({ job }: { job: Job }) {
  return (
    <>
      {job.message && job.state !== "done" && (
        <p class="banner bad">
          <span>
            {job.message}
            {job.hint && <span class="hint">{job.hint}</span>}
          </span>
        </p>
      )}
      <Says job={job} />
    </>
  );
}

function Says({ job }: { job: Job }) {
  if (job.says.length === 0) return null;
  return (
    <ol class="says" aria-label="What rendering says">
      {job.says.slice(-SAID).map((line, i) => (
        <li key={i}>{line}</li>
      ))}
    </ol>
  );
}
