import type { Store } from "../store";
import { IconButton } from "./parts";

/** Short messages over the picture's foot. */
export function Notices({ store }: { store: Store }) {
  return (
    <section class="notices" aria-live="polite" aria-label="Messages">
      {store.notices.value.map((notice) => (
        <p key={notice.id} class={`notice ${notice.tone}`}>
          <span>{notice.text}</span>
          <IconButton icon="close" label="Dismiss" press={() => store.actions.dismiss(notice.id)} />
        </p>
      ))}
    </section>
  );
}
