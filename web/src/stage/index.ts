import type { Store } from "../store";
import { SoundTrack } from "./sound";
import { Stage } from "./stage";
import "./stage.css";

/** Put the picture, and what can be done on it, into *element*; gives how to take it out again. */
export function mountStage(element: HTMLElement, store: Store): () => void {
  const stage = new Stage(element, store);
  const sound = new SoundTrack(store);
  return () => {
    sound.close();
    stage.close();
  };
}
