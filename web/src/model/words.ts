import type { Track } from "../api/types";

const KINDS: Record<string, string> = {
  face: "face",
  head: "head",
  person: "person",
  plate: "plate",
  text: "text",
  code: "code",
  screen: "screen",
  damaged: "damaged frame",
  drawn: "drawn",
};

const REASONS: Record<Track["because"], string> = {
  detector: "detector",
  verifier: "second look",
  damaged: "damaged frame",
  asked: "drawn by a person",
};

export function kindWord(kind: string): string {
  return KINDS[kind] ?? kind;
}

export function reasonWord(because: Track["because"]): string {
  return REASONS[because];
}

/** Seconds as m:ss.mmm or h:mm:ss.mmm. */
export function clock(seconds: number): string {
  const ms = Math.max(0, Math.round(seconds * 1000));
  const two = (value: number) => String(value).padStart(2, "0");
  const h = Math.floor(ms / 3_600_000);
  const m = Math.floor(ms / 60_000) % 60;
  const s = `${two(Math.floor(ms / 1000) % 60)}.${String(ms % 1000).padStart(3, "0")}`;
  return h > 0 ? `${h}:${two(m)}:${s}` : `${m}:${s}`;
}

/** "1 track", "2 tracks". */
export function count(n: number, word: string): string {
  return `${n.toLocaleString("en")} ${word}${n === 1 ? "" : "s"}`;
}

/** The seconds that *text* says, as `clock` writes them or in plain seconds; null for neither. */
export function parsedClock(text: string): number | null {
  const parts = text.trim().replace(",", ".").split(":");
  if (parts.length > 3 || !parts.every((part) => /^\d+(\.\d*)?$/.test(part))) return null;
  return parts.reduce((sum, part) => sum * 60 + Number(part), 0);
}

/** The time of day of an ISO moment, in the reader's own time. */
export function timeOfDay(when: string): string {
  const date = new Date(when);
  if (Number.isNaN(date.getTime())) return when;
  return date.toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit" });
}
