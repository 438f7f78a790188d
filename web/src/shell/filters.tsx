import type { Track } from "../api/types";
import { EVERYTHING, type Filter, kindOf } from "../model/tracks";
import { kindWord, reasonWord } from "../model/words";
import type { Store } from "../store";
import { Swatch } from "./parts";

const STATES: [Filter["state"], string][] = [
  ["all", "any state"],
  ["here", "at the play head"],
  ["unsure", "unsure"],
  ["decided", "decided on"],
  ["hidden", "hidden"],
  ["kept", "kept"],
];
const REASONS = ["detector", "verifier", "damaged", "asked"] as const;

/** Which tracks the list shows: by kind, by state, by what found them. */
export function Filters({ store, tracks }: { store: Store; tracks: Track[] }) {
  const filter = store.filter.value;
  const counts = new Map<string, number>();
  for (const track of tracks) counts.set(kindOf(track), (counts.get(kindOf(track)) ?? 0) + 1);
  const set = (change: Partial<Filter>) => {
    store.filter.value = { ...filter, ...change };
  };
  const toggle = (kind: string) => {
    const kinds = new Set(filter.kinds);
    if (!kinds.delete(kind)) kinds.add(kind);
    set({ kinds });
  };
  const filtered =
    filter.kinds.size > 0 || filter.because.size > 0 || filter.state !== EVERYTHING.state;
  return (
    <div class="filters">
      <fieldset class="chips">
        <legend class="unseen">Kinds</legend>
        {[...counts].sort().map(([kind, n]) => (
          <button
            key={kind}
            type="button"
            class="chip"
            aria-pressed={filter.kinds.has(kind)}
            onClick={() => toggle(kind)}
          >
            <Swatch kind={kind} />
            {kindWord(kind)} <span class="numerals soft">{n.toLocaleString("en")}</span>
          </button>
        ))}
      </fieldset>
      <div class="filter-row">
        <select
          aria-label="State"
          value={filter.state}
          onChange={(event) => set({ state: event.currentTarget.value as Filter["state"] })}
        >
          {STATES.map(([state, word]) => (
            <option key={state} value={state}>
              {word}
            </option>
          ))}
        </select>
        <select
          aria-label="Found by"
          value={[...filter.because][0] ?? ""}
          onChange={(event) => {
            const because = event.currentTarget.value;
            set({ because: new Set(because ? [because] : []) });
          }}
        >
          <option value="">found by any</option>
          {REASONS.map((because) => (
            <option key={because} value={because}>
              {reasonWord(because)}
            </option>
          ))}
        </select>
        {filtered && (
          <button
            type="button"
            class="quiet"
            onClick={() => {
              store.filter.value = EVERYTHING;
            }}
          >
            Clear
          </button>
        )}
      </div>
    </div>
  );
}
