import "./theme/base.css";
import "./theme/layout.css";
import "./theme/lists.css";
import "./theme/panels.css";
import { effect } from "@preact/signals";
import { render } from "preact";
import { listenToKeys } from "./shell/keys";
import { Page } from "./shell/page";
import { createStore } from "./store";
import { hang, palette } from "./theme/colours";
import { keepInTouch } from "./touch";

const place = document.getElementById("page");
if (place) {
  const store = createStore();
  effect(() => hang(palette.value, document.documentElement));
  effect(() => {
    const doc = store.doc.value;
    document.title = doc ? `${doc.name} – bystander review` : "bystander review";
  });
  render(<Page store={store} />, place);
  listenToKeys(store);
  keepInTouch(store);
  void store.actions.begin().then(store.actions.pickUp);
}
