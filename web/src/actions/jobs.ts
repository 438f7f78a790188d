import type { Job } from "../api/types";
import type { JobKind, State, Tone } from "../state";
import type { DocumentActions } from "./document";
import type { NoticeActions } from "./notices";

export type JobActions = ReturnType<typeof jobActions>;

/** Work that takes a while: drawing up a plan, following, rendering. */
export function jobActions(state: State, notices: NoticeActions, document: DocumentActions) {
  /** Start a job on file *n* and wait for its end; null if nobody can say how it ended. */
  async function run(kind: JobKind, n: number, start: () => Promise<string>): Promise<Job | null> {
    if (state.jobs.value[kind]?.state === "running") {
      notices.say("this is going on already", "warn");
      return null;
    }
    let job: Job | null = null;
    await document.heeding(async () => {
      const id = await start();
      state.jobFiles.value = { ...state.jobFiles.value, [kind]: n };
      job = await state.client.watch(id, (now) => {
        state.jobs.value = { ...state.jobs.value, [kind]: now };
      });
    });
    return job;
  }

  async function stop(kind: JobKind): Promise<void> {
    const job = state.jobs.value[kind];
    if (job?.state === "running") {
      await document.heeding(async () => {
        await state.client.stop(job.id);
      });
    }
  }

  /** Write the output from the plan and all decisions, and check it. */
  async function render(): Promise<void> {
    const doc = state.doc.value;
    if (!doc) return;
    state.panel.value = "render";
    await rendered(doc.n, () => state.client.render(doc.n, doc.revision));
  }

  async function rendered(n: number, start: () => Promise<string>): Promise<void> {
    const job = await run("render", n, start);
    if (!job) return;
    if (state.current.value === n) await document.reload();
    await document.heeding(document.refresh);
    const [text, tone] = told(job);
    const name = state.session.value?.files.find((file) => file.n === n)?.name;
    notices.say(state.current.value === n ? text : `${name}: ${text}`, tone);
  }

  /** Have a plan drawn up for file *n*, and show it. */
  function drawUp(n: number): Promise<void> {
    return drawnUp(n, () => state.client.drawUp(n));
  }

  async function drawnUp(n: number, start: () => Promise<string>): Promise<void> {
    const job = await run("plan", n, start);
    if (!job) return;
    await document.heeding(document.refresh);
    if (job.state === "done" && state.current.value === n) await document.open(n);
    else if (job.state === "failed") notices.say(job.message ?? "no plan could be made", "bad");
  }

  /** Go on watching what was begun before this page was loaded. */
  function pickUp(): void {
    for (const file of state.session.value?.files ?? []) {
      if (!file.job) continue;
      const { id, kind } = file.job;
      if (kind === "follow") continue; // where it leads is for the page that asked
      if (state.jobs.value[kind]?.state === "running") continue;
      const start = async () => id;
      void (kind === "render" ? rendered(file.n, start) : drawnUp(file.n, start));
    }
  }

  return { run, stop, render, drawUp, pickUp };
}

function told(job: Job): [text: string, tone: Tone] {
  if (job.state === "done") return ["rendered and checked: nothing was found", "good"];
  if (job.state === "leak") return ["leaks were found: there is no output", "bad"];
  if (job.state === "stopped") return ["rendering was stopped: there is no output", "warn"];
  return [job.message ?? "rendering failed", "bad"];
}
