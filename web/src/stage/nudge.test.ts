import { expect, it } from "vitest";
import { middle, nudged } from "./nudge";

const press = (key: string, rest = {}) => ({
  key,
  shiftKey: false,
  ctrlKey: false,
  metaKey: false,
  ...rest,
});

it("moves and resizes a box by keys, within the picture", () => {
  expect(nudged([10, 10, 20, 20], press("ArrowRight"), 100, 50)).toEqual([11, 10, 21, 20]);
  expect(nudged([10, 10, 20, 20], press("ArrowUp", { shiftKey: true }), 100, 50)).toEqual([
    10, 0, 20, 10,
  ]);
  expect(
    nudged([10, 10, 20, 20], press("ArrowDown", { shiftKey: true, ctrlKey: true }), 100, 50),
  ).toEqual([10, 10, 20, 30]);
  expect(
    nudged([10, 10, 20, 20], press("ArrowLeft", { shiftKey: true, ctrlKey: true }), 100, 50),
  ).toEqual([10, 10, 11, 20]);
  expect(nudged([90, 10, 100, 20], press("ArrowRight", { ctrlKey: true }), 100, 50)).toEqual([
    90, 10, 100, 20,
  ]);
  expect(nudged([10, 10, 20, 20], press("a"), 100, 50)).toBeNull();
});

it("begins in the middle", () => {
  expect(middle(1920, 1080)).toEqual([870, 450, 1050, 630]);
  expect(middle(2, 2)).toEqual([0, 0, 2, 2]);
});
