import { useEffect, useState } from "preact/hooks";

const KEPT_AS = "bystander-timeline-height";
const LEAST = 130;
const STEP = 24;

const most = () => Math.max(LEAST, innerHeight - 360);
const usual = () => Math.min(300, Math.max(150, Math.round(innerHeight * 0.3)));
const within = (height: number) => Math.round(Math.min(most(), Math.max(LEAST, height)));

/** The line above the timeline, which can be drawn up and down; double click: as it was. */
export function Splitter() {
  const [height, setHeight] = useState(() =>
    within(Number(localStorage.getItem(KEPT_AS)) || usual()),
  );
  useEffect(() => {
    document.documentElement.style.setProperty("--timeline-height", `${height}px`);
  }, [height]);
  const set = (wanted: number) => {
    const now = within(wanted);
    setHeight(now);
    localStorage.setItem(KEPT_AS, String(now));
  };
  const onKey = (event: KeyboardEvent) => {
    const by = { ArrowUp: STEP, ArrowDown: -STEP }[event.key];
    if (!by) return;
    event.preventDefault();
    set(height + by);
  };
  return (
    // biome-ignore lint/a11y/useSemanticElements: a rule cannot be moved
    <div
      class="splitter"
      role="separator"
      aria-label="Height of the timeline"
      aria-orientation="horizontal"
      aria-valuemin={LEAST}
      aria-valuemax={most()}
      aria-valuenow={height}
      tabIndex={0}
      onKeyDown={onKey}
      onDblClick={() => set(usual())}
      onPointerDown={(event) => event.currentTarget.setPointerCapture(event.pointerId)}
      onPointerMove={(event) => {
        if (event.currentTarget.hasPointerCapture(event.pointerId)) {
          set(innerHeight - event.clientY);
        }
      }}
    />
  );
}
