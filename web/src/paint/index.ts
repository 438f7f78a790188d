/** What both canvases are painted with: cues beside colour, ink that can be read, sharp canvases. */
export { letter, Patterns } from "./cues";
export { FONT, inkOn } from "./ink";
export { onceAFrame, Sharp } from "./sharp";
