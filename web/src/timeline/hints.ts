/** What is under the pointer on the timeline, in words, and the pointer's shape that says what a press does. */

import { saysOf } from "../model/says";
import { clock } from "../model/words";
import { type Point, REACH, timeAt, trackAt } from "./drags";
import { markerAt } from "./markers";
import { GUTTER, rowAt } from "./rows";
import type { Scene } from "./scene";
import { spanAt } from "./spans";

export interface Hint {
  /** Empty where there is nothing to be said. */
  readonly says: string;
  readonly cursor: string;
}

const NOTHING: Hint = { says: "", cursor: "default" };

export function hintAt(scene: Scene | null, point: Point): Hint {
  if (!scene || point.x < GUTTER) return NOTHING;
  const at = timeAt(scene, point.x);
  const reach = ((scene.view.end - scene.view.start) / (scene.width - GUTTER)) * REACH;
  switch (rowAt(scene.rows, point.y)) {
    case "lanes":
      return inLanes(scene, point);
    case "markers": {
      const marker = markerAt(scene.markers, at, reach);
      return marker
        ? { says: marker.says, cursor: "pointer" }
        : { says: clock(at), cursor: "text" };
    }
    case "sound":
      return inSound(scene, at, reach);
    case null:
      return NOTHING;
    default:
      return { says: clock(at), cursor: "text" };
  }
}

function inLanes(scene: Scene, point: Point): Hint {
  const found = trackAt(scene, point);
  if (!found) return { says: "", cursor: "grab" };
  return { says: saysOf(found.track), cursor: found.grip === "body" ? "pointer" : "ew-resize" };
}

function inSound(scene: Scene, at: number, reach: number): Hint {
  const { speech, policy } = scene.document;
  if (speech === null) {
    return { says: `no speech is hidden by this plan (sound: ${policy.audio})`, cursor: "text" };
  }
  const found = spanAt(speech, at, reach);
  if (!found) return { says: "drag to add speech", cursor: "crosshair" };
  const cursor = found.grip === "body" ? "grab" : "ew-resize";
  return { says: "speech: drag it or its ends, Delete removes it", cursor };
}
