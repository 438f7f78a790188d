import type { Store } from "../store";

interface Binding {
  /** As `KeyboardEvent.key` has it, small letters; "ctrl+" and "shift+" before it. */
  keys: string[];
  /** As people read it. */
  shown: string;
  does: string;
  group: "Moving" | "Correcting" | "Looking" | "Checking";
  run: (store: Store) => void;
}

/** Every key of the page: what is handled, and what the help lists, is this table. */
export const BINDINGS: readonly Binding[] = [
  bind("Moving", ["arrowleft"], "←", "one frame back", (s) => s.actions.step(-1)),
  bind("Moving", ["arrowright"], "→", "one frame on", (s) => s.actions.step(1)),
  bind("Moving", ["shift+arrowleft"], "Shift ←", "ten frames back", (s) => s.actions.step(-10)),
  bind("Moving", ["shift+arrowright"], "Shift →", "ten frames on", (s) => s.actions.step(10)),
  bind("Moving", [" "], "Space", "play, stop", (s) => s.actions.toggle()),
  bind("Moving", ["j"], "J", "play backwards; again: faster", (s) => s.actions.shuttle(-1)),
  bind("Moving", ["k"], "K", "stop", (s) => s.actions.pause()),
  bind("Moving", ["l"], "L", "play; again: faster", (s) => s.actions.shuttle(1)),
  bind("Moving", ["home"], "Home", "first frame", (s) => s.actions.goTo(0)),
  bind("Moving", ["end"], "End", "last frame", (s) => s.actions.goTo(s.times.value.length - 1)),
  bind("Moving", ["n"], "N", "next unsure moment", (s) => unsure(s, 1)),
  bind("Moving", ["shift+n"], "Shift N", "unsure moment before", (s) => unsure(s, -1)),
  bind("Moving", ["t"], "T", "next start or end of a track", (s) => end(s, 1)),
  bind("Moving", ["shift+t"], "Shift T", "start or end before", (s) => end(s, -1)),
  bind("Moving", ["."], ".", "next file", (s) => s.actions.nextFile(1)),
  bind("Moving", [","], ",", "file before", (s) => s.actions.nextFile(-1)),

  bind("Correcting", ["x"], "X", "keep or hide the selection", (s) => s.actions.keepOrHide()),
  bind("Correcting", ["d"], "D", "draw a region", (s) => draw(s)),
  bind("Correcting", ["f"], "F", "let the selected one follow", (s) => s.actions.follow()),
  bind("Correcting", ["["], "[", "the selected one starts here", (s) => s.actions.startHere()),
  bind("Correcting", ["]"], "]", "the selected one ends here", (s) => s.actions.endHere()),
  bind("Correcting", ["i"], "I", "mark: starts with this frame", (s) => s.actions.mark("start")),
  bind("Correcting", ["o"], "O", "mark: ends with this frame", (s) => s.actions.mark("end")),
  bind("Correcting", ["b"], "B", "black out the marked span", (s) => s.actions.blackout()),
  bind("Correcting", ["s"], "S", "split the selected track here", (s) => s.actions.split()),
  bind("Correcting", ["delete", "backspace"], "Delete", "remove what was drawn", (s) =>
    s.actions.remove(),
  ),
  bind("Correcting", ["ctrl+z"], "Ctrl Z", "undo", (s) => s.actions.undo()),
  bind("Correcting", ["ctrl+shift+z", "ctrl+y"], "Ctrl Shift Z", "redo", (s) => s.actions.redo()),
  bind("Correcting", ["escape"], "Escape", "leave what was begun", (s) => leave(s)),

  bind("Looking", ["m"], "M", "masks: as rendered, outlines, none", (s) => masks(s)),
  bind("Looking", ["u"], "U", "sound on, off", (s) => {
    s.muted.value = !s.muted.value;
  }),
  bind("Looking", ["+", "shift++", "="], "+", "timeline closer", (s) => s.actions.zoom(2)),
  bind("Looking", ["-"], "−", "timeline wider", (s) => s.actions.zoom(0.5)),
  bind("Looking", ["0"], "0", "all of the timeline", (s) => s.actions.fit()),
  bind("Looking", ["?", "shift+?"], "?", "this help", (s) => {
    s.dialog.value = "help";
  }),

  bind("Checking", ["c"], "C", "audit walk: clean, go on", (s) => s.actions.look(true)),
  bind("Checking", ["v"], "V", "audit walk: fix it now", (s) => s.actions.look(false)),
];

function bind(
  group: Binding["group"],
  keys: string[],
  shown: string,
  does: string,
  run: (store: Store) => unknown,
): Binding {
  return { group, keys, shown, does, run: (store) => void run(store) };
}

/** What can be done while there is no picture. */
const WITHOUT: ReadonlySet<string> = new Set([".", ",", "?", "shift+?"]);

const BY_KEY = new Map(BINDINGS.flatMap((one) => one.keys.map((key) => [key, one] as const)));

/** Have the keys of the page do what the table says, until the function returned is called. */
export function listenToKeys(store: Store): () => void {
  const heard = (event: KeyboardEvent) => {
    if (event.defaultPrevented || event.isComposing || event.altKey) return;
    if (store.dialog.value !== null) return;
    const key = spelled(event);
    if (taken(event.target, key)) return;
    const binding = BY_KEY.get(key);
    if (!binding || !(store.doc.value || WITHOUT.has(key))) return;
    event.preventDefault();
    binding.run(store);
  };
  addEventListener("keydown", heard);
  return () => removeEventListener("keydown", heard);
}

function spelled(event: KeyboardEvent): string {
  const key = event.key.toLowerCase();
  const ctrl = event.ctrlKey || event.metaKey ? "ctrl+" : "";
  return `${ctrl}${event.shiftKey ? "shift+" : ""}${key}`;
}

/** Whether the element that has the focus needs *key* itself. */
function taken(target: EventTarget | null, key: string): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target instanceof HTMLSelectElement || target instanceof HTMLTextAreaElement) return true;
  if (target instanceof HTMLInputElement) {
    return target.type !== "checkbox" && target.type !== "radio" ? true : key === " ";
  }
  return key === " " && target.closest("button, a, summary, [role=tab], [role=option]") !== null;
}

function unsure(store: Store, way: 1 | -1): void {
  if (!store.actions.nextUnsure(way)) {
    store.actions.say(way > 0 ? "no unsure moment after this" : "no unsure moment before this");
  }
}

function end(store: Store, way: 1 | -1): void {
  if (!store.actions.nextEnd(way)) {
    store.actions.say(
      way > 0 ? "no track starts or ends after this" : "no track starts or ends before this",
    );
  }
}

function draw(store: Store): void {
  store.tool.value = store.tool.value === "draw" ? "select" : "draw";
  if (store.tool.value === "draw") {
    store.actions.pause();
    // Those who draw without a pointer go on there: Enter, then arrows.
    document.querySelector<HTMLElement>(".stage [tabindex]")?.focus();
    store.actions.say("draw a box on the picture; without a mouse: Enter, then arrows");
  }
}

function masks(store: Store): void {
  const next = { rendered: "outlines", outlines: "none", none: "rendered" } as const;
  store.masks.value = next[store.masks.value];
}

function leave(store: Store): void {
  const { start, end } = store.marked.value;
  if (store.tool.value === "draw") store.tool.value = "select";
  else if (start !== null || end !== null) store.actions.unmark();
  else store.actions.deselect();
}
