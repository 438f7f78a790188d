import { describe, expect, it } from "vitest";
import type { ReviewDocument } from "../api/types";
import { hintAt } from "./hints";
import { pack } from "./lanes";
import { track } from "./made";
import { markersOf } from "./markers";
import { GUTTER, laneTop, layOut } from "./rows";
import type { Scene } from "./scene";

function scene(speech: [number, number][] | null): Scene {
  const tracks = [track("face-1", 2, 6)];
  const document = {
    tracks,
    unsure: [{ at: 8, box: null, why: "seen once" }],
    speech,
    policy: { audio: "keep" },
  } as unknown as ReviewDocument;
  return {
    document,
    times: Float64Array.from({ length: 250 }, (_, index) => index / 25),
    view: { start: 0, end: 10 },
    packing: pack(tracks),
    markers: markersOf(document, null),
    selection: new Set(),
    rows: layOut(232, 1, true),
    width: 1000 + GUTTER,
    height: 232,
    scroll: 0,
    film: null,
    wave: null,
  };
}

describe("what is under the pointer", () => {
  const here = scene([[1, 2]]);
  const at = (seconds: number, y: number) => ({ x: GUTTER + seconds * 100, y });
  const lane = laneTop(here.rows, 0, 0) + 4;
  const sound = here.rows.sound.top + 5;

  it("is a track, or an end of it that can be dragged", () => {
    expect(hintAt(here, at(4, lane))).toMatchObject({ cursor: "pointer" });
    expect(hintAt(here, at(4, lane)).says).toContain("face-1");
    expect(hintAt(here, at(6, lane)).cursor).toBe("ew-resize");
    expect(hintAt(here, at(9, lane))).toEqual({ says: "", cursor: "grab" });
  });

  it("is a mark, or the time", () => {
    expect(hintAt(here, at(8, here.rows.markers.top + 3)).says).toContain("seen once");
    expect(hintAt(here, at(5, 3))).toEqual({ says: "0:05.000", cursor: "text" });
  });

  it("is speech, room for more of it, or that none is hidden", () => {
    expect(hintAt(here, at(1.5, sound)).cursor).toBe("grab");
    expect(hintAt(here, at(2, sound)).cursor).toBe("ew-resize");
    expect(hintAt(here, at(5, sound)).cursor).toBe("crosshair");
    expect(hintAt(scene(null), at(5, sound)).says).toContain("no speech is hidden");
  });

  it("is nothing beside the time, or without a recording", () => {
    expect(hintAt(here, { x: 5, y: lane }).says).toBe("");
    expect(hintAt(null, at(4, lane)).says).toBe("");
  });
});
