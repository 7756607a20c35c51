/** Chance is keyed by names and moments: taking one operation away leaves nearly every message its fate. */

import { describe, expect, it } from "vitest";
import { protocols } from "../../protocols/index.ts";
import { faults } from "../faults/index.ts";
import { type Catalogue, loadScenario } from "../scenario/index.ts";
import type { TraceRecord } from "../sim/trace.ts";
import { workloads } from "../workloads/index.ts";
import { prepare, runTraced } from "./once.ts";

const catalogue: Catalogue = { protocols, workloads, faults };

const calm = `
protocol: raft
nodes: 5
clients: 4
workload: { key-value: { operations: 60, within: 8s, keys: 3 } }
network: { latency: 1ms..5ms, loss: 1%, duplicate: 1% }
`;
const prepared = prepare(loadScenario(calm, "calm.yaml", catalogue), catalogue);

type Sent = TraceRecord & { readonly kind: "send" };

/** Every message of a run by a name, with its loss and its delay. */
function fates(trace: readonly TraceRecord[], nameOf: (sent: Sent) => string): Map<string, string> {
  const arrivals = new Map<number, number[]>();
  for (const record of trace) {
    if (record.kind === "deliver" || record.kind === "drop")
      arrivals.set(record.cause, [...(arrivals.get(record.cause) ?? []), record.atUs]);
  }
  const counts = new Map<string, number>();
  const found = new Map<string, string>();
  for (const record of trace) {
    if (record.kind !== "send") continue;
    const name = nameOf(record);
    const nth = (counts.get(name) ?? 0) + 1;
    counts.set(name, nth);
    const delays = (arrivals.get(record.n) ?? []).map((atUs) => atUs - record.atUs);
    found.set(`${name} #${nth}`, `${record.fate} ${delays.join(",")}`);
  }
  return found;
}

const link = ({ node, to, channel }: Sent): string => `${node}>${to} ${channel}`;
const byContent = (sent: Sent): string => `${link(sent)} ${JSON.stringify(sent.message)}`;
const byMoment = (sent: Sent): string => `${link(sent)} ${sent.atUs}`;

const seeds = Array.from({ length: 25 }, (_, i) => i + 1);
const whole = seeds.map((seed) => {
  const plan = prepared.plan(seed);
  return { seed, plan, trace: runTraced(prepared, seed, { plan, sites: false }).trace };
});

/** Each run with one operation less: messages of the whole run in all, sent in the lesser too, and with the same fate there. */
function removeOne(
  nameOf: (sent: Sent) => string,
  which: (f: string) => boolean,
): { same: number; matched: number; all: number } {
  const sum = { same: 0, matched: 0, all: 0 };
  for (const { seed, plan, trace } of whole) {
    const candidates = plan.operations.filter(({ op }) => which(op.f));
    const removed = candidates[(seed * 7) % candidates.length]!;
    const before = fates(trace, nameOf);
    const less = { ...plan, operations: plan.operations.filter((operation) => operation !== removed) };
    const after = fates(runTraced(prepared, seed, { plan: less, sites: false }).trace, nameOf);
    for (const [name, fate] of before) {
      sum.all++;
      if (!after.has(name)) continue;
      sum.matched++;
      if (after.get(name) === fate) sum.same++;
    }
  }
  return sum;
}

describe("when one operation is removed from each of 25 calm Raft runs", () => {
  it("at least 95 % of all messages are sent at the same moment and keep their fate, whatever the operation", () => {
    const { same, all } = removeOne(byMoment, () => true);
    expect(all).toBeGreaterThan(30_000);
    expect(same / all).toBeGreaterThanOrEqual(0.95);
  });

  it("at least 90 % of the messages matched by their content keep it, when the operation was a read", () => {
    const { same, matched, all } = removeOne(byContent, (f) => f === "read");
    expect(matched / all).toBeGreaterThanOrEqual(0.9);
    expect(same / matched).toBeGreaterThanOrEqual(0.9);
  });

  // A write that is gone shifts the log: what was "entry 17" is "entry 16" from there on, so equal contents are no longer the same message.
  it("more than half of the messages matched by their content keep it, when the operation was a write", () => {
    const { same, matched } = removeOne(byContent, (f) => f === "write");
    expect(same / matched).toBeGreaterThanOrEqual(0.5);
  });
});
