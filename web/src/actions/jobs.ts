import type { Job } from "../api/types";
import type { JobKind, State } from "../state";
import type { DocumentActions } from "./document";
import type { NoticeActions } from "./notices";

export type JobActions = ReturnType<typeof jobActions>;

/** Work that takes a while: drawing up a plan, following, rendering. */
export function jobActions(state: State, notices: NoticeActions, document: DocumentActions) {
  /** Start a job and wait for its end; null if it did not start or nobody can say how it ended. */
  async function run(kind: JobKind, start: () => Promise<string>): Promise<Job | null> {
    if (state.jobs.value[kind]?.state === "running") {
      notices.say("this is going on already", "warn");
      return null;
    }
    let job: Job | null = null;
    await document.heeding(async () => {
      job = await state.client.watch(await start(), (now) => {
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
    const job = await run("render", () => state.client.render(doc.n, doc.revision));
    if (!job) return;
    await document.reload();
    await document.heeding(document.refresh);
    if (job.state === "done") notices.say("rendered and checked: nothing was found", "good");
    if (job.state === "leak") notices.say("leaks were found: there is no output", "bad");
    if (job.state === "failed") notices.say(job.message ?? "rendering failed", "bad");
    if (job.state === "stopped") notices.say("rendering was stopped: there is no output", "warn");
  }

  /** Have a plan drawn up for file *n*, and show it. */
  async function drawUp(n: number): Promise<void> {
    const job = await run("plan", () => state.client.drawUp(n));
    if (!job) return;
    await document.heeding(document.refresh);
    if (job.state === "done") await document.open(n);
    else if (job.state !== "stopped") notices.say(job.message ?? "no plan could be made", "bad");
  }

  return { run, stop, render, drawUp };
}
