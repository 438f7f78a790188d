import { describe, expect, it } from "vitest";
import { roomFor, surplus, wanted, widthFor } from "./ahead";

describe("frames worth having", () => {
  it("starts with the one at the head, and goes on the way it goes", () => {
    const standing = wanted({ index: 100, frames: 1000, speed: 0, way: 1 }, 8);
    expect(standing.slice(0, 3)).toEqual([100, 101, 99]);
    expect(standing.filter((each) => each > 100).length).toBeGreaterThan(
      standing.filter((each) => each < 100).length,
    );
    const back = wanted({ index: 100, frames: 1000, speed: 0, way: -1 }, 8);
    expect(back.slice(0, 3)).toEqual([100, 99, 101]);
    const playing = wanted({ index: 100, frames: 1000, speed: 1, way: 1 }, 8);
    expect(playing).toEqual([100, 101, 102, 103, 104, 105, 106, 107]);
  });

  it("asks only for what is shown at that speed", () => {
    expect(wanted({ index: 100, frames: 1000, speed: -4, way: 1 }, 4)).toEqual([100, 96, 92, 88]);
  });

  it("is unique, within the recording, and no more than there is room for", () => {
    for (const index of [0, 1, 5, 9]) {
      for (const speed of [0, 1, 4, -1, -4]) {
        const list = wanted({ index, frames: 10, speed, way: 1 }, 30);
        expect(new Set(list).size).toBe(list.length);
        expect(list.every((each) => each >= 0 && each < 10)).toBe(true);
        expect(list[0]).toBe(index);
      }
    }
    expect(wanted({ index: 5, frames: 10, speed: 0, way: 1 }, 30).length).toBe(10);
    expect(wanted({ index: 0, frames: 1, speed: 0, way: 1 }, 30)).toEqual([0]);
  });

  it("lets go of what is furthest down the list", () => {
    const list = wanted({ index: 100, frames: 1000, speed: 1, way: 1 }, 4);
    expect(surplus([100, 101, 102, 103, 50, 99], list, 100, 4)).toEqual([50, 99]);
    expect(surplus([100, 101], list, 100, 4)).toEqual([]);
  });

  it("is bounded in bytes", () => {
    expect(roomFor(256 * 2 ** 20, 1920, 1080)).toBe(32);
    expect(roomFor(1, 1920, 1080)).toBe(3);
    expect(widthFor(900, 1920)).toBe(960);
    expect(widthFor(5000, 1920)).toBe(1920);
    expect(widthFor(600, 480)).toBe(480);
  });
});
