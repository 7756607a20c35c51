/** What frames every drawing along the axis of time: a clean sheet, ticks, and a gutter with names on its left. */

import { type Axis, ticks, timeText, type Window } from "./axis.ts";
import type { Surface } from "./board.tsx";
import { ticksHeight } from "./draw-bands.ts";
import { font, line } from "./pen.ts";

export interface Frame {
  readonly axis: Axis;
  readonly window: Window;
  readonly gutter: number;
}

/** Where a moment stands, in pixels. */
export function placing({ axis, window, gutter }: Frame, { width }: Surface): (us: number) => number {
  return (us) => gutter + ((axis.at(us) - window.from) / (window.to - window.from)) * (width - gutter);
}

/** Wipes the sheet. What is drawn from here on shows only on the right of the gutter, until that is drawn. */
export function startSheet({ gutter }: Frame, { pen, width, height, colours }: Surface): void {
  pen.font = font;
  pen.textBaseline = "middle";
  pen.fillStyle = colours.paper;
  pen.fillRect(0, 0, width, height);
  pen.save();
  pen.beginPath();
  pen.rect(gutter, 0, width - gutter, height);
  pen.clip();
}

export function drawTicks(
  { axis, window, gutter }: Frame,
  { pen, width, height, colours }: Surface,
  textOf: (us: number) => string = timeText,
): void {
  const plot = width - gutter;
  pen.lineWidth = 1;
  for (const { us, share } of ticks(axis, window, plot, 90)) {
    const at = gutter + share * plot;
    pen.strokeStyle = colours.line;
    line(pen, at, ticksHeight - 4, at, height);
    pen.fillStyle = colours.faint;
    pen.fillText(textOf(us), at + 3, 9);
  }
}

export function drawGutter({ gutter }: Frame, { pen, height, colours }: Surface, drawNames: () => void): void {
  pen.restore();
  pen.fillStyle = colours.paper;
  pen.fillRect(0, 0, gutter, height);
  drawNames();
  pen.strokeStyle = colours.line;
  line(pen, gutter - 0.5, 0, gutter - 0.5, height);
}
