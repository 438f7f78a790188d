import type { Track } from "../api/types";
import type { State } from "../state";
import type { MotionActions } from "./motion";

export type SelectionActions = ReturnType<typeof selectionActions>;

/** Which tracks are selected. */
export function selectionActions(state: State, motion: MotionActions) {
  /** Select *ids*: them alone, them as well, or the other way round for each of them. */
  function select(ids: Iterable<string>, how: "only" | "add" | "toggle" = "only"): void {
    const chosen = new Set(how === "only" ? [] : state.selection.value);
    for (const id of ids) {
      if (how === "toggle" && chosen.has(id)) chosen.delete(id);
      else chosen.add(id);
    }
    state.selection.value = chosen;
    if (chosen.size > 0) state.panel.value = "selection";
  }

  function deselect(): void {
    state.selection.value = new Set();
  }

  function selected(): Track[] {
    const chosen = state.selection.value;
    return state.doc.value?.tracks.filter((track) => chosen.has(track.id)) ?? [];
  }

  /** The selected track, if it is one alone. */
  function theOne(): Track | null {
    const tracks = selected();
    return tracks.length === 1 ? (tracks[0] ?? null) : null;
  }

  /** Go to where *track* can be seen: nowhere, if the play head is within it already. */
  function goToTrack(track: Track): void {
    const at = state.now.value;
    if (at < track.start || at >= track.end) motion.goToTime(track.start);
  }

  return { select, deselect, selected, theOne, goToTrack };
}
