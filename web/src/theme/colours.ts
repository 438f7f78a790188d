import { computed, signal } from "@preact/signals";

/** Every colour of the page, for style sheets (as `--name`) and canvases alike. */
export interface Palette {
  /** Behind the panels; of panels; of what lies deeper, such as fields and lanes. */
  ground: string;
  raised: string;
  sunk: string;
  /** Behind the picture. */
  stage: string;
  line: string;
  /** Of things that can be pressed or typed into: 3:1 against what they lie on. */
  edge: string;
  text: string;
  soft: string;
  accent: string;
  accentText: string;
  accentGround: string;
  good: string;
  warn: string;
  warnGround: string;
  bad: string;
  badGround: string;
  playhead: string;
  marked: string;
  wave: string;
  speech: string;
  kinds: Record<Kind, string>;
}

export type Kind =
  | "face"
  | "head"
  | "person"
  | "plate"
  | "text"
  | "code"
  | "screen"
  | "damaged"
  | "drawn";

const LIGHT: Palette = {
  ground: "#eceef1",
  raised: "#ffffff",
  sunk: "#f3f4f7",
  stage: "#22262d",
  line: "#d5d9e0",
  edge: "#868f9d",
  text: "#1a222d",
  soft: "#525d6d",
  accent: "#1d5fc2",
  accentText: "#ffffff",
  accentGround: "#e2ecfb",
  good: "#19713f",
  warn: "#7d5200",
  warnGround: "#fff3d3",
  bad: "#b0231c",
  badGround: "#fde9e8",
  playhead: "#d2322a",
  marked: "#1d5fc2",
  wave: "#7c8796",
  speech: "#9c5a00",
  kinds: {
    face: "#1d6fd1",
    head: "#7549c8",
    person: "#0c7f72",
    plate: "#b35a00",
    text: "#b52f7f",
    code: "#7a5a17",
    screen: "#55657a",
    damaged: "#bf2a2a",
    drawn: "#3b7a1f",
  },
};

const DARK: Palette = {
  ground: "#121519",
  raised: "#1b1f25",
  sunk: "#14181d",
  stage: "#0b0d10",
  line: "#2f363f",
  edge: "#6b7684",
  text: "#e7eaee",
  soft: "#a6b0bd",
  accent: "#7db1ff",
  accentText: "#0c1a2e",
  accentGround: "#20324d",
  good: "#6bd097",
  warn: "#efc259",
  warnGround: "#372d13",
  bad: "#ff938b",
  badGround: "#3d1f20",
  playhead: "#ff6a60",
  marked: "#7db1ff",
  wave: "#7f8a99",
  speech: "#eaa74f",
  kinds: {
    face: "#69a8ff",
    head: "#b59dff",
    person: "#4bc7b5",
    plate: "#f0a04a",
    text: "#f38fbf",
    code: "#d2b269",
    screen: "#a2b2c6",
    damaged: "#ff7d7d",
    drawn: "#9bce6a",
  },
};

/** Colours of what is drawn on pictures: light ones, whatever the page's are. */
export const onPictures: Palette = DARK;

const wish = globalThis.matchMedia?.("(prefers-color-scheme: dark)");
const dark = signal(wish?.matches ?? false);
wish?.addEventListener("change", () => {
  dark.value = wish.matches;
});

/** The colours in use; they follow what the system prefers. */
export const palette = computed(() => (dark.value ? DARK : LIGHT));

/** The colour of a kind of track, as `kindOf` gives it. */
export function kindColour(kind: string, of: Palette = palette.value): string {
  return of.kinds[kind as Kind] ?? of.kinds.screen;
}

/** Give style sheets the colours of *colours*. */
export function hang(colours: Palette, element: HTMLElement): void {
  for (const [name, value] of Object.entries(colours)) {
    if (typeof value === "string") {
      const property = name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
      element.style.setProperty(`--${property}`, value);
    }
  }
  for (const [kind, value] of Object.entries(colours.kinds)) {
    element.style.setProperty(`--kind-${kind}`, value);
  }
}
