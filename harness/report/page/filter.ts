/** What is drawn of a trace: chosen nodes, messages and kinds of things. */

import type { TraceRecord } from "../../sim/trace.ts";
import type { Message, View } from "./view.ts";

/** Kinds of things beside messages that can be left out. */
const groups = {
  timers: ["timer"],
  disk: ["write", "append", "truncate", "sync"],
  facts: ["fact", "goal"],
  logs: ["log"],
  connections: ["connect", "disconnect"],
} as const satisfies Readonly<Record<string, readonly TraceRecord["kind"][]>>;

export type Group = keyof typeof groups;
export const groupNames = Object.keys(groups) as readonly Group[];

const groupOf = new Map<TraceRecord["kind"], Group>(
  groupNames.flatMap((group) => groups[group].map((kind) => [kind, group] as const)),
);

export interface Filter {
  readonly nodes: ReadonlySet<string>;
  readonly names: ReadonlySet<string>;
  readonly groups: ReadonlySet<Group>;
}

/** What is named here is left out. */
export const nothingHidden: Filter = { nodes: new Set(), names: new Set(), groups: new Set() };

export function toggled<T>(set: ReadonlySet<T>, item: T): ReadonlySet<T> {
  const next = new Set(set);
  if (!next.delete(item)) next.add(item);
  return next;
}

export function showsMessage(filter: Filter, { send, name }: Message): boolean {
  return !filter.nodes.has(send.node) && !filter.nodes.has(send.to) && !filter.names.has(name);
}

export function shows(filter: Filter, view: View, record: TraceRecord): boolean {
  if (filter.nodes.has(record.node)) return false;
  const message = view.messageOf.get(record.n);
  if (message !== undefined) return showsMessage(filter, message);
  const group = groupOf.get(record.kind);
  return group === undefined || !filter.groups.has(group);
}
