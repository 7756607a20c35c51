/** Shrinking does not slide into another failure: what a planted bug does stays what is told, and what is asked late is given its time. */

import { describe, expect, it } from "vitest";
import { faults } from "../../faults/index.ts";
import type { Context, Node, Protocol, Request } from "../../protocol.ts";
import { type Catalogue, loadScenario } from "../../scenario/index.ts";
import { workloads } from "../../workloads/index.ts";
import { prepare, runOnce } from "../once.ts";
import { shrink } from "../shrink.ts";
import { Search } from "./search.ts";

/** Wrong with fewer than three servers, as it was written for three; its mutant also with any number of them, once one has come back from a crash. */
function server(ctx: Context, forgets: boolean): Node {
  return {
    onStart(): void {
      const been = ctx.disk.read<boolean>("been") === true;
      if (ctx.peers.length < 2 || (forgets && been)) ctx.fact("broken", {});
      ctx.disk.write("been", true);
      ctx.disk.sync();
    },
    onRequest: (request: Request) => ctx.reply(request, null),
    onMessage: () => undefined,
    inspect: () => null,
  } as Node;
}

const pairs = {
  name: "pairs",
  description: "for three",
  paper: "none",
  transport: "datagram",
  roles: [{ name: "server", default: 3, min: 1 }],
  workloads: ["register"],
  client: { target: "any", tryMs: 300, timeoutMs: 1_500, retry: true },
  tolerates: () => ({ wiped: 0 }),
  create: (ctx: Context) => server(ctx, false),
  invariants: [
    {
      name: "whole",
      states: "nothing breaks",
      monitor: (_cluster: unknown, fail: (sentence: string) => void) => ({ facts: { broken: () => fail("something broke") } }),
    },
  ],
  mutants: [{ name: "forgets", id: "X01", breaks: "whole", create: (ctx: Context) => server(ctx, true) }],
} as unknown as Protocol;

const catalogue: Catalogue = { protocols: [pairs], workloads, faults };

const text = (more: string): string => `
protocol: pairs
nodes: 4
clients: 2
workload: { register: { operations: 6, within: 2s, mix: { read: 1 } } }
strategy: random
faults: [{ crash: any, every: 300ms..600ms, back-after: 50ms }]
check: [invariants]
${more}`;

describe("a planted bug's failure", () => {
  const prepared = prepare(loadScenario(text("mutant: forgets"), "pairs.yaml", catalogue), catalogue);
  const failed = runOnce(prepared, 1);

  it("does not become one that the protocol has without it", () => {
    expect(failed.violation?.check).toBe("whole");
    const small = shrink(prepared, catalogue, 1, failed);
    expect(small.after).toMatchObject({ faults: 1, operations: 0 });
    expect(small.after.nodes).toBe(3);
    const { mutant: _, ...right } = small.scenario;
    expect(runOnce(prepare(right, catalogue), small.scenario.explicit!.seed).verdict).toBe("valid");
  });

  it("becomes as small as can be when the protocol as it is fails there as well", () => {
    const both = prepare(loadScenario(text("mutant: forgets").replace("nodes: 4", "nodes: 2"), "two.yaml", catalogue), catalogue);
    const small = shrink(both, catalogue, 1, runOnce(both, 1));
    expect(small.after).toMatchObject({ nodes: 1, faults: 0, operations: 0 });
  });
});

describe("a heal", () => {
  it("does not come before what is asked last: what is judged at the end is given the whole settling", () => {
    const prepared = prepare(loadScenario(text("mutant: forgets"), "pairs.yaml", catalogue), catalogue);
    const original = { scenario: prepared.scenario, plan: prepared.plan(1), weatherSeed: 1 };
    const search = new Search(prepared, catalogue, original, runOnce(prepared, 1), 100, {});
    expect(search.accepts(original)).toBe(true);
    const last = original.plan.operations.at(-1)!.atUs;
    expect([search.accepts(search.with({ healAtUs: last - 1 })), search.runs]).toEqual([false, 1]);
    expect([search.accepts(search.with({ healAtUs: last })), search.runs]).toEqual([true, 2]);
  });
});
