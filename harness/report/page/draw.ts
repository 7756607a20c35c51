/** Draws the space-time diagram: lanes, faults behind them, messages between them, and a sign for everything that happens at a node. */

import type { TraceRecord } from "../../sim/trace.ts";
import type { FaultBand } from "../html/model.ts";
import { cut } from "../text.ts";
import type { Pick, Surface } from "./board.tsx";
import { label, type Operations } from "./describe.ts";
import { drawBands, rowsOf, stripHeight, ticksHeight } from "./draw-bands.ts";
import { drawGutter, drawTicks, type Frame, placing, startSheet } from "./draw-frame.ts";
import { drawMessage } from "./draw-messages.ts";
import { drawOperation, drawSign } from "./draw-signs.ts";
import { type Filter, shows, showsMessage } from "./filter.ts";
import { font, line, written } from "./pen.ts";
import type { Arrival, Message, View } from "./view.ts";

export interface Scene extends Frame {
  readonly view: View;
  readonly faults: readonly FaultBand[];
  readonly operations: Operations;
  readonly filter: Filter;
  /** What is highlighted; everything else steps back. */
  readonly lit: ReadonlySet<number> | undefined;
  readonly cursor: number;
  /** The story's steps, by their records. */
  readonly steps: ReadonlyMap<number, number>;
}

/** Lanes that are drawn, and how high everything is. */
export function layout(
  view: View,
  filter: Filter,
  faults: readonly FaultBand[],
): { lanes: number[]; laneHeight: number; strips: FaultBand[][]; top: number; height: number } {
  const lanes = view.lanes.flatMap(({ id }, lane) => (filter.nodes.has(id) ? [] : [lane]));
  const strips = rowsOf(faults);
  const top = ticksHeight + strips.length * stripHeight + 12;
  const laneHeight = lanes.length > 9 ? 40 : lanes.length > 6 ? 52 : 66;
  return { lanes, laneHeight, strips, top, height: top + lanes.length * laneHeight + 10 };
}

interface Spot {
  readonly x: number;
  readonly y: number;
  readonly n: number;
}

