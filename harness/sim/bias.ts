/** Where in its range the weather draws a message's delay: nothing that it could not have drawn by itself. */

/** The slow end of the range, the fast end, or each message one of the two. */
export type Toward = "late" | "early" | "either";

/** Of 2^32: late ones come from the slowest sixteenth, early ones from the fastest half. */
const lateFrom = 15 * 2 ** 28;

/** A draw of the weather, moved to that end. `side` is another draw, for who may go either way. */
export function biased(draw: number, toward: Toward, side: number): number {
  const late = toward === "late" || (toward === "either" && side < 0x8000_0000);
  return late ? lateFrom + (draw >>> 4) : draw >>> 1;
}
