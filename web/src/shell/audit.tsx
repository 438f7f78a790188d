import { useEffect, useRef } from "preact/hooks";
import { unseen } from "../actions/audit";
import type { Audit, Look } from "../api/types";
import { indexAt } from "../model/times";
import { clock } from "../model/words";
import type { Store } from "../store";
import { Icon } from "./icons";
import { Button } from "./parts";

/** The audit walk: a random sample of moments, one key each. */
export function AuditPanel({ store }: { store: Store }) {
  const walk = store.walk.value;
  const doc = store.doc.value;
  if (!walk || !doc) return null;
  if (walk.moments.length === 0) return <p class="lead">There is nothing to walk through.</p>;
  const left = unseen(walk).length;
  const looked = walk.moments.length - left;
  return (
    <>
      <h2 class="panel-title">
        Walk {walk.walk}
        <span class="gap" />
        <span class="soft numerals">
          {looked} of {walk.moments.length}
        </span>
      </h2>
      <progress max={walk.moments.length} value={looked} aria-label="Moments looked at" />
      <p class="soft">
        Moments drawn at random. Look at the picture as it will be written, all over it: is anybody
        to be seen who should not be?
      </p>
      <div class="button-row">
        {left > 0 && looked === 0 && (
          <Button look="main" press={store.actions.goOn}>
            Begin
          </Button>
        )}
        <Button keys="C" press={() => store.actions.look(true)}>
          Clean
        </Button>
        <Button keys="V" press={() => store.actions.look(false)}>
          Fix now
        </Button>
        {left === 0 && (
          <Button look="main" press={store.actions.newWalk}>
            Begin another walk
          </Button>
        )}
      </div>
      {walk.sentence && (
        <p class="sentence" role="status">
          {walk.sentence}
        </p>
      )}
      {walk.supports.length > 0 && (
        <details>
          <summary>What clean looks support</summary>
          <table class="supports">
            <thead>
              <tr>
                <th scope="col">Clean looks</th>
                <th scope="col">Frames with somebody, 95 % confidence</th>
              </tr>
            </thead>
            <tbody>
              {walk.supports.map((line) => (
                <tr key={line.clean_looks}>
                  <td class="numerals">{line.clean_looks}</td>
                  <td class="numerals">fewer than {line.fewer_than_percent} %</td>
                </tr>
              ))}
            </tbody>
          </table>
        </details>
      )}
      <Moments store={store} walk={walk} />
    </>
  );
}

function Moments({ store, walk }: { store: Store; walk: Audit }) {
  const list = useRef<HTMLUListElement>(null);
  const here = store.frame.value;
  useEffect(() => {
    list.current?.querySelector("[aria-current=true]")?.scrollIntoView({ block: "nearest" });
  }, [here]);
  return (
    <ul class="rows moments" aria-label="Moments of this walk" ref={list}>
      {walk.moments.map((at) => (
        <li key={at}>
          <button
            type="button"
            class="row"
            aria-current={indexAt(store.times.value, at + 1e-7) === here}
            onClick={() => store.actions.goToTime(at)}
          >
            <span class="numerals">{clock(at)}</span>
            <Seen look={walk.looks.findLast((one) => Math.abs(one.at - at) < 1e-6)} />
          </button>
        </li>
      ))}
    </ul>
  );
}

function Seen({ look }: { look: Look | undefined }) {
  if (!look) return <span class="soft">not looked at</span>;
  return look.clean ? (
    <span class="good">
      <Icon name="check" /> clean
    </span>
  ) : (
    <span class="warn">
      <Icon name="flag" /> to mend
    </span>
  );
}
