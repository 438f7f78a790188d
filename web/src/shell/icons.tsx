const PATHS = {
  undo: "M6 3 2.500 6.500 6 10M3 6.500h6.500a4 4 0 0 1 0 8H7",
  redo: "M10 3l3.500 3.500L10 10M13 6.500H6.500a4 4 0 0 0 0 8H9",
  play: "M4.500 2.500v11l8.500-5.500z",
  pause: "M5 3v10M11 3v10",
  back: "M11 3 5 8l6 5z",
  forth: "M5 3l6 5-6 5z",
  first: "M4 3v10M12 3 6.500 8 12 13z",
  last: "M12 3v10M4 3l5.500 5L4 13z",
  draw: "M2.500 2.500h11v11h-11zM8 5.500v5M5.500 8h5",
  help: "M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12zM6.200 6.200c0-2.400 3.600-2.400 3.600 0 0 1.500-1.800 1.500-1.800 3M8 11.200v.3",
  close: "M4 4l8 8M12 4l-8 8",
  bin: "M3 4.500h10M6.500 4.500v-2h3v2M4.500 4.500l.7 9h5.600l.7-9",
  listen: "M3 6v4h2.500L9 13V3L5.500 6zM11.500 5.500c1.300 1.500 1.300 3.500 0 5",
  go: "M2.500 8h8M7.500 5l3 3-3 3M13.500 3v10",
  flag: "M4 14V2.500h8l-1.800 3L12 8.500H4",
  check: "M3 8.500 6.500 12 13 4.500",
  plus: "M8 3v10M3 8h10",
  minus: "M3 8h10",
  eye: "M1.500 8C4 3.500 12 3.500 14.500 8 12 12.500 4 12.500 1.500 8zM8 10a2 2 0 1 0 0-4 2 2 0 0 0 0 4z",
  hidden: "M2.500 4.500h11v7h-11z",
} as const;

const FILLED: ReadonlySet<string> = new Set(["play", "back", "forth", "first", "last", "hidden"]);

/** A small picture beside a word, or on a button that has a label. */
export function Icon({ name }: { name: keyof typeof PATHS }) {
  return (
    <svg
      class={FILLED.has(name) ? "icon filled" : "icon"}
      viewBox="0 0 16 16"
      aria-hidden="true"
      focusable="false"
    >
      <path d={PATHS[name]} />
    </svg>
  );
}
