/** Packs a trace for a page, and unpacks it there: each text and each content once, each record a row of small numbers. */

import type { NodeState, TraceRecord } from "../../sim/trace.ts";
import { json } from "../text.ts";
import type { PackedState, PackedTrace } from "./model.ts";

type Kind = TraceRecord["kind"];

/** The fields of each kind of record, in their places. A "#" before the name: a number, kept as it is. */
const shapes: Readonly<Record<Kind, readonly string[]>> = {
  start: [],
  send: ["channel", "to", "message", "fate", "by", "why", "meant", "again"],
  deliver: ["channel", "from", "message"],
  drop: ["channel", "from", "message", "why"],
  connect: ["peer", "#connection"],
  disconnect: ["peer", "#connection", "why", "by"],
  order: ["order", "by"],
  timer: ["name", "data"],
  write: ["record", "value"],
  append: ["log", "#index", "value"],
  truncate: ["log", "#length"],
  sync: [],
  fact: ["name", "data"],
  goal: ["name"],
  log: ["message", "data"],
  crash: ["#lost", "#torn", "cut", "by", "why"],
  restart: [],
  wipe: [],
  pause: [],
  resume: [],
  clock: ["#offsetUs", "#ppm", "frozen", "by"],
  fault: ["id", "phase", "what"],
  heal: [],
  invoke: ["op", "#process", "input"],
  return: ["op", "#process", "outcome", "output"],
  violation: ["check", "sentence"],
  disk: ["says", "by"],
};
const kinds = Object.keys(shapes) as readonly Kind[];

/** Gives each value a number, from 1; 0 stands for none. */
export class Values {
  readonly all: unknown[] = [];
  private readonly places = new Map<string, number>();
  /** By identity first: a message is the same object wherever it turns up. */
  private readonly known = new Map<unknown, number>();

  place(value: unknown): number {
    if (value === undefined) return 0;
    const seen = this.known.get(value);
    if (seen !== undefined) return seen;
    const text = json(value);
    let place = this.places.get(text);
    if (place === undefined) {
      place = this.all.push(value);
      this.places.set(text, place);
    }
    this.known.set(value, place);
    return place;
  }
}

/** [n, microseconds since the row before, node, kind, cause, the kind's own fields, site]; zeros at the end are left out. */
export function pack(records: readonly TraceRecord[], values: Values = new Values()): PackedTrace {
  let lastUs = 0;
  const rows = records.map((record) => {
    const own = record as unknown as Readonly<Record<string, unknown>>;
    const fields = shapes[record.kind].map((field) =>
      field.startsWith("#") ? Number(own[field.slice(1)]) : values.place(own[field]),
    );
    const { n, atUs, node, kind, cause, site } = record;
    const row = [n, atUs - lastUs, values.place(node), kinds.indexOf(kind), cause, ...fields, values.place(site)];
    lastUs = atUs;
    while (row.at(-1) === 0) row.pop();
    return row;
  });
  return { values: values.all, rows };
}

export function unpack({ values, rows }: PackedTrace): TraceRecord[] {
  const revived = values.map(revive);
  const value = (place: number | undefined): unknown => (place === undefined || place === 0 ? undefined : revived[place - 1]);
  let atUs = 0;
  return rows.map((row) => {
    const [n = 0, sinceUs = 0, node, kindAt = 0, cause = 0] = row;
    atUs += sinceUs;
    const kind = kinds[kindAt]!;
    const record: Record<string, unknown> = { n, atUs, node: value(node), kind, cause };
    const fields = shapes[kind];
    for (const [i, field] of fields.entries()) {
      const place = row[5 + i];
      if (field.startsWith("#")) record[field.slice(1)] = place ?? 0;
      else if (place !== undefined && place !== 0) record[field] = value(place);
    }
    const site = value(row[5 + fields.length]);
    if (site !== undefined) record["site"] = site;
    return record as unknown as TraceRecord;
  });
}

export function packState({ n, node, first, changed, gone = [] }: NodeState, values: Values): PackedState {
  const fields = Object.entries(changed).flatMap(([name, value]) => [values.place(name), values.place(value)]);
  return [n, values.place(node), first ? 1 : 0, ...fields, ...gone.flatMap((name) => [values.place(name), 0])];
}

export function unpackState([n = 0, node = 0, first = 0, ...fields]: PackedState, values: readonly unknown[]): NodeState {
  const changed: Record<string, unknown> = {};
  const gone: string[] = [];
  for (let i = 0; i < fields.length; i += 2) {
    const name = String(values[fields[i]! - 1]);
    const place = fields[i + 1]!;
    if (place === 0) gone.push(name);
    else changed[name] = revive(values[place - 1]);
  }
  return { n, node: String(values[node - 1]), first: first === 1, changed, ...(gone.length === 0 ? {} : { gone }) };
}

/** bigints come back as what they were. */
function revive(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(revive);
  const entries = Object.entries(value);
  const [first] = entries;
  if (entries.length === 1 && first?.[0] === "$bigint") return BigInt(String(first[1]));
  return Object.fromEntries(entries.map(([key, inner]) => [key, revive(inner)]));
}
