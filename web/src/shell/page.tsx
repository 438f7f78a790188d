import { useEffect, useRef } from "preact/hooks";
import { mountStage } from "../stage";
import type { Store } from "../store";
import { mountTimeline } from "../timeline";
import { Banners } from "./banners";
import { Dialogs } from "./dialogs";
import { Lists } from "./lists";
import { Notices } from "./notices";
import { Panels } from "./panels";
import { Splitter } from "./splitter";
import { TopBar } from "./topbar";
import { Transport } from "./transport";

/** The page: a bar, three columns, and the timeline below them. */
export function Page({ store }: { store: Store }) {
  const doc = store.doc.value;
  return (
    <div class="page" data-file={doc?.n} data-revision={doc?.revision}>
      <TopBar store={store} />
      <Banners store={store} />
      <main class={doc?.kind === "photo" ? "work photo" : "work"}>
        <Lists store={store} />
        <section class="middle" aria-label="Picture">
          {doc ? (
            <Hole mount={mountStage} store={store} name="stage" key={doc.n} />
          ) : (
            <Absent store={store} />
          )}
          <Transport store={store} />
          <Notices store={store} />
        </section>
        <Panels store={store} />
        {doc?.kind === "recording" && (
          <section class="below" aria-label="Timeline">
            <Splitter />
            <Hole mount={mountTimeline} store={store} name="timeline" key={doc.n} />
          </section>
        )}
      </main>
      <Dialogs store={store} />
    </div>
  );
}

/** A place that is not this library's: the picture and the timeline draw for themselves. */
function Hole(props: {
  mount: (element: HTMLElement, store: Store) => () => void;
  store: Store;
  name: string;
}) {
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (place.current) return props.mount(place.current, props.store);
    return undefined;
  }, [props.mount, props.store]);
  return <div ref={place} class={props.name} />;
}

/** In place of the picture, where there is none to show. */
function Absent({ store }: { store: Store }) {
  const trouble = store.trouble.value;
  const n = store.current.value;
  const entry = store.session.value?.files.find((file) => file.n === n);
  const job = store.jobs.value.plan;
  const going = job?.state === "running" && store.jobFiles.value.plan === n;
  const quiet = store.connection.value === "ended" ? "" : "opening";
  const without = entry?.state === "unplanned" || entry?.state === "failed";
  return (
    <div class="stage absent">
      <p role="status">{going ? "looking, and drawing up a plan" : (trouble ?? quiet)}</p>
      {going && <progress max={job.total || 1} value={job.done} aria-label="Drawing up a plan" />}
      {going && (
        <button type="button" class="plain" onClick={() => void store.actions.stop("plan")}>
          Stop
        </button>
      )}
      {!going && trouble && n !== null && without && (
        <button type="button" class="main" onClick={() => void store.actions.drawUp(n)}>
          Draw up a plan
        </button>
      )}
    </div>
  );
}
