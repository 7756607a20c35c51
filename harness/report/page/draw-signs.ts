/** Draws what happens at a node, a shape for each kind of thing, and what a client asks, as a bar. */

import type { TraceRecord } from "../../sim/trace.ts";
import type { PageOperation } from "../html/model.ts";
import { cut } from "../text.ts";
import { cross, line, type Pen, written } from "./pen.ts";

/** An operation as a bar: filled when it was answered, hollow when it failed, open to the right when nobody knows. */
export function drawOperation(
  { pen, colours }: Pen,
  { told, outcome, toUs }: PageOperation,
  from: number,
  to: number,
  y: number,
): void {
  const high = 6;
  const colour = outcome === "ok" ? colours.good : outcome === "fail" ? colours.faint : colours.info;
  pen.strokeStyle = colour;
  pen.fillStyle = colour;
  pen.lineWidth = 1.5;
  pen.globalAlpha = outcome === "ok" ? 0.5 : 0.2;
  pen.fillRect(from, y - high, to - from, high * 2);
  pen.globalAlpha = 1;
  pen.beginPath();
  pen.moveTo(to, y - high);
  pen.lineTo(from, y - high);
  pen.lineTo(from, y + high);
  pen.lineTo(to, y + high);
  if (outcome === "ok" || (outcome === "fail" && toUs !== null)) pen.closePath();
  if (outcome !== "ok") pen.setLineDash([4, 3]);
  pen.stroke();
  pen.setLineDash([]);
  if (outcome === "info") {
    pen.fillText("?", to - 8, y);
  }
  const room = to - Math.max(from, 0);
  const shown = room > 40 ? cut(told, Math.floor(room / 5.6)) : "";
  if (shown !== "") written({ pen, colours }, shown, Math.max(from, 0) + 4, y - high - 8, colours.ink);
}

/** The sign of what happened at a node: a shape of its own for each. */
export function drawSign({ pen, colours }: Pen, record: TraceRecord, x: number, y: number): void {
  pen.setLineDash([]);
  pen.lineWidth = 1.5;
  const shape = (colour: string, points: readonly (readonly [number, number])[], filled = true): void => {
    pen.beginPath();
    for (const [dx, dy] of points) pen.lineTo(x + dx, y + dy);
    pen.closePath();
    pen.fillStyle = filled ? colour : colours.paper;
    pen.strokeStyle = colour;
    pen.fill();
    pen.stroke();
  };
  const ring = (colour: string, size: number, filled: boolean): void => {
    pen.beginPath();
    pen.arc(x, y, size, 0, 2 * Math.PI);
    pen.fillStyle = filled ? colour : colours.paper;
    pen.strokeStyle = colour;
    pen.fill();
    pen.stroke();
  };
  switch (record.kind) {
    case "timer":
      ring(colours.faint, 4, false);
      pen.strokeStyle = colours.faint;
      line(pen, x, y, x, y - 3);
      line(pen, x, y, x + 2, y);
      break;
    case "fact":
      shape(colours.fact, [
        [0, -6],
        [6, 0],
        [0, 6],
        [-6, 0],
      ]);
      break;
    case "goal":
      shape(
        colours.fact,
        [
          [0, -7],
          [2, -2],
          [7, 0],
          [2, 2],
          [0, 7],
          [-2, 2],
          [-7, 0],
          [-2, -2],
        ],
        false,
      );
      break;
    case "write":
    case "append":
    case "truncate":
      shape(
        colours.server,
        [
          [-3, -3],
          [3, -3],
          [3, 3],
          [-3, 3],
        ],
        record.kind !== "truncate",
      );
      break;
    case "sync":
      pen.strokeStyle = colours.server;
      line(pen, x - 4, y + 5, x + 4, y + 5);
      break;
    case "crash":
      pen.strokeStyle = colours.bad;
      pen.lineWidth = 3;
      cross(pen, x, y, 7);
      break;
    case "wipe":
    case "disk":
      pen.strokeStyle = colours.bad;
      cross(pen, x, y, 5);
      ring(colours.bad, 7, false);
      break;
    case "start":
    case "restart":
      shape(
        record.kind === "start" ? colours.faint : colours.good,
        [
          [0, -6],
          [6, 5],
          [-6, 5],
        ],
        record.kind !== "start",
      );
      break;
    case "pause":
      pen.fillStyle = colours.held;
      pen.fillRect(x - 5, y - 6, 3, 12);
      pen.fillRect(x + 1, y - 6, 3, 12);
      break;
    case "resume":
      shape(colours.held, [
        [-4, -6],
        [6, 0],
        [-4, 6],
      ]);
      break;
    case "order":
      shape(colours.accent, [
        [-5, -5],
        [5, -5],
        [5, 2],
        [0, 6],
        [-5, 2],
      ]);
      break;
    case "clock":
      ring(colours.held, 6, true);
      pen.strokeStyle = colours.paper;
      line(pen, x, y, x, y - 4);
      line(pen, x, y, x + 3, y + 2);
      break;
    case "log":
      ring(colours.faint, 1.5, true);
      break;
    case "connect":
      ring(colours.good, 3, false);
      break;
    case "disconnect":
      pen.strokeStyle = colours.lost;
      line(pen, x - 5, y + 5, x + 5, y - 5);
      break;
    case "violation":
      break;
    default:
      break;
  }
}
