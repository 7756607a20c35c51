/** What led to an event, what it led to, and everything that one client's operation caused. */

import type { TraceRecord } from "../../sim/trace.ts";
import type { View } from "./view.ts";

/** The chain of what led to a record, nearest first. */
export function causesOf(view: View, n: number): number[] {
  const chain: number[] = [];
  for (let at = recordOf(view, n)?.cause ?? 0; at !== 0; at = recordOf(view, at)?.cause ?? 0) {
    if (chain.includes(at)) break;
    chain.push(at);
    if (!view.placeOf.has(at)) break;
  }
  return chain.filter((cause) => view.placeOf.has(cause));
}

/**
 * Everything that a record led to. A timer that it set is the last of its line: what is done when time has passed is
 * no doing of whoever wound the clock, else the first heartbeat would have caused the whole run.
 */
export function effectsOf(view: View, n: number): number[] {
  const found: number[] = [];
  const queue = [n];
  for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
    for (const effect of view.effects.get(next) ?? []) {
      if (effect <= next) continue;
      const { kind } = recordOf(view, effect)!;
      if (kind === "violation") continue;
      found.push(effect);
      if (kind !== "timer") queue.push(effect);
    }
  }
  return found.sort((a, b) => a - b);
}

export interface Followed {
  readonly op: string;
  readonly asked: TraceRecord | undefined;
  readonly records: readonly number[];
  readonly messages: number;
  readonly writes: number;
  readonly nodes: readonly string[];
  readonly fromUs: number;
  readonly toUs: number;
}

/**
 * What an operation caused: all that its invocation led to, what led to its answer (another's message may have carried it
 * over a quorum), and whatever names its request.
 */
export function follow(view: View, op: string): Followed {
  const invoke = view.records.find((record) => record.kind === "invoke" && record.op === op);
  const answer = view.records.find((record) => record.kind === "return" && record.op === op);
  const found = new Set<number>();
  let id: string | undefined;
  if (invoke !== undefined) {
    found.add(invoke.n);
    for (const n of effectsOf(view, invoke.n)) found.add(n);
    for (const n of found) {
      const record = recordOf(view, n)!;
      if (record.kind !== "send" || record.channel !== "request" || record.node !== invoke.node) continue;
      id ??= String((record.message as { readonly id?: unknown }).id);
    }
  }
  if (answer !== undefined) {
    found.add(answer.n);
    for (const n of causesOf(view, answer.n)) if (n >= (invoke?.n ?? 0)) found.add(n);
  }
  if (id !== undefined) {
    for (const record of view.records) {
      if (record.n > (invoke?.n ?? 0) && record.kind !== "violation" && names(contentOf(record), id)) found.add(record.n);
    }
  }
  const records = [...found].sort((a, b) => a - b).map((n) => recordOf(view, n)!);
  const nodes = new Set(records.map(({ node }) => node).filter((node) => node !== ""));
  return {
    op,
    asked: invoke,
    records: records.map(({ n }) => n),
    messages: records.filter(({ kind }) => kind === "send").length,
    writes: records.filter(({ kind }) => kind === "write" || kind === "append" || kind === "truncate").length,
    nodes: view.lanes.map(({ id: lane }) => lane).filter((lane) => nodes.has(lane)),
    fromUs: records[0]?.atUs ?? 0,
    toUs: (answer ?? records.at(-1))?.atUs ?? 0,
  };
}

export function recordOf(view: View, n: number): TraceRecord | undefined {
  const place = view.placeOf.get(n);
  return place === undefined ? undefined : view.records[place];
}

/** What a record carries, when it carries something. */
export function contentOf(record: TraceRecord): unknown {
  switch (record.kind) {
    case "send":
    case "deliver":
    case "drop":
      return record.message;
    case "write":
    case "append":
      return record.value;
    case "fact":
    case "timer":
    case "log":
      return record.data;
    case "invoke":
      return record.input;
    case "return":
      return record.output;
    default:
      return undefined;
  }
}

function names(value: unknown, id: string): boolean {
  if (typeof value === "string") return value === id;
  if (typeof value !== "object" || value === null) return false;
  return Object.values(value).some((inner) => names(inner, id));
}
