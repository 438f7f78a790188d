import type { ComponentChildren } from "preact";
import { useEffect, useId, useRef, useState } from "preact/hooks";
import { clock, parsedClock } from "../model/words";
import { kindColour } from "../theme/colours";
import { Icon } from "./icons";

/** A small square of the colour of a kind. */
export function Swatch({ kind, hollow = false }: { kind: string; hollow?: boolean }) {
  const colour = kindColour(kind);
  return (
    <span
      class="swatch"
      style={hollow ? { borderColor: colour } : { borderColor: colour, background: colour }}
      aria-hidden="true"
    />
  );
}

export interface Tab<Name extends string> {
  name: Name;
  label: string;
  badge?: string | undefined;
}

/** A row of tabs over the panel that is chosen. Arrows go from one to the next. */
export function Tabs<Name extends string>(props: {
  label: string;
  tabs: Tab<Name>[];
  chosen: Name;
  choose: (name: Name) => void;
  children: ComponentChildren;
}) {
  const id = useId();
  const row = useRef<HTMLDivElement>(null);
  const onKey = (event: KeyboardEvent) => {
    const way = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!way) return;
    event.preventDefault();
    const at = props.tabs.findIndex((tab) => tab.name === props.chosen);
    const next = props.tabs[(at + way + props.tabs.length) % props.tabs.length];
    if (!next) return;
    props.choose(next.name);
    row.current?.querySelector<HTMLElement>(`[data-tab=${next.name}]`)?.focus();
  };
  return (
    <div class="tabs">
      <div class="tab-row" role="tablist" aria-label={props.label} ref={row} onKeyDown={onKey}>
        {props.tabs.map((tab) => (
          <button
            key={tab.name}
            type="button"
            role="tab"
            id={`${id}-${tab.name}`}
            data-tab={tab.name}
            aria-selected={tab.name === props.chosen}
            aria-controls={`${id}-panel`}
            tabIndex={tab.name === props.chosen ? 0 : -1}
            onClick={() => props.choose(tab.name)}
          >
            {tab.label}
            {tab.badge && <span class="badge">{tab.badge}</span>}
          </button>
        ))}
      </div>
      <div
        class="tab-panel"
        role="tabpanel"
        id={`${id}-panel`}
        aria-labelledby={`${id}-${props.chosen}`}
      >
        {props.children}
      </div>
    </div>
  );
}

/** A field for a moment: as m:ss.mmm or in seconds; what cannot be read is not taken. */
export function TimeField(props: {
  label: string;
  value: number;
  change: (at: number) => void;
  disabled?: boolean;
}) {
  const [text, setText] = useState(clock(props.value));
  const [wrong, setWrong] = useState(false);
  useEffect(() => {
    setText(clock(props.value));
    setWrong(false);
  }, [props.value]);
  const take = () => {
    if (text === clock(props.value)) return;
    const at = parsedClock(text);
    setWrong(at === null);
    if (at === null) return;
    // What stands here is what holds: the new moment, once it is taken.
    setText(clock(props.value));
    props.change(at);
  };
  return (
    <input
      class="time"
      type="text"
      inputMode="decimal"
      aria-label={props.label}
      aria-invalid={wrong}
      title={wrong ? "minutes and seconds, such as 1:02.500, or seconds" : props.label}
      disabled={props.disabled}
      value={text}
      onInput={(event) => setText(event.currentTarget.value)}
      onBlur={take}
      onKeyDown={(event) => {
        if (event.key === "Enter") take();
        if (event.key === "Escape") setText(clock(props.value));
      }}
    />
  );
}

/** A dialog over the page; Escape and its close button leave it. */
export function Dialog(props: {
  title: string;
  class?: string;
  close: () => void;
  children: ComponentChildren;
}) {
  const id = useId();
  const place = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const element = place.current;
    const before = document.activeElement;
    element?.showModal();
    // What the dialog is about comes first, its close button last.
    element?.querySelector<HTMLElement>("[data-first], footer button")?.focus();
    // It is taken away rather than closed, so nobody else gives the focus back.
    return () => before instanceof HTMLElement && before.focus({ preventScroll: true });
  }, []);
  return (
    <dialog
      ref={place}
      class={props.class}
      aria-labelledby={id}
      onClose={props.close}
      onCancel={(event) => {
        event.preventDefault();
        props.close();
      }}
    >
      <header>
        <h2 id={id}>{props.title}</h2>
        <IconButton icon="close" label="Close" press={props.close} />
      </header>
      {props.children}
    </dialog>
  );
}

/** A button that shows a picture only; its label is what is read, and what hovering shows. */
export function IconButton(props: {
  icon: Parameters<typeof Icon>[0]["name"];
  label: string;
  press: () => unknown;
  disabled?: boolean;
  pressed?: boolean;
  keys?: string;
}) {
  return (
    <button
      type="button"
      class="icon-button"
      aria-label={props.label}
      aria-pressed={props.pressed}
      title={props.keys ? `${props.label} (${props.keys})` : props.label}
      disabled={props.disabled}
      onClick={() => void props.press()}
    >
      <Icon name={props.icon} />
    </button>
  );
}

/** A button with a word, and the key that does the same. */
export function Button(props: {
  children: ComponentChildren;
  press: () => unknown;
  keys?: string;
  disabled?: boolean;
  look?: "main" | "plain" | "quiet";
}) {
  return (
    <button
      type="button"
      class={props.look ?? "plain"}
      disabled={props.disabled}
      onClick={() => void props.press()}
    >
      {props.children}
      {props.keys && <kbd aria-hidden="true">{props.keys}</kbd>}
    </button>
  );
}
