import type { Client } from "./api/client";

const LONGEST_S = 60;

let context: AudioContext | null = null;
let playing: AudioBufferSourceNode | null = null;

/** Sound of the recording, a piece at a time; a new one takes the place of the one that plays. */
export const listen = {
  /** Fetch and play the sound of file *n* from *start* to *end*, in seconds. */
  async to(client: Client, n: number, start: number, end: number): Promise<void> {
    listen.stop();
    context ??= new AudioContext();
    await context.resume();
    const bytes = await client.sound(n, start, Math.min(end, start + LONGEST_S));
    const source = context.createBufferSource();
    source.buffer = await context.decodeAudioData(bytes);
    source.connect(context.destination);
    source.start();
    playing = source;
  },

  stop(): void {
    playing?.stop();
    playing = null;
  },
};
