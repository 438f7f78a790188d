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

// The title stays what it is: browsers write it into their history, and the file's name with it.
const place = document.getElementById("page");
if (place) {
  const store = createStore();
  effect(() => hang(palette.value, document.documentElement));
  render(<Page store={store} />, place);
  listenToKeys(store);
  keepInTouch(store);
  void store.actions.begin().then(store.actions.pickUp);
}
