import { indexAt } from "../model/times";
import { clock } from "../model/words";
import type { Store } from "../store";

/** Where the detector or the second look was unsure: the list, for those who do not see the marks. */
export function Unsure({ store }: { store: Store }) {
  const doc = store.doc.value;
  if (!doc) return null;
  if (doc.unsure.length === 0) {
    return <p class="empty">Neither the detector nor the second look was unsure anywhere.</p>;
  }
  const here = store.frame.value;
  return (
    <ul class="rows scroll" aria-label="Unsure moments">
      {doc.unsure.map((moment) => (
        <li key={`${moment.at} ${moment.why} ${moment.box?.join()}`}>
          <button
            type="button"
            class="row"
            aria-current={indexAt(store.times.value, moment.at + 1e-7) === here}
            onClick={() => store.actions.goToTime(moment.at)}
          >
            {doc.kind === "recording" && <span class="numerals">{clock(moment.at)}</span>}
            <span class="soft">{moment.why}</span>
          </button>
        </li>
      ))}
    </ul>
  );
}
