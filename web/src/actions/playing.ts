import { type Speed, shuttled } from "../model/shuttle";
import { indexAt } from "../model/times";
import type { State } from "../state";
import type { MotionActions } from "./motion";

export type PlayActions = ReturnType<typeof playActions>;

/**
 * The clock of playing. At speed 1 no frame is left out: the play head waits until the stage has
 * shown the frame it is on, so that somebody who plays the recording has seen all of it. Faster,
 * frames are left out where pictures do not come quickly enough.
 */
export function playActions(state: State, motion: MotionActions) {
  let ticking = false;
  let head = 0;
  let last = 0;

  function play(speed: Speed): void {
    if (state.times.value.length < 2) return;
    state.playing.value = speed;
    if (speed === 0 || ticking) return;
    ticking = true;
    head = state.now.value;
    last = performance.now();
    requestAnimationFrame(tick);
  }

  function pause(): void {
    state.playing.value = 0;
  }

  function toggle(): void {
    play(state.playing.value === 0 ? 1 : 0);
  }

  function shuttle(way: 1 | -1): void {
    play(shuttled(state.playing.value, way));
  }

  function tick(time: number): void {
    const speed = state.playing.value;
    if (speed === 0) {
      ticking = false;
      return;
    }
    const times = state.times.value;
    // Somebody may have put the play head elsewhere meanwhile.
    if (indexAt(times, head + 1e-7) !== state.frame.value) head = state.now.value;
    const waits = Math.abs(speed) === 1 && state.shown.value !== state.frame.value;
    if (!waits) {
      let at = head + ((time - last) / 1000) * speed;
      if (Math.abs(speed) === 1) {
        const next = times[state.frame.value + speed] ?? at;
        at = speed > 0 ? Math.min(at, next) : Math.max(at, next);
      }
      head = at;
      const index = indexAt(times, at + 1e-7);
      if (index !== state.frame.value) motion.goTo(index);
      const edge = speed > 0 ? times.length - 1 : 0;
      if (state.frame.value === edge && (speed > 0 || at <= 0)) pause();
    }
    last = time;
    requestAnimationFrame(tick);
  }

  return { play, pause, toggle, shuttle };
}
