/** Clients that are still waiting for something old when all heals: what is said of them at the end is no more than is known. */

import { describe, expect, it } from "vitest";
import { faults } from "../faults/index.ts";
import { loadScenario } from "../scenario/index.ts";
import { workloads } from "../workloads/index.ts";
import { prepare, runOnce } from "./once.ts";
import { handover } from "./testing/handover.ts";

/** One server, which has nothing to say or answers at once. */
const answering = (answers: boolean) => ({
  ...handover,
  name: "answering",
  roles: [{ name: "server", default: 1, min: 1 }],
  orders: {},
  invariants: [{ name: "nothing", states: "Nothing is asked for.", monitor: () => ({}) }],
  mutants: [],
  create: (ctx: Parameters<typeof handover.create>[0]) => ({
    onRequest: (request: { readonly id: string }) => {
      if (answers) ctx.reply(request as never, null);
    },
    onMessage: () => undefined,
  }),
});

/** A request is lost on its way shortly before the heal, and its client waits for a second. */
function sentence(settle: string, answers = true): string | undefined {
  const catalogue = { protocols: [answering(answers)], workloads, faults };
  const text = `
format: 1
protocol: answering
nodes: 1
clients: { names: [c1], timeout: 1s, try: 1s, retry: false }
workload: { register: { operations: 1, within: 300ms, mix: { read: 1 } } }
network: { latency: 100ms }
settle: ${settle}
check: [invariants]
seed: 1
heal: 300ms
faults: [{ loss: c1 -> n1, share: 100%, at: 0s, for: 300ms }]
plan: [{ id: o1, client: c1, at: 250ms, f: read }]
`;
  return runOnce(prepare(loadScenario(text, "short.yaml", catalogue), catalogue), 1).violation?.sentence;
}

describe("a settle that is hardly longer than clients wait", () => {
  it("is named where it left a client no time to ask anything fresh", () => {
    expect(sentence("800ms")).toMatch(
      /^c1 \(asking: write 1000001\) was not answered within 800ms after everything had healed at 300ms; but c1 never got to ask, as it waited for an operation from before it: clients wait up to 1s, so `settle` should be clearly longer$/,
    );
    expect(sentence("1s")).toMatch(/; but c1 asked only 950ms after the heal, as it waited/);
  });

  it("is not where there was time", () => {
    expect(sentence("3s")).toBeUndefined();
    expect(sentence("3s", false)).toBe(
      "c1 (asking: write 3000001) was not answered within 3s after everything had healed at 300ms",
    );
  });
});