export function drawDiagram(scene: Scene, surface: Surface): Pick<number> {
  const { view, axis, window, faults, filter, lit, gutter, steps, cursor, operations } = scene;
  const { pen, width, height, colours } = surface;
  const { lanes, laneHeight, strips, top } = layout(view, filter, faults);
  const plot = width - gutter;
  const x = placing(scene, surface);
  const rowOf = new Map(lanes.map((lane, row) => [lane, row]));
  const y = (lane: number): number => top + (rowOf.get(lane) ?? 0) * laneHeight + laneHeight / 2;
  const inside = (at: number): boolean => at >= gutter - 30 && at <= width + 30;
  const spots: Spot[] = [];
  const segments: { x1: number; y1: number; x2: number; y2: number; n: number }[] = [];
  startSheet(scene, surface);
  drawBands({ ...surface, gutter }, strips, x);
  drawTicks(scene, surface);
  drawLanes(scene, surface, lanes, x, y);

  const faded = (...ns: readonly number[]): boolean => lit !== undefined && !ns.some((n) => lit.has(n));
  const medianWidth = Math.max(14, plot * 0.02);
  const draw = (message: Message, alpha: number): void => {
    const back = alpha < 0.2;
    const { send, from, to, arrivals, look } = message;
    if (!rowOf.has(from) || !rowOf.has(to)) return;
    const x1 = x(send.atUs);
    const last = arrivals.at(-1);
    const x2 = last === undefined ? x1 + medianWidth : x(last.atUs);
    if (x2 < gutter - 5 || x1 > width + 5) return;
    pen.globalAlpha = alpha;
    const ends: readonly (Arrival | undefined)[] = arrivals.length === 0 ? [undefined] : arrivals;
    for (const arrival of ends) {
      const end =
        arrival === undefined ? (look === "flying" ? Math.max(x1 + medianWidth, width) : x1 + medianWidth) : x(arrival.atUs);
      const line = {
        x1,
        y1: y(from),
        x2: end,
        y2: y(to),
        n: arrival === undefined || message.arrivals[0] === arrival ? send.n : arrival.n,
      };
      if (from === to) continue;
      drawMessage(surface, line, arrival?.look ?? look, message.name, !back && lit !== undefined);
      if (!back) segments.push(line);
    }
  };
  const first = axis.us(window.from);
  const last = axis.us(window.to);
  const visible = view.messages.filter(
    (message) => showsMessage(filter, message) && message.send.atUs <= last && lastUs(message) >= first,
  );
  const isBack = (message: Message): boolean => faded(message.send.n, ...message.arrivals.map(({ n }) => n));
  for (const message of visible) if (isBack(message)) draw(message, 0.13);
  // The ordinary ones under the others, and paler where there are too many to tell them apart.
  const shownNow = visible.filter((message) => !isBack(message));
  const ordinary = shownNow.length > plot / 3 && lit === undefined ? 0.3 : 1;
  for (const message of shownNow) if (message.look === "delivered") draw(message, ordinary);
  for (const message of shownNow) if (message.look !== "delivered") draw(message, 1);
  pen.globalAlpha = 1;

  const ends = new Map<number, number>();
  const stacked = new Map<string, number>();
  const badgeEnds = new Map<number, number>();
  for (const record of view.records) {
    const { n, node, atUs } = record;
    const lane = view.laneOf.get(node);
    const at = x(atUs);
    if (lane === undefined || !rowOf.has(lane) || !inside(at) || !shows(filter, view, record)) continue;
    const back = faded(n);
    const key = `${lane} ${Math.round(at)}`;
    const isSign = signs.has(record.kind);
    const nth = isSign ? (stacked.get(key) ?? 0) : 0;
    if (isSign) stacked.set(key, nth + 1);
    const spot = { x: at + Math.min(nth, 5) * 4, y: y(lane), n };
    pen.globalAlpha = back ? 0.2 : 1;
    drawSign(surface, record, spot.x, spot.y);
    spots.push(spot);
    const step = steps.get(n);
    if (step !== undefined && at >= gutter && at > (badgeEnds.get(lane) ?? Number.NEGATIVE_INFINITY)) {
      badge(surface, spot.x, spot.y - 15, String(step));
      badgeEnds.set(lane, at + 15);
    }
    const text = labelled.has(record.kind) ? cut(label(record, operations), 34) : "";
    if (text === "" || back) continue;
    // Under the lane there is room for one line, or for two.
    const row = [0, 1]
      .slice(0, laneHeight >= 60 ? 2 : 1)
      .find((nth) => at >= (ends.get(lane * 2 + nth) ?? Number.NEGATIVE_INFINITY));
    if (row === undefined) continue;
    const start = Math.max(gutter + 2, spot.x - 4);
    written(surface, text, start, spot.y + 17 + row * 12, record.kind === "crash" ? colours.bad : colours.ink);
    ends.set(lane * 2 + row, start + pen.measureText(text).width + 8);
  }
  pen.globalAlpha = 1;
  drawMoments(scene, surface, x, top);
  const current = view.records[view.placeOf.get(cursor) ?? -1];
  if (current !== undefined) {
    const at = x(current.atUs);
    pen.strokeStyle = colours.accent;
    pen.lineWidth = 1.5;
    pen.setLineDash([]);
    line(pen, at, ticksHeight, at, height);
    const lane = view.laneOf.get(current.node);
    if (lane !== undefined && rowOf.has(lane)) {
      pen.beginPath();
      pen.arc(at, y(lane), 10, 0, 2 * Math.PI);
      pen.stroke();
    }
  }
  drawGutter(scene, surface, () => drawNames(scene, surface, lanes, y));
  return (px, py) => nearest(spots, segments, px, py);
}

const signs: ReadonlySet<TraceRecord["kind"]> = new Set([
  "timer",
  "fact",
  "goal",
  "write",
  "append",
  "truncate",
  "sync",
  "order",
  "log",
  "clock",
]);
const labelled: ReadonlySet<TraceRecord["kind"]> = new Set([
  "fact",
  "goal",
  "crash",
  "restart",
  "wipe",
  "disk",
  "pause",
  "order",
  "clock",
]);

function nearest(
  spots: readonly Spot[],
  segments: readonly { x1: number; y1: number; x2: number; y2: number; n: number }[],
  px: number,
  py: number,
): number | undefined {
  let best: number | undefined;
  let least = 11;
  for (const { x, y, n } of spots) {
    const far = Math.hypot(x - px, y - py);
    if (far < least) [least, best] = [far, n];
  }
  if (best !== undefined) return best;
  least = 6;
  for (const { x1, y1, x2, y2, n } of segments) {
    const [dx, dy] = [x2 - x1, y2 - y1];
    const share = Math.max(0, Math.min(1, ((px - x1) * dx + (py - y1) * dy) / Math.max(1, dx * dx + dy * dy)));
    const far = Math.hypot(x1 + share * dx - px, y1 + share * dy - py);
    if (far < least) [least, best] = [far, n];
  }
  return best;
}

