import { describe, expect, it, vi } from "vitest";
import { Pictures, type Wish } from "./pictures";

interface Call {
  answered: boolean;
  index: number;
  wish: Wish;
  signal: AbortSignal;
  come(): Promise<void>;
  fail(): Promise<void>;
}

const flush = async (): Promise<void> => {
  for (let turn = 0; turn < 10; turn += 1) await Promise.resolve();
};

/**
 * A server that answers when it is told to; pictures know whether they were closed. With `late` an
 * answer comes although it is not wanted any more, as one does that was on its way.
 */
function server({ late = false } = {}) {
  const calls: Call[] = [];
  const pictures: { index: number; closed: boolean }[] = [];
  const fetch = (index: number, wish: Wish, signal: AbortSignal): Promise<ImageBitmap> =>
    new Promise((resolve, reject) => {
      if (!late) signal.addEventListener("abort", () => reject(new DOMException("", "AbortError")));
      calls.push({
        answered: false,
        index,
        wish,
        signal,
        async come() {
          this.answered = true;
          const picture = {
            index,
            closed: false,
            close() {
              this.closed = true;
            },
          };
          pictures.push(picture);
          resolve(picture as unknown as ImageBitmap);
          await flush();
        },
        async fail() {
          reject(new Error("no"));
          await flush();
        },
      });
    });
  const open = () => calls.filter((call) => !call.answered && !call.signal.aborted);
  return { calls, pictures, fetch, open };
}

const wish: Wish = { width: 960, masks: true, revision: 1 };
const head = (index: number, speed = 0) => ({ index, frames: 1000, speed, way: 1 as const });

describe("pictures", () => {
  it("asks for the one at the play head first, then for those ahead, two at a time", async () => {
    const { calls, fetch } = server();
    const arrived = vi.fn();
    const all = new Pictures(fetch, arrived, vi.fn());
    all.aim(head(100), wish, 6);
    expect(calls.map((call) => call.index)).toEqual([100]);
    await calls[0]?.come();
    expect(arrived).toHaveBeenCalledWith(100, true);
    expect(calls.map((call) => call.index)).toEqual([100, 101, 99]);
    expect(all.get(100)).toBeDefined();
  });

  it("lets the first come while scrubbing, then asks for the newest alone", async () => {
    const { calls, fetch } = server();
    const all = new Pictures(fetch, vi.fn(), vi.fn());
    for (const index of [100, 150, 200, 250]) all.aim(head(index), wish, 6);
    expect(calls.map((call) => call.index)).toEqual([100]);
    expect(calls[0]?.signal.aborted).toBe(false);
    await calls[0]?.come();
    expect(calls.map((call) => call.index)).toEqual([100, 250]);
  });

  it("aborts what was fetched ahead when the play head goes elsewhere", async () => {
    const { calls, fetch } = server();
    const all = new Pictures(fetch, vi.fn(), vi.fn());
    all.aim(head(100), wish, 6);
    await calls[0]?.come();
    all.aim(head(500), wish, 6);
    expect(calls.slice(1, 3).every((call) => call.signal.aborted)).toBe(true);
    expect(calls.at(-1)?.index).toBe(500);
  });

  it("keeps no more than there is room for, and closes what it lets go", async () => {
    const { calls, pictures, fetch, open } = server();
    const all = new Pictures(fetch, vi.fn(), vi.fn());
    for (let index = 0; index < 40; index += 1) {
      all.aim(head(index), wish, 5);
      while (open().length > 0) await open()[0]?.come();
    }
    expect(calls.length).toBeGreaterThan(40);
    expect(pictures.filter((picture) => !picture.closed).length).toBeLessThanOrEqual(5);
    all.close();
    expect(pictures.every((picture) => picture.closed)).toBe(true);
  });

  it("never closes what is on the screen", async () => {
    const { calls, pictures, fetch } = server();
    const all = new Pictures(fetch, vi.fn(), vi.fn());
    all.aim(head(100), wish, 3);
    await calls[0]?.come();
    all.hold(all.get(100) ?? null);
    all.aim(head(900), { ...wish, revision: 2 }, 3);
    expect(pictures[0]?.closed).toBe(false);
    await calls.at(-1)?.come();
    all.hold(all.get(900) ?? null);
    expect(pictures[0]?.closed).toBe(true);
  });

  it("asks anew when masks may have changed, but not for pictures without masks", async () => {
    const { calls, fetch } = server();
    const all = new Pictures(fetch, vi.fn(), vi.fn());
    const bare = { ...wish, masks: false };
    all.aim(head(100), bare, 3);
    await calls[0]?.come();
    all.aim(head(100), { ...bare, revision: 2 }, 3);
    expect(all.get(100)).toBeDefined();
    all.aim(head(100), { ...wish, revision: 2 }, 3);
    expect(all.get(100)).toBeUndefined();
    expect(calls.at(-1)).toMatchObject({ index: 100, wish: { masks: true, revision: 2 } });
  });

  it("a picture of an older wish is not taken for the new one", async () => {
    const { calls, pictures, fetch } = server({ late: true });
    const all = new Pictures(fetch, vi.fn(), vi.fn());
    all.aim(head(100), wish, 3);
    all.aim(head(100), { ...wish, revision: 2 }, 3);
    await calls[0]?.come();
    expect(all.get(100)).toBeUndefined();
    expect(pictures.every((picture) => picture.closed)).toBe(true);
    await calls[1]?.come();
    expect(all.get(100)).toBeDefined();
  });

  it("says that the one at the play head failed, and tries again", async () => {
    vi.useFakeTimers();
    const { calls, fetch } = server();
    const failed = vi.fn();
    const all = new Pictures(fetch, vi.fn(), failed);
    all.aim(head(100), wish, 3);
    await calls[0]?.fail();
    expect(failed).toHaveBeenCalledOnce();
    expect(all.failure(100)).toBeInstanceOf(Error);
    await vi.advanceTimersByTimeAsync(2000);
    expect(calls.filter((call) => call.index === 100).length).toBe(2);
    all.close();
    vi.useRealTimers();
  });
});
