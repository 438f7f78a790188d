import { describe, expect, it } from "vitest";
import { fitted, panned, resized, revealed, toPicture, zoomed } from "./viewport";

const picture = { width: 1920, height: 1080, aspect: 1 };
// The edge beside the picture is 8 px on each side.
const size = { width: 976, height: 716 };

describe("the picture on the stage", () => {
  it("fits, in the middle", () => {
    expect(fitted(picture, size)).toEqual({ scale: 0.5, x: 8, y: 88 });
    const wide = fitted({ width: 720, height: 576, aspect: 64 / 45 }, { width: 1040, height: 592 });
    expect(wide.scale).toBeCloseTo(1);
    expect(wide.x).toBeCloseTo(8);
  });

  it("is zoomed around the pointer, no further out than it fits", () => {
    const near = zoomed(picture, size, fitted(picture, size), 8, 300, 400);
    expect(near.scale).toBe(4);
    expect(toPicture(picture, near, 300, 400)).toEqual(
      toPicture(picture, fitted(picture, size), 300, 400),
    );
    expect(zoomed(picture, size, near, 0.001, 10, 10)).toEqual(fitted(picture, size));
  });

  it("never leaves a gap at an edge", () => {
    const near = zoomed(picture, size, fitted(picture, size), 4, 488, 358);
    expect(panned(picture, size, near, 99999, 99999)).toMatchObject({ x: 8, y: 8 });
    const far = panned(picture, size, near, -99999, -99999);
    expect(far.x).toBeCloseTo(976 - 8 - 1920 * 2);
  });

  it("stays fitted when the stage is resized", () => {
    const to = { width: 480, height: 270 };
    expect(resized(picture, size, to, fitted(picture, size))).toEqual(fitted(picture, to));
  });

  it("brings a box into view, and otherwise stays", () => {
    const near = zoomed(picture, size, fitted(picture, size), 8, 0, 0);
    expect(revealed(picture, size, near, [0, 100, 10, 110])).toBe(near);
    const there = revealed(picture, size, near, [1800, 1000, 1900, 1050]);
    const [x0, y0] = toPicture(picture, there, 0, 0);
    const [x1, y1] = toPicture(picture, there, size.width, size.height);
    expect(x0).toBeLessThanOrEqual(1800);
    expect(x1).toBeGreaterThanOrEqual(1900);
    expect(y0).toBeLessThanOrEqual(1000);
    expect(y1).toBeGreaterThanOrEqual(1050);
  });
});