/** Until when a message can be seen. */
function lastUs({ send, arrivals, look }: Message): number {
  return look === "flying" ? Number.POSITIVE_INFINITY : (arrivals.at(-1)?.atUs ?? send.atUs);
}

function drawLanes(
  { view, operations }: Scene,
  { pen, width, colours }: Surface,
  lanes: readonly number[],
  x: (us: number) => number,
  y: (lane: number) => number,
): void {
  const shown = new Set(lanes);
  for (const lane of lanes) {
    pen.strokeStyle = colours.lane;
    pen.lineWidth = 2;
    pen.setLineDash([]);
    line(pen, 0, y(lane), width, y(lane));
  }
  for (const { lane, what, fromUs, toUs, text } of view.spans) {
    if (!shown.has(lane)) continue;
    const [from, to, at] = [x(fromUs), x(toUs), y(lane)];
    if (what === "clock") {
      pen.strokeStyle = colours.held;
      pen.lineWidth = 2;
      pen.setLineDash([1, 3]);
      line(pen, from, at + 6, to, at + 6);
      pen.setLineDash([]);
      continue;
    }
    pen.strokeStyle = colours.paper;
    pen.lineWidth = 4;
    line(pen, from, at, to, at);
    pen.strokeStyle = what === "down" ? colours.bad : colours.held;
    pen.lineWidth = 2;
    pen.setLineDash(what === "down" ? [2, 6] : [8, 4]);
    line(pen, from, at, to, at);
    pen.setLineDash([]);
    if (to - from > 40) {
      pen.fillStyle = what === "down" ? colours.bad : colours.held;
      pen.fillText(text, Math.max(from, 0) + 14, at - 9);
    }
  }
  for (const operation of operations.values()) {
    const lane = view.laneOf.get(operation.client ?? "");
    if (lane === undefined || !shown.has(lane)) continue;
    const from = x(operation.fromUs);
    const to = operation.toUs === null ? width : x(operation.toUs);
    if (to >= 0 && from <= width) drawOperation({ pen, colours }, operation, from, Math.max(from + 3, to), y(lane));
  }
}

function badge({ pen, colours }: Surface, x: number, y: number, text: string): void {
  pen.beginPath();
  pen.arc(x, y, 8, 0, 2 * Math.PI);
  pen.fillStyle = colours.accent;
  pen.fill();
  pen.fillStyle = colours.paper;
  pen.textAlign = "center";
  pen.font = "bold 10px system-ui, sans-serif";
  pen.fillText(text, x, y + 0.5);
  pen.font = font;
  pen.textAlign = "start";
}

/** The heal and the violation concern everybody. */
function drawMoments({ view }: Scene, { pen, height, width, colours }: Surface, x: (us: number) => number, top: number): void {
  for (const record of view.records) {
    if (record.kind !== "heal" && record.kind !== "violation") continue;
    const at = x(record.atUs);
    const bad = record.kind === "violation";
    pen.strokeStyle = bad ? colours.bad : colours.good;
    pen.lineWidth = bad ? 3 : 1.5;
    pen.setLineDash(bad ? [] : [6, 4]);
    line(pen, at, top - 12, at, height);
    pen.setLineDash([]);
    const text = bad ? `${record.check} is violated` : "all faults are over";
    const length = pen.measureText(text).width;
    written(
      { pen, colours },
      text,
      at + length + 6 > width ? at - length - 5 : at + 5,
      height - 8,
      bad ? colours.bad : colours.good,
    );
  }
}

function drawNames({ view }: Scene, { pen, colours }: Surface, lanes: readonly number[], y: (lane: number) => number): void {
  for (const lane of lanes) {
    const { id, kind } = view.lanes[lane]!;
    pen.fillStyle = kind === "client" ? colours.client : colours.server;
    pen.font = "bold 12px system-ui, sans-serif";
    pen.fillText(cut(id, 13), 4, y(lane));
    pen.font = font;
  }
}
