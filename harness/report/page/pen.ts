/** What all drawing needs: a pen with its colours, a straight line, a cross. */

import type { Colours } from "./theme.ts";

export interface Pen {
  readonly pen: CanvasRenderingContext2D;
  readonly colours: Colours;
}

export const font = "11px system-ui, sans-serif";

export function line(pen: CanvasRenderingContext2D, x1: number, y1: number, x2: number, y2: number): void {
  pen.beginPath();
  pen.moveTo(x1, y1);
  pen.lineTo(x2, y2);
  pen.stroke();
}

export function cross(pen: CanvasRenderingContext2D, x: number, y: number, size: number): void {
  line(pen, x - size, y - size, x + size, y + size);
  line(pen, x - size, y + size, x + size, y - size);
}

/** Words that can be read on top of whatever is there. */
export function written({ pen, colours }: Pen, text: string, x: number, y: number, colour: string): void {
  pen.lineWidth = 3;
  pen.lineJoin = "round";
  pen.strokeStyle = colours.paper;
  pen.strokeText(text, x, y);
  pen.fillStyle = colour;
  pen.fillText(text, x, y);
}
