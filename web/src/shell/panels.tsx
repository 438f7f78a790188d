import { unseen } from "../actions/audit";
import type { Panel } from "../state";
import type { Store } from "../store";
import { AuditPanel } from "./audit";
import { HistoryPanel } from "./history";
import { Inspector } from "./inspector";
import { type Tab, Tabs } from "./parts";
import { RenderPanel } from "./render";

/** The right column: what can be done. */
export function Panels({ store }: { store: Store }) {
  const walk = store.walk.value;
  const left = walk ? unseen(walk).length : 0;
  const tabs: Tab<Panel>[] = [{ name: "selection", label: "Selection" }];
  // A photo is one moment, and everybody who reviews it looks at it.
  if (store.doc.value?.kind !== "photo") {
    tabs.push({ name: "audit", label: "Audit", badge: left > 0 ? String(left) : undefined });
  }
  tabs.push({ name: "history", label: "History" }, { name: "render", label: "Render" });
  const wanted = store.panel.value;
  const chosen = tabs.some((tab) => tab.name === wanted) ? wanted : "selection";
  return (
    <aside class="right" aria-label="Panels">
      <Tabs
        label="Panels"
        tabs={tabs}
        chosen={chosen}
        choose={(name) => {
          store.panel.value = name;
        }}
      >
        {store.doc.value && (
          <div class="panel scroll">
            {chosen === "selection" && <Inspector store={store} />}
            {chosen === "audit" && <AuditPanel store={store} />}
            {chosen === "history" && <HistoryPanel store={store} />}
            {chosen === "render" && <RenderPanel store={store} />}
          </div>
        )}
      </Tabs>
    </aside>
  );
}
