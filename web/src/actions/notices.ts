import type { State, Tone } from "../state";

const STAYS_MS: Record<Tone, number> = { info: 4000, good: 5000, warn: 9000, bad: 15000 };
const AT_ONCE = 4;

export type NoticeActions = ReturnType<typeof noticeActions>;

/** Short messages to the person: shown for a while, and read out. */
export function noticeActions(state: State) {
  let last = 0;

  function say(text: string, tone: Tone = "info"): void {
    const id = ++last;
    const others = state.notices.value.filter((notice) => notice.text !== text);
    state.notices.value = [...others, { id, tone, text }].slice(-AT_ONCE);
    setTimeout(() => dismiss(id), STAYS_MS[tone]);
  }

  function dismiss(id: number): void {
    state.notices.value = state.notices.value.filter((notice) => notice.id !== id);
  }

  return { say, dismiss };
}
