import type { List } from "../state";
import type { Store } from "../store";
import { Files } from "./files";
import { type Tab, Tabs } from "./parts";
import { Speech } from "./speech";
import { TrackList } from "./tracks";
import { Unsure } from "./unsure";

/** The left column: what there is. */
export function Lists({ store }: { store: Store }) {
  const doc = store.doc.value;
  const tabs: Tab<List>[] = [
    { name: "tracks", label: "Tracks", badge: doc?.tracks.length.toLocaleString("en") },
    { name: "unsure", label: "Unsure", badge: doc?.unsure.length.toLocaleString("en") },
  ];
  if (doc?.kind === "recording" && doc.has_sound) {
    tabs.push({ name: "speech", label: "Speech" });
  }
  if ((store.session.value?.files.length ?? 0) > 1) tabs.push({ name: "files", label: "Files" });
  const wanted = store.list.value;
  const chosen = tabs.some((tab) => tab.name === wanted) ? wanted : "tracks";
  return (
    <aside class="left" aria-label="Lists">
      <Tabs
        label="Lists"
        tabs={tabs}
        chosen={chosen}
        choose={(name) => {
          store.list.value = name;
        }}
      >
        {chosen === "tracks" && <TrackList store={store} />}
        {chosen === "unsure" && <Unsure store={store} />}
        {chosen === "speech" && <Speech store={store} />}
        {chosen === "files" && <Files store={store} />}
      </Tabs>
    </aside>
  );
}
