/** Metrics: what one run counted agrees with its trace and with the bare run, and costs it nothing. */

import { describe, expect, it } from "vitest";
import { protocols } from "../../protocols/index.ts";
import { faults } from "../faults/index.ts";
import type { Context, Protocol, Request } from "../protocol.ts";
import { type Catalogue, loadScenario } from "../scenario/index.ts";
import { workloads } from "../workloads/index.ts";
import { runHere } from "./here.ts";
import { metricsOf } from "./metrics.ts";
import { prepare, runOnce, runTraced } from "./once.ts";

/** Counts, weighs and measures as it goes. */
const busy: Protocol = {
  ...{ name: "busy", description: "", paper: "none", transport: "datagram", workloads: ["requests"] },
  roles: [{ name: "server", default: 2, min: 1 }],
  client: { target: "any", tryMs: 20, timeoutMs: 200, retry: true },
  tolerates: () => ({ wiped: 0 }),
  create: (ctx: Context) => ({
    onMessage: () => undefined,
    onRequest(request: Request) {
      ctx.count("hits");
      ctx.count("bytes", 10, { kind: "in" });
      ctx.gauge("last", request.serial);
      ctx.observe("cost", request.serial * 2);
      ctx.fact("asked");
      if (ctx.id === "n1") ctx.redirect(request, "n2");
      else ctx.reply(request, "done");
    },
  }),
  ...{ invariants: [], mutants: [] },
};
const catalogue: Catalogue = { protocols: [...protocols, busy], workloads, faults };

function of(text: string) {
  const prepared = prepare(loadScenario(text, "x.yaml", catalogue), catalogue);
  const traced = runTraced(prepared, 1);
  return {
    bare: runOnce(prepared, 1),
    traced,
    metrics: metricsOf(traced.trace, traced.history, traced.samples, traced.virtualUs),
  };
}

describe("the metrics of a run", () => {
  it("are what its nodes stated, with a counter for every fact", () => {
    const { traced, metrics } = of("protocol: busy\nclients: 1\nworkload: { requests: { operations: 10, within: 1s } }");
    const asked = traced.trace.filter(({ kind }) => kind === "fact").length;
    expect(metrics.facts).toEqual({ asked });
    expect(metrics.counters).toEqual({ "bytes{kind=in}": asked * 10, hits: asked });
    expect(Object.keys(metrics.gauges)).toEqual(["last{node=n1}", "last{node=n2}"]);
    expect(metrics.gauges["last{node=n2}"]).toEqual({ last: 11, min: 1, max: 11 });
    expect(metrics.observed["cost"]).toMatchObject({ count: asked, min: 2, max: 22 });
  });

  it("tell requests that were asked again and redirected, and how long answers took", () => {
    const { traced, metrics } = of(
      "protocol: busy\nclients: 3\nworkload: { requests: { operations: 60, within: 3s } }\nnetwork: { latency: 1ms..5ms, loss: 10% }",
    );
    const operations = traced.history.length;
    expect(metrics.requests.sent - metrics.requests.again).toBe(operations);
    expect(metrics.requests.again).toBeGreaterThan(metrics.requests.redirected / 2);
    expect(metrics.requests.redirected).toBeGreaterThan(10);
    expect(metrics.latency.count).toBe(traced.history.filter(({ outcome }) => outcome === "ok").length);
    expect(metrics.latency.max).toBe(
      Math.max(...traced.history.flatMap((one) => (one.outcome === "ok" ? one.returnedAtUs - one.invokedAtUs : []))),
    );
  });

  it("agree with what the bare run counts", () => {
    for (const text of [
      "protocol: raft\nstrategy: random\nworkload: { key-value: { operations: 30, within: 3s } }\nnetwork: { latency: 1ms..5ms, loss: 3%, duplicate: 3% }\nfaults: [{ crash: any, every: 500ms }, { partition: any, every: 900ms, for: 300ms }]",
      "protocol: busy\nworkload: { requests: { operations: 30, within: 3s } }\nfaults: [{ pause: any, every: 500ms, for: 100ms }]",
    ]) {
      const { bare, traced, metrics } = of(text);
      const { doubled: _doubled, held: _held, ...post } = metrics.messages;
      expect(bare.post).toEqual(traced.post);
      expect(bare.post).toEqual(post);
      expect(bare.figures.latency.length).toBe(metrics.latency.count);
      expect(bare.figures.unavailable).toEqual([metrics.unavailable]);
    }
  });

  it("add up over a campaign", () => {
    const text = "protocol: raft\nstrategy: random\nworkload: { key-value: { operations: 20, within: 2s } }\nruns: 5";
    const scenario = loadScenario(text, "x.yaml", catalogue);
    const prepared = prepare(scenario, catalogue);
    const runs = [1, 2, 3, 4, 5].map((seed) => runOnce(prepared, seed));
    const { metrics } = runHere(scenario, catalogue);
    expect(metrics.messages.sent).toBe(runs.reduce((sum, { messages }) => sum + messages, 0));
    expect(metrics.messages.delivered).toBeGreaterThan(100);
    expect(metrics.latency.count).toBe(runs.reduce((sum, { figures }) => sum + figures.latency.length, 0));
    expect(metrics.unavailable.count).toBe(5);
    expect(metrics.failover).toEqual({ count: 0 });
  });

  it("count no fail-over from what lies within the weather: neither a strategy's order of messages nor a bias of one's own", () => {
    const text = "protocol: raft\nworkload: { key-value: { operations: 20, within: 2s } }\nruns: 2\nstrategy: ";
    const biased = prepare(loadScenario(`${text}pct`, "x.yaml", catalogue), catalogue);
    const run = runOnce(biased, 1);
    expect(run.effects["order.1"]).toBeGreaterThan(0);
    expect(run.figures.failover).toEqual([]);
    const both = `${text}random\nfaults: [{ bias: all, at: 0s }, { partition: any, at: 1s, for: 200ms }]`;
    const { metrics } = runHere(loadScenario(both, "x.yaml", catalogue), catalogue);
    expect(metrics.failover.count).toBe(2);
  });
});
