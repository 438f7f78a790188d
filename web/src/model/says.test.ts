import { describe, expect, it } from "vitest";
import type { ReviewDocument } from "../api/types";
import { track } from "../timeline/made";
import { saysAt, saysOf } from "./says";

const tracks = [
  track("face-1", 0, 2),
  track("face-2", 1, 3, { hidden: false }),
  track("7", 1, 3, { kind: "plate", because: "verifier" }),
];
const document = {
  kind: "recording",
  frames: 1500,
  tracks,
  speech: [[0.5, 1.5]],
} as unknown as ReviewDocument;

describe("what is seen, in words", () => {
  it("names what is hidden and what is kept at a moment", () => {
    expect(saysAt(document, 1, 25)).toBe(
      "0:01.000, frame 26 of 1,500; hidden: face-1, plate 7; kept: face-2; speech.",
    );
    expect(saysAt(document, 5, 125)).toBe("0:05.000, frame 126 of 1,500; nothing hidden.");
  });

  it("names four, and says how many more there are", () => {
    const crowd = { ...document, tracks: [1, 2, 3, 4, 5, 6].map((n) => track(`face-${n}`, 0, 9)) };
    expect(saysAt(crowd, 5, 125)).toContain("face-4 and 2 more.");
  });

  it("says of a track what it is, whether it is hidden, and why", () => {
    expect(saysOf(tracks[0] ?? track("x", 0, 1))).toBe(
      "face-1 · 0:00.000 to 0:02.000 · hidden · detector · score 0.90",
    );
    expect(saysOf(tracks[1] ?? track("x", 0, 1))).toContain("kept: will be seen");
  });
});
