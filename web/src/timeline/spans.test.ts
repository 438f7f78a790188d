import { describe, expect, it } from "vitest";
import { added, dragged, removed, spanAt, tidied } from "./spans";

describe("speech", () => {
  it("is kept in order, apart, and within the recording", () => {
    expect(
      tidied(
        [
          [5, 6],
          [-1, 2],
          [1, 3],
          [9, 20],
          [4, 4],
        ],
        10,
      ),
    ).toEqual([
      [0, 3],
      [5, 6],
      [9, 10],
    ]);
  });

  it("is added to either way round, but not by a click", () => {
    expect(added([[0, 1]], [5, 3], 10)).toEqual([
      [0, 1],
      [3, 5],
    ]);
    expect(added([[0, 1]], [5, 5.001], 10)).toEqual([[0, 1]]);
    expect(
      added(
        [
          [0, 1],
          [2, 3],
        ],
        [0.5, 2.5],
        10,
      ),
    ).toEqual([[0, 3]]);
  });

  it("is dragged by an end or whole", () => {
    expect(dragged([[2, 4]], 0, "start", -1, 10)).toEqual([[1, 4]]);
    expect(dragged([[2, 4]], 0, "start", 5, 10)[0]?.[0]).toBeLessThan(4);
    expect(dragged([[2, 4]], 0, "end", 20, 10)).toEqual([[2, 10]]);
    expect(dragged([[2, 4]], 0, "body", 20, 10)).toEqual([[8, 10]]);
    expect(
      dragged(
        [
          [2, 4],
          [5, 6],
        ],
        0,
        "body",
        1.5,
        10,
      ),
    ).toEqual([[3.5, 6]]);
  });

  it("is found and removed", () => {
    const spans: [number, number][] = [
      [2, 4],
      [5, 6],
    ];
    expect(spanAt(spans, 3, 0.1)).toEqual({ place: 0, grip: "body" });
    expect(spanAt(spans, 4.05, 0.1)).toEqual({ place: 0, grip: "end" });
    expect(spanAt(spans, 4.95, 0.1)).toEqual({ place: 1, grip: "start" });
    expect(spanAt(spans, 8, 0.1)).toBeNull();
    expect(removed(spans, 0)).toEqual([[5, 6]]);
  });
});
