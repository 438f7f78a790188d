import type { Store } from "../store";
import { Timeline } from "./timeline";
import "./timeline.css";

/** Put the timeline into *element*; gives how to take it out again. */
export function mountTimeline(element: HTMLElement, store: Store): () => void {
  const timeline = new Timeline(element, store);
  return () => timeline.close();
}
