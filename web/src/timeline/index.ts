import type { Store } from "../store";

/** Put the timeline into *element*; gives how to take it out again. */
export function mountTimeline(element: HTMLElement, _store: Store): () => void {
  element.textContent = "timeline";
  return () => element.replaceChildren();
}
