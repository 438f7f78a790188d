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
  const tabs: Tab<Panel>[] = [
    { name: "selection", label: "Selection" },
    { name: "audit", label: "Audit", badge: left > 0 ? String(left) : undefined },
    { name: "history", label: "History" },
    { name: "render", label: "Render" },
  ];
  const chosen = store.panel.value;
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
