import { describe, expect, it } from "vitest";
import { parsedClock } from "../model/words";
import { BINDINGS } from "./keys";
import { Pictures } from "./pictures";

const NEVER = new AbortController().signal;

function bitmap(): ImageBitmap & { closed: boolean } {
  const picture = { closed: false, close: () => undefined };
  picture.close = () => {
    picture.closed = true;
    return undefined;
  };
  return picture as unknown as ImageBitmap & { closed: boolean };
}

describe("keys", () => {
  it("mean one thing each", () => {
    const keys = BINDINGS.flatMap((one) => one.keys);
    expect(new Set(keys).size).toBe(keys.length);
    expect(new Set(BINDINGS.map((one) => one.shown)).size).toBe(BINDINGS.length);
  });
});

describe("moments that are typed", () => {
  it("are seconds, or have minutes and hours before them", () => {
    expect(["1.5", "1:02.5", "1:00:00", "2,5", " 7 "].map(parsedClock)).toEqual([
      1.5, 62.5, 3600, 2.5, 7,
    ]);
  });

  it("are nothing where they cannot be read", () => {
    expect(["", "a", "1:2:3:4", "-1", "1:", "1e3"].map(parsedClock)).toEqual(Array(6).fill(null));
  });
});

describe("small pictures", () => {
  it("come two at a time, the one asked for last before the others", async () => {
    const pictures = new Pictures();
    const begun: string[] = [];
    const ends = new Map<string, () => void>();
    const ask = (key: string) =>
      pictures.fetch(
        key,
        () =>
          new Promise((resolve) => {
            begun.push(key);
            ends.set(key, () => resolve(bitmap()));
          }),
        NEVER,
      );
    const all = ["a", "b", "c", "d"].map(ask);
    expect(begun).toEqual(["a", "b"]);
    ends.get("a")?.();
    await all[0];
    await Promise.resolve();
    expect(begun).toEqual(["a", "b", "d"]);
    for (const key of ["b", "d"]) ends.get(key)?.();
    await all[1];
    await all[3];
    await Promise.resolve();
    ends.get("c")?.();
    expect(await all[2]).not.toBeNull();
  });

  it("are let go when there are too many, the longest unused first", async () => {
    const pictures = new Pictures();
    const made = Array.from({ length: 260 }, bitmap);
    for (const [i, picture] of made.entries()) {
      await pictures.fetch(`${i}`, async () => picture, NEVER);
      pictures.get("0");
    }
    expect(made[0]?.closed).toBe(false);
    expect(made[1]?.closed).toBe(true);
    expect(made[259]?.closed).toBe(false);
  });

  it("that fail or are not wanted any more are none", async () => {
    const pictures = new Pictures();
    const fails = () => Promise.reject(new Error("no"));
    expect(await pictures.fetch("a", fails, NEVER)).toBeNull();
    expect(await pictures.fetch("b", async () => bitmap(), AbortSignal.abort())).toBeNull();
  });
});
