/** What the nodes were like at a moment, and which fields had just changed. */

import type { NodeState, TraceRecord } from "../../sim/trace.ts";
import type { Diagram } from "../html/model.ts";
import { unpackState } from "../html/pack.ts";

export interface Field {
  readonly name: string;
  readonly value: unknown;
  /** What it was before this very event; only where that differs. */
  readonly changedFrom?: { readonly value: unknown };
}

export interface NodeNow {
  readonly node: string;
  /** "up", and what a fault has made of it. */
  readonly life: "up" | "down" | "asleep";
  readonly fields: readonly Field[];
}

export function statesOf({ states, trace }: Pick<Diagram, "states" | "trace">): NodeState[] {
  return states.map((state) => unpackState(state, trace.values));
}

/** The nodes after record `n`. What its handler made of the node counts as changed by it. */
export function nodesAt(
  nodes: readonly string[],
  states: readonly NodeState[],
  records: readonly TraceRecord[],
  n: number,
): NodeNow[] {
  const fields = new Map<string, Map<string, { value: unknown; from?: { value: unknown }; at: number }>>();
  const life = new Map<string, NodeNow["life"]>();
  for (const record of records) {
    if (record.n > n) break;
    const { kind, node } = record;
    if (kind === "crash") life.set(node, "down");
    else if (kind === "restart" || kind === "resume") life.set(node, "up");
    else if (kind === "pause") life.set(node, "asleep");
  }
  for (const { n: after, node, first, changed, gone = [] } of states) {
    if (after > n) break;
    const known = fields.get(node);
    const own =
      first || known === undefined ? new Map<string, { value: unknown; from?: { value: unknown }; at: number }>() : known;
    fields.set(node, own);
    for (const name of gone) own.delete(name);
    for (const [name, value] of Object.entries(changed)) {
      const before = own.get(name) ?? (first ? known?.get(name) : undefined);
      own.set(name, { value, at: after, ...(before === undefined ? {} : { from: { value: before.value } }) });
    }
  }
  const handler = handlerOf(records, n);
  return nodes.map((node) => {
    const now = life.get(node) ?? "up";
    const own = now === "down" ? [] : [...(fields.get(node) ?? [])];
    return {
      node,
      life: now,
      fields: own.map(([name, { value, from, at }]) => ({
        name,
        value,
        ...(at === handler && from !== undefined ? { changedFrom: from } : {}),
      })),
    };
  });
}

/** The record that a handler was called for, of any of its effects. */
function handlerOf(records: readonly TraceRecord[], n: number): number {
  const record = records.find((other) => other.n === n);
  if (record === undefined) return n;
  const isCall = ["deliver", "timer", "start", "restart", "invoke", "order", "connect", "disconnect"].includes(record.kind);
  return isCall ? n : record.cause;
}
