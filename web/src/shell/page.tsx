import { useEffect, useRef } from "preact/hooks";
import { mountStage } from "../stage";
import type { Store } from "../store";
import { mountTimeline } from "../timeline";

export function Page({ store }: { store: Store }) {
  return (
    <main>
      <Hole mount={mountStage} store={store} name="stage" />
      <Hole mount={mountTimeline} store={store} name="timeline" />
    </main>
  );
}

function Hole(props: {
  mount: (element: HTMLElement, store: Store) => () => void;
  store: Store;
  name: string;
}) {
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (place.current) return props.mount(place.current, props.store);
    return undefined;
  }, [props.mount, props.store]);
  return <div ref={place} class={props.name} />;
}
