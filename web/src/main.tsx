import { render } from "preact";
import { Page } from "./shell/page";
import { createStore } from "./store";

const place = document.getElementById("page");
if (place) {
  const store = createStore();
  render(<Page store={store} />, place);
  void store.actions.heeding(async () => {
    await store.actions.refresh();
    const first = store.session.value?.files[0];
    if (first) await store.actions.open(first.n);
  });
}
