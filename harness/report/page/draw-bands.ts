/** Draws faults: bands over the whole height of a board, with their names in strips at its top. */

import type { FaultBand } from "../html/model.ts";
import type { Surface } from "./board.tsx";
import { line } from "./pen.ts";

/** Above the strips stand the times. */
export const ticksHeight = 20;
export const stripHeight = 17;

/** Faults that overlap stand in rows of their own, as few as will do. */
export function rowsOf(faults: readonly FaultBand[]): FaultBand[][] {
  const rows: FaultBand[][] = [];
  for (const fault of faults) {
    const row = rows.find((others) => others.at(-1)!.toUs < fault.fromUs);
    if (row === undefined) rows.push([fault]);
    else row.push(fault);
  }
  return rows;
}

export function drawBands(
  { pen, height, width, colours, gutter }: Surface & { readonly gutter: number },
  strips: readonly (readonly FaultBand[])[],
  x: (us: number) => number,
): void {
  for (const [row, strip] of strips.entries()) {
    for (const { id, what, where, fromUs, toUs } of strip) {
      const [from, to] = [x(fromUs), Math.max(x(fromUs) + 2, x(toUs))];
      if (to < gutter || from > width) continue;
      const y = ticksHeight + row * stripHeight;
      pen.fillStyle = colours.band;
      pen.globalAlpha = 0.16;
      pen.fillRect(from, y, to - from, height - y);
      pen.globalAlpha = 0.55;
      pen.fillRect(from, y, to - from, stripHeight - 3);
      pen.globalAlpha = 1;
      pen.strokeStyle = colours.band;
      pen.lineWidth = 1;
      pen.setLineDash([3, 3]);
      line(pen, from, y, from, height);
      if (toUs > fromUs) line(pen, to, y, to, height);
      pen.setLineDash([]);
      pen.save();
      pen.beginPath();
      // A moment's name may stand beside it.
      const start = Math.max(from, gutter);
      const room = Math.max(to - start, 150);
      pen.rect(start, y, room, stripHeight - 3);
      pen.clip();
      pen.fillStyle = colours.ink;
      pen.fillText(`${id}: ${what}${where === undefined ? "" : ` (${where})`}`, start + 4, y + (stripHeight - 3) / 2);
      pen.restore();
    }
  }
}
