/** Draws a history: bars per process, the order that explains them as a path through them, and what no order explains. */

import type { FaultBand, PageHistory } from "../html/model.ts";
import { cut } from "../text.ts";
import { timeText } from "./axis.ts";
import type { Pick, Surface } from "./board.tsx";
import { drawBands, rowsOf, stripHeight, ticksHeight } from "./draw-bands.ts";
import { drawGutter, drawTicks, type Frame, placing, startSheet } from "./draw-frame.ts";
import { drawOperation } from "./draw-signs.ts";
import type { orderPoints, Row } from "./history-rows.ts";
import { cross, line } from "./pen.ts";

export interface HistoryScene extends Frame {
  readonly history: PageHistory;
  readonly rows: readonly Row[];
  readonly points: ReturnType<typeof orderPoints>;
  readonly faults: readonly FaultBand[];
  readonly cursor: number | undefined;
}

const rowHeight = 40;

export function historyHeight(rows: readonly Row[], faults: readonly FaultBand[]): number {
  return topOf(faults) + rows.length * rowHeight + 12;
}

function topOf(faults: readonly FaultBand[]): number {
  return ticksHeight + rowsOf(faults).length * stripHeight + 6;
}

export function drawHistory(scene: HistoryScene, surface: Surface): Pick<number> {
  const { history, rows, points, faults, gutter, cursor } = scene;
  const { pen, width, colours } = surface;
  const top = topOf(faults);
  const x = placing(scene, surface);
  const y = (row: number): number => top + row * rowHeight + rowHeight / 2 + 6;
  const { culprit, core = [] } = history.judged ?? {};
  const disputed = new Set(core);
  const rowOf = new Map(rows.flatMap(({ operations }, row) => operations.map((operation) => [operation, row] as const)));
  startSheet(scene, surface);
  drawBands({ ...surface, gutter }, rowsOf(faults), x);
  drawTicks(scene, surface, history.timed ? timeText : (us) => `event ${Math.round(us)}`);
  const boxes: { from: number; to: number; y: number; operation: number }[] = [];
  for (const [row, { operations }] of rows.entries()) {
    for (const place of operations) {
      const operation = history.operations[place]!;
      const from = x(operation.fromUs);
      const to = operation.toUs === null ? width + 20 : Math.max(from + 3, x(operation.toUs));
      if (to < gutter || from > width) continue;
      const at = y(row);
      drawOperation(surface, operation, from, to, at);
      if (disputed.has(place) || place === culprit) {
        pen.strokeStyle = colours.bad;
        pen.lineWidth = place === culprit ? 3 : 2;
        pen.setLineDash(place === culprit ? [] : [5, 3]);
        pen.strokeRect(from - 2, at - 9, to - from + 4, 18);
        pen.setLineDash([]);
        if (place === culprit) {
          pen.lineWidth = 2.5;
          cross(pen, Math.max(gutter, from) + 10, at, 5);
        }
      }
      if (place === cursor) {
        pen.strokeStyle = colours.accent;
        pen.lineWidth = 2;
        pen.strokeRect(from - 4, at - 11, to - from + 8, 22);
      }
      boxes.push({ from, to, y: at, operation: place });
    }
  }
  // The path: two points of one moment stand beside each other.
  pen.strokeStyle = colours.ink;
  pen.fillStyle = colours.ink;
  let lastX = Number.NEGATIVE_INFINITY;
  let lastY = 0;
  for (const { operation, atUs } of points) {
    const row = rowOf.get(operation);
    if (row === undefined) continue;
    const at = Math.max(x(atUs) + 2, lastX + 3);
    const high = y(row);
    if (at >= gutter - 200 && lastX <= width + 200) {
      pen.globalAlpha = 0.55;
      pen.lineWidth = 1;
      if (lastX > Number.NEGATIVE_INFINITY) line(pen, lastX, lastY, at, high);
      pen.globalAlpha = 1;
      pen.lineWidth = 2.5;
      line(pen, at, high - 9, at, high + 9);
    }
    lastX = at;
    lastY = high;
  }
  drawGutter(scene, surface, () => {
    pen.fillStyle = colours.client;
    for (const [row, { name }] of rows.entries()) pen.fillText(cut(name, Math.floor(gutter / 6.2)), 4, y(row));
  });
  return (px, py) => boxes.find(({ from, to, y: at }) => px >= from - 3 && px <= to + 3 && Math.abs(py - at) <= 12)?.operation;
}
