/** How the timeline is laid out from top to bottom, and how many lanes of it are seen. */

/** What the names of the rows are written on, at the left; time begins to the right of it. */
export const GUTTER = 68;

export interface Row {
  readonly top: number;
  readonly height: number;
}

export interface Rows {
  readonly ruler: Row;
  readonly markers: Row;
  readonly film: Row;
  readonly lanes: Row;
  readonly sound: Row;
  /** The height of one lane. */
  readonly lane: number;
  /** How far the lanes can be scrolled. */
  readonly most: number;
}

const TALLEST_LANE = 20;
const LOWEST_LANE = 12;
/** Above the first lane and below the last. */
const PAD = 2;
const GAP = 1;

/** Share out `height` among the rows: the lanes get what the others leave, and are scrolled if it is not enough. */
export function layOut(height: number, lanes: number, hasSound: boolean): Rows {
  const low = height < 190;
  const ruler = { top: 0, height: 24 };
  const markers = { top: 24, height: 14 };
  const film = { top: 38 + GAP, height: low ? 26 : 38 };
  const top = film.top + film.height + GAP;
  const sound = { top: 0, height: hasSound ? (low ? 28 : 42) : 0 };
  const room = Math.max(height - top - sound.height - (hasSound ? GAP : 0), LOWEST_LANE);
  sound.top = top + room + GAP;
  const fair = Math.floor((room - 2 * PAD) / Math.max(lanes, 1));
  const lane = Math.min(Math.max(fair, LOWEST_LANE), TALLEST_LANE);
  const most = Math.max(lanes * lane + 2 * PAD - room, 0);
  return { ruler, markers, film, lanes: { top, height: room }, sound, lane, most };
}

export type RowName = "ruler" | "markers" | "film" | "lanes" | "sound";

export function rowAt(rows: Rows, y: number): RowName | null {
  for (const name of ["ruler", "markers", "film", "lanes", "sound"] as const) {
    const row = rows[name];
    if (y >= row.top && y < row.top + row.height) return name;
  }
  return null;
}

/** Where lane `number` begins, counted over all groups. */
export function laneTop(rows: Rows, scroll: number, number: number): number {
  return rows.lanes.top + PAD + number * rows.lane - scroll;
}

/** The number of the lane at `y`, counted over all groups; it may be one that there is not. */
export function laneAt(rows: Rows, scroll: number, y: number): number {
  return Math.floor((y - laneTop(rows, scroll, 0)) / rows.lane);
}

/** Scroll no further than is needed to see lane `number`. */
export function revealed(rows: Rows, scroll: number, number: number): number {
  const top = number * rows.lane;
  const least = top + rows.lane + 2 * PAD - rows.lanes.height;
  return Math.min(Math.max(Math.min(Math.max(scroll, least), top), 0), rows.most);
}
