/** Draws messages: an arrow for each, whose colour, dashes and end say what became of it. */

import { cut } from "../text.ts";
import { cross, line, type Pen } from "./pen.ts";
import type { Look } from "./view.ts";

export interface Line {
  readonly x1: number;
  readonly y1: number;
  readonly x2: number;
  readonly y2: number;
}

/** Each fate has its own colour, its own dashes and its own end. */
export function drawMessage({ pen, colours }: Pen, { x1, y1, x2, y2 }: Line, look: Look, name: string, bold: boolean): void {
  const angle = Math.atan2(y2 - y1, x2 - x1);
  const length = Math.hypot(x2 - x1, y2 - y1);
  const at = (share: number): [number, number] => [x1 + (x2 - x1) * share, y1 + (y2 - y1) * share];
  const colour = {
    delivered: colours.message,
    flying: colours.message,
    late: colours.late,
    held: colours.held,
    doubled: colours.doubled,
    lost: colours.lost,
    cut: colours.lost,
    dropped: colours.lost,
  }[look];
  pen.strokeStyle = colour;
  pen.fillStyle = colour;
  pen.lineWidth = look === "delivered" ? (bold ? 1.8 : 1) : bold ? 2.4 : 1.6;
  pen.setLineDash(
    { delivered: [], flying: [1, 4], late: [12, 3], held: [2, 4], doubled: [], lost: [6, 4], cut: [6, 4], dropped: [] }[look],
  );
  if (look === "lost" || look === "cut") {
    const [ex, ey] = at(0.55);
    line(pen, x1, y1, ex, ey);
    pen.setLineDash([]);
    pen.lineWidth = 2;
    if (look === "lost") cross(pen, ex, ey, 4);
    else line(pen, ex - 6 * Math.sin(angle), ey + 6 * Math.cos(angle), ex + 6 * Math.sin(angle), ey - 6 * Math.cos(angle));
  } else {
    line(pen, x1, y1, x2, y2);
    if (look === "doubled") {
      const [ox, oy] = [2.5 * Math.sin(angle), -2.5 * Math.cos(angle)];
      line(pen, x1 + ox, y1 + oy, x2 + ox, y2 + oy);
    }
    pen.setLineDash([]);
    if (look === "held") {
      const [mx, my] = at(0.5);
      pen.strokeRect(mx - 4, my - 4, 8, 8);
    }
    if (look === "dropped") cross(pen, x2, y2, 5);
    else if (look !== "flying") head(pen, x2, y2, angle, look === "late" || look === "held" ? colours.paper : colour);
  }
  if (length > 74 && Math.abs(x2 - x1) > 46) {
    const [mx, my] = at(look === "lost" || look === "cut" ? 0.3 : 0.42);
    pen.save();
    pen.translate(mx, my);
    pen.rotate(angle > Math.PI / 2 || angle < -Math.PI / 2 ? angle + Math.PI : angle);
    pen.textAlign = "center";
    pen.fillText(cut(name, Math.floor(length / 8)), 0, -6);
    pen.restore();
  }
}

function head(pen: CanvasRenderingContext2D, x: number, y: number, angle: number, fill: string): void {
  const [long, wide] = [8, 0.42];
  pen.beginPath();
  pen.moveTo(x, y);
  pen.lineTo(x - long * Math.cos(angle - wide), y - long * Math.sin(angle - wide));
  pen.lineTo(x - long * Math.cos(angle + wide), y - long * Math.sin(angle + wide));
  pen.closePath();
  const before = pen.fillStyle;
  pen.fillStyle = fill;
  pen.lineWidth = 1;
  pen.fill();
  pen.stroke();
  pen.fillStyle = before;
}
