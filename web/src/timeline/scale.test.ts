import { describe, expect, it } from "vitest";
import { clock, marks, toTime, toX } from "./scale";

describe("time and pixels", () => {
  it("goes there and back", () => {
    const view = { start: 12.5, end: 73 };
    for (const x of [0, 1, 333.3, 800])
      expect(toX(view, 800, toTime(view, 800, x))).toBeCloseTo(x, 9);
  });
});

describe("the ruler", () => {
  it("keeps large marks apart, at every zoom", () => {
    for (const length of [0.1, 0.7, 3, 61, 600, 3600, 86400 * 3]) {
      const view = { start: 1.234, end: 1.234 + length };
      const large = marks(view, 1000).filter((mark) => mark.label !== null);
      expect(large.length).toBeGreaterThan(0);
      for (let place = 1; place < large.length; place += 1) {
        const apart =
          toX(view, 1000, large[place]?.at ?? 0) - toX(view, 1000, large[place - 1]?.at ?? 0);
        expect(apart).toBeGreaterThanOrEqual(90 - 1e-6);
      }
      expect(new Set(large.map((mark) => mark.label)).size).toBe(large.length);
    }
  });

  it("says times as people read them", () => {
    expect(clock(7)).toBe("0:07");
    expect(clock(723.46, 1)).toBe("12:03.5");
    expect(clock(3723)).toBe("1:02:03");
    expect(clock(59.999, 2)).toBe("1:00.00");
    expect(clock(-1)).toBe("0:00");
  });
});
