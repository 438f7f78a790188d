import type { Store } from "../store";

/** Put the picture, and what can be done on it, into *element*; gives how to take it out again. */
export function mountStage(element: HTMLElement, _store: Store): () => void {
  element.textContent = "picture";
  return () => element.replaceChildren();
}
