/** The page's typeface, for text on canvases. */
export const FONT = 'system-ui, "Liberation Sans", sans-serif';

/** Black or white, whichever is read more easily on *colour*, a `#rrggbb`. */
export function inkOn(colour: string): string {
  return luminance(colour) > 0.179 ? "#000000" : "#ffffff";
}

/** The relative luminance of WCAG 2, in [0, 1]; 0.179 is as far from black as from white. */
export function luminance(colour: string): number {
  const part = (place: number): number => {
    const value = Number.parseInt(colour.slice(place, place + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  };
  return 0.2126 * part(1) + 0.7152 * part(3) + 0.0722 * part(5);
}
