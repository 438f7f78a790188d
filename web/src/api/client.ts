import type {
  Audit,
  Box,
  Change,
  FollowRequest,
  Job,
  Patch,
  ReviewDocument,
  Session,
  TimeTable,
  Waveform,
} from "./types";

/** The server said no; *code* is its word for why. */
export class Refused extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}

/** This page is not (or no more) one that the server knows. */
export class Ended extends Refused {}

/** The document has moved on: another page, or the same person elsewhere, changed it. */
export class Conflict extends Refused {}

/** The server does not answer. */
export class Unreachable extends Error {}

export interface FrameWish {
  width: number;
  masks: boolean;
  revision: number;
}

const JOB_POLL_MS = 300;
const TOKEN = "bystander-token";

/**
 * The one place that talks to the server.
 *
 * Every request carries a token beside the cookie. A browser sends a cookie to every port of this
 * machine, and so to other programs; what is in `localStorage` belongs to this port alone. The
 * server tells the token once, after the start link was opened.
 */
export class Client {
  #token = localStorage.getItem(TOKEN) ?? "";

  async session(): Promise<Session> {
    try {
      return this.#met(await this.#json<Session>("GET", "/api/session"));
    } catch (error) {
      if (!(error instanceof Ended) || !this.#token) throw error;
      // A token of an earlier run on this port; the server may have a new one for us.
      this.#token = "";
      localStorage.removeItem(TOKEN);
      return this.#met(await this.#json<Session>("GET", "/api/session"));
    }
  }

  #met(session: Session): Session {
    this.#token = session.token;
    localStorage.setItem(TOKEN, session.token);
    return session;
  }

  document(n: number): Promise<ReviewDocument> {
    return this.#json("GET", `/api/files/${n}`);
  }

  times(n: number): Promise<TimeTable> {
    return this.#json("GET", `/api/files/${n}/times`);
  }

  revision(n: number): Promise<{ revision: number; digest?: ReviewDocument["digest"] }> {
    return this.#json("GET", `/api/files/${n}/revision`);
  }

  /** The audit walk number *walk*: its moments, and the looks so far. */
  audit(n: number, walk: number): Promise<Audit> {
    return this.#json("GET", `/api/files/${n}/audit?walk=${walk}`);
  }

  /** Make a change that holds only if the document is still at *revision*; else `Conflict`. */
  change(n: number, revision: number, change: Change, because: string): Promise<Patch> {
    return this.#json("POST", `/api/files/${n}/decisions`, { revision, change, because });
  }

  undo(n: number, revision: number): Promise<Patch> {
    return this.#json("POST", `/api/files/${n}/undo`, { revision });
  }

  redo(n: number, revision: number): Promise<Patch> {
    return this.#json("POST", `/api/files/${n}/redo`, { revision });
  }

  async follow(n: number, wish: FollowRequest): Promise<string> {
    return (await this.#json<{ job: string }>("POST", `/api/files/${n}/follow`, wish)).job;
  }

  async render(n: number, revision: number): Promise<string> {
    return (await this.#json<{ job: string }>("POST", `/api/files/${n}/render`, { revision })).job;
  }

  async drawUp(n: number): Promise<string> {
    return (await this.#json<{ job: string }>("POST", `/api/files/${n}/plan`, {})).job;
  }

  stop(job: string): Promise<unknown> {
    return this.#json("DELETE", `/api/jobs/${job}`);
  }

  active(): Promise<unknown> {
    return this.#json("POST", "/api/active", {});
  }

  waveform(n: number, buckets: number): Promise<Waveform> {
    return this.#json("GET", `/api/files/${n}/waveform?buckets=${buckets}`);
  }

  /** Ask for a job until it has ended; *says* hears of every step. */
  async watch(job: string, says: (state: Job) => void): Promise<Job> {
    for (;;) {
      const state = await this.#json<Job>("GET", `/api/jobs/${job}`);
      says(state);
      if (state.state !== "running") return state;
      await new Promise((resolve) => setTimeout(resolve, JOB_POLL_MS));
    }
  }

  /** The picture of frame *index*, *width* pixels wide. Close the bitmap when it is not needed. */
  frame(n: number, index: number, wish: FrameWish, signal?: AbortSignal): Promise<ImageBitmap> {
    const masks = wish.masks ? 1 : 0;
    const query = `width=${wish.width}&masks=${masks}&revision=${wish.revision}`;
    return this.#picture(`/api/files/${n}/frames/${index}?${query}`, signal);
  }

  crop(n: number, index: number, box: Box, width: number, signal?: AbortSignal) {
    const query = `box=${box.join(",")}&width=${width}`;
    return this.#picture(`/api/files/${n}/crops/${index}?${query}`, signal);
  }

  thumb(n: number, index: number, height: number, signal?: AbortSignal): Promise<ImageBitmap> {
    return this.#picture(`/api/files/${n}/thumbs/${index}?height=${height}`, signal);
  }

  /** The sound from *start* to *end* (seconds, at most 60 apart) as a WAV file. */
  async sound(n: number, start: number, end: number, signal?: AbortSignal): Promise<ArrayBuffer> {
    const path = `/api/files/${n}/sound?start=${start}&end=${end}`;
    return (await this.#fetch("GET", path, undefined, signal)).arrayBuffer();
  }

  reportAddress(n: number): string {
    return `/api/files/${n}/report`;
  }

  async #picture(path: string, signal?: AbortSignal): Promise<ImageBitmap> {
    const answer = await this.#fetch("GET", path, undefined, signal);
    return createImageBitmap(await answer.blob());
  }

  async #json<T>(method: string, path: string, body?: unknown): Promise<T> {
    const answer = await this.#fetch(method, path, body);
    const text = await answer.text();
    return (text ? JSON.parse(text) : null) as T;
  }

  async #fetch(
    method: string,
    path: string,
    body?: unknown,
    signal?: AbortSignal,
  ): Promise<Response> {
    const headers: Record<string, string> = {};
    const init: RequestInit = { method, headers, cache: "no-store", credentials: "same-origin" };
    if (signal) init.signal = signal;
    if (this.#token) headers["X-Bystander-Token"] = this.#token;
    if (body !== undefined) {
      headers["Content-Type"] = "application/json";
      init.body = JSON.stringify(body);
    }
    let answer: Response;
    try {
      answer = await fetch(path, init);
    } catch (error) {
      if (error instanceof DOMException && error.name === "AbortError") throw error;
      throw new Unreachable("the server does not answer");
    }
    if (answer.ok) return answer;
    throw await refusal(answer);
  }
}

async function refusal(answer: Response): Promise<Refused> {
  let code = "";
  let message = `the server refused this (${answer.status})`;
  try {
    const said = (await answer.json()) as { error?: unknown; message?: unknown; hint?: unknown };
    if (typeof said.error === "string") code = said.error;
    if (typeof said.message === "string") message = said.message;
    if (typeof said.hint === "string") message += ` (${said.hint})`;
  } catch {
    // not JSON: the status has to do
  }
  if (code === "conflict") return new Conflict(answer.status, code, message);
  if (code === "session" || answer.status === 401) return new Ended(answer.status, code, message);
  return new Refused(answer.status, code, message);
}
