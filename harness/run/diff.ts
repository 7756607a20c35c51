/** Two runs that should have been the same, or begin the same: the first record in which they differ, what led there, what followed. */

import type { TraceRecord } from "../sim/trace.ts";

/** How many causes are told. */
const mostCauses = 4;

export interface Difference {
  /** So many records are the same on both sides. */
  readonly same: number;
  /** The first that differ; one of them is absent where its trace ends. */
  readonly left?: TraceRecord;
  readonly right?: TraceRecord;
  /** What led to each, nearest first. */
  readonly causes: { readonly left: readonly TraceRecord[]; readonly right: readonly TraceRecord[] };
  /** What stands from there on in only one of the two, whenever it happened: facts, answers to clients, crashes, violations. */
  readonly follows: { readonly left: readonly TraceRecord[]; readonly right: readonly TraceRecord[] };
}

type Trace = readonly TraceRecord[];

/** Undefined when they are the same. Lines of the source do not count: two variants of a protocol have their own. */
export function difference(left: Trace, right: Trace): Difference | undefined {
  const longer = Math.max(left.length, right.length);
  let at = 0;
  while (at < longer && text(left[at]) === text(right[at])) at++;
  if (at === longer) return undefined;
  const [one, other] = [left[at], right[at]];
  return {
    same: at,
    ...(one === undefined ? {} : { left: one }),
    ...(other === undefined ? {} : { right: other }),
    causes: { left: chain(left, one), right: chain(right, other) },
    follows: { left: only(left.slice(at), right.slice(at)), right: only(right.slice(at), left.slice(at)) },
  };
}

/** Equal records have equal texts. */
function text(record: TraceRecord | undefined): string {
  if (record === undefined) return "";
  const { site: _site, ...rest } = record;
  return JSON.stringify(rest, (_key, value: unknown) => (typeof value === "bigint" ? `${value}n` : value));
}

/** One place in which two values differ: its path ("value.log[12].op"), and what is there; undefined where it is absent. */
export interface Place {
  readonly path: string;
  readonly left: unknown;
  readonly right: unknown;
}

/** Every place in which two records differ, the innermost of each; numbers and lines of the source do not count. */
export function places(left: TraceRecord, right: TraceRecord): Place[] {
  const bare = ({ n: _n, site: _site, ...rest }: TraceRecord): object => rest;
  return [...within("", bare(left), bare(right))];
}

function* within(path: string, left: unknown, right: unknown): Generator<Place> {
  if (typeof left !== "object" || typeof right !== "object" || left === null || right === null) {
    if (!Object.is(left, right)) yield { path, left, right };
    return;
  }
  const list = Array.isArray(left);
  if (list !== Array.isArray(right)) {
    yield { path, left, right };
    return;
  }
  const [one, other] = [left, right] as readonly Readonly<Record<string, unknown>>[];
  for (const key of new Set([...Object.keys(left), ...Object.keys(right)])) {
    const name = list ? `[${key}]` : path === "" ? key : `.${key}`;
    yield* within(`${path}${name}`, one![key], other![key]);
  }
}

/** The records that led to this one, nearest first. */
function chain(trace: Trace, record: TraceRecord | undefined): TraceRecord[] {
  const found: TraceRecord[] = [];
  for (let cause = record?.cause ?? 0; cause > 0 && found.length < mostCauses; cause = trace[cause - 1]!.cause)
    found.push(trace[cause - 1]!);
  return found;
}

const telling: ReadonlySet<TraceRecord["kind"]> = new Set(["fact", "return", "crash", "restart", "violation"]);

/** What is worth telling of `these` and has no counterpart among `those`. */
function only(these: Trace, those: Trace): TraceRecord[] {
  const left = new Map<string, number>();
  for (const record of those) {
    if (!telling.has(record.kind)) continue;
    const key = said(record);
    left.set(key, (left.get(key) ?? 0) + 1);
  }
  return these.filter((record) => {
    if (!telling.has(record.kind)) return false;
    const key = said(record);
    const times = left.get(key) ?? 0;
    left.set(key, times - 1);
    return times <= 0;
  });
}

/** What a record says, whenever it happened and whatever led to it. */
function said(record: TraceRecord): string {
  const { n: _n, atUs: _atUs, cause: _cause, ...rest } = record;
  return text(rest as TraceRecord);
}
