import type { Store } from "./store";

const CATCH_UP_MS = 3000;
const ACTIVE_MS = 30_000;

/**
 * Keep in touch with the server: hear of what other pages change, and tell it now and then that
 * somebody is here, since it ends when nobody is.
 */
export function keepInTouch(store: Store): void {
  setInterval(() => {
    if (!document.hidden && store.connection.value !== "ended") void store.actions.catchUp();
  }, CATCH_UP_MS);

  let told = 0;
  const tell = () => {
    const now = performance.now();
    if (told > 0 && now - told < ACTIVE_MS) return;
    told = now;
    if (store.session.value) void store.client.active().catch(() => undefined);
  };
  for (const event of ["keydown", "pointerdown", "pointermove", "wheel"] as const) {
    addEventListener(event, tell, { passive: true, capture: true });
  }

  addEventListener("beforeunload", (event) => {
    if (store.unsaved.value > 0) event.preventDefault();
  });
}
