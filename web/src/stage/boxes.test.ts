import { describe, expect, it } from "vitest";
import type { Key } from "../api/types";
import { track } from "../timeline/made";
import { allAt, apart, isKey, moved, tidied } from "./boxes";

const keys: Key[] = [
  [1, 0, 0, 10, 10],
  [2, 10, 20, 20, 30],
  [4, 10, 20, 30, 40],
];

it("knows the keys of a track", () => {
  expect(isKey(track("a", 1, 5, { keys }), 2)).toBe(true);
  expect(isKey(track("a", 1, 5, { keys }), 2.01)).toBe(false);
  expect(isKey(track("a", 0, 5, { keys }), 0.5)).toBe(false);
});

describe("boxes", () => {
  it("are whole, ordered, in the frame, and never empty", () => {
    expect(tidied([30.4, 20.6, 10.2, -5], 100, 50)).toEqual([10, 0, 30, 21]);
    expect(tidied([100, 50, 100, 50], 100, 50)).toEqual([99, 49, 100, 50]);
  });

  it("are apart where they only touch, however they were drawn", () => {
    expect(apart([30, 30, 10, 10], [0, 0, 10, 10])).toBe(true);
    expect(apart([30, 30, 9, 9], [0, 0, 10, 10])).toBe(false);
    expect(apart([0, -20, 50, -1], [0, 0, 50, 50])).toBe(true);
  });

  it("are moved as they are, to the frame's edge", () => {
    expect(moved([10, 10, 20, 20], -50, 5, 100, 50)).toEqual([0, 15, 10, 25]);
    expect(moved([10, 10, 20, 20], 500, 500, 100, 50)).toEqual([90, 40, 100, 50]);
  });

  it("are found under the pointer, the smallest first", () => {
    const boxes: [number, number, number, number][] = [
      [0, 0, 100, 100],
      [10, 10, 20, 20],
    ];
    expect(allAt(boxes, 15, 15)).toEqual([1, 0]);
    expect(allAt(boxes, 50, 50)).toEqual([0]);
    expect(allAt(boxes, 102, 50)).toEqual([]);
    expect(allAt(boxes, 102, 50, 3)).toEqual([0]);
  });
});
