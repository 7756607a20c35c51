/** Every moment that a run reached, in the words in which a fault may wait for it: what `seedquake points` prints. */

import type { NodeId } from "../protocol.ts";
import type { TraceRecord } from "../sim/trace.ts";

export interface Point {
  /** The word under when, before and after: send, receive, write ... */
  readonly what: string;
  readonly name: string;
  /** How often, by node. */
  readonly at: ReadonlyMap<NodeId, number>;
}

const order = ["send", "receive", "write", "sync", "reply", "timer", "fact"];

/** By word, then by name. */
export function points(trace: readonly TraceRecord[]): readonly Point[] {
  const found = new Map<string, { what: string; name: string; at: Map<NodeId, number> }>();
  for (const record of trace) {
    const moment = momentOf(record);
    if (moment === undefined) continue;
    const key = JSON.stringify(moment);
    const point = found.get(key) ?? { what: moment[0], name: moment[1], at: new Map<NodeId, number>() };
    point.at.set(record.node, (point.at.get(record.node) ?? 0) + 1);
    found.set(key, point);
  }
  return [...found.values()].sort(
    (a, b) => order.indexOf(a.what) - order.indexOf(b.what) || (a.name < b.name ? -1 : a.name > b.name ? 1 : 0),
  );
}

function momentOf(record: TraceRecord): readonly [what: string, name: string] | undefined {
  switch (record.kind) {
    case "send":
      if (record.channel === "answer") return ["reply", text(record.message, "kind")];
      return ["send", record.channel === "request" ? "request" : text(record.message, "type")];
    case "deliver":
      return ["receive", record.channel === "message" ? text(record.message, "type") : record.channel];
    case "write":
      return ["write", record.record];
    case "append":
    case "truncate":
      return ["write", record.log];
    case "sync":
      return ["sync", "any"];
    case "return":
      return ["reply", record.outcome];
    case "timer":
    case "fact":
      return [record.kind, record.name];
    default:
      return undefined;
  }
}

function text(message: unknown, field: string): string {
  const value =
    typeof message === "object" && message !== null ? (message as Readonly<Record<string, unknown>>)[field] : undefined;
  return typeof value === "string" ? value : "any";
}

/** A line for each: `send AppendEntries   96  n1 52, n3 44`, ready to be written as `before: { send: AppendEntries, nth: 3 }`. */
export function pointLines(all: readonly Point[], nodes: readonly NodeId[]): string[] {
  const width = Math.max(0, ...all.map(({ what, name }) => what.length + name.length + 2));
  return all.map(({ what, name, at }) => {
    const total = [...at.values()].reduce((sum, times) => sum + times, 0);
    const by = nodes.filter((node) => at.has(node)).map((node) => `${node} ${at.get(node)}`);
    return `${`${what}: ${name}`.padEnd(width)}  ${String(total).padStart(6)}  ${by.join(", ")}`;
  });
}
