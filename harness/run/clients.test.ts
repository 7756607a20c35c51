/** Faults on clients, the default one and those of a protocol's own: they are carried through, and what they did is shown. */

import { describe, expect, it } from "vitest";
import { faults } from "../faults/index.ts";
import type { ClientContext, ClientPolicy, Node, NodeId, Protocol, Request } from "../protocol.ts";
import { type Catalogue, loadScenario, ScenarioError } from "../scenario/index.ts";
import { workloads } from "../workloads/index.ts";
import { prepare, runOnce, runTraced } from "./once.ts";
import { handover } from "./testing/handover.ts";

/** What the clients of the protocol below were given. */
const given: ClientPolicy[] = [];

/** Asks with messages, waits by its stop-watch, and notes the time by its wall clock. */
class OwnClient implements Node<Request["op"] | null> {
  private readonly ctx: ClientContext;
  private readonly policy: ClientPolicy;
  private request: Request | undefined;

  constructor(ctx: ClientContext, policy: ClientPolicy) {
    given.push(policy);
    this.ctx = ctx;
    this.policy = policy;
  }

  onRequest(request: Request): void {
    this.request = request;
    this.ctx.fact("asked", { wall: this.ctx.now() });
    this.ctx.send(this.ctx.nodes()[0]!, request.op);
    this.ctx.setTimer("give up", this.policy.timeoutMs);
  }

  onMessage(_from: NodeId, answer: unknown): void {
    if (this.request !== undefined) this.ctx.reply(this.request, answer);
    this.request = undefined;
  }

  onTimer(): void {
    if (this.request !== undefined) this.ctx.giveUp(this.request, "no answer");
    this.request = undefined;
  }
}

/** A register that answers messages of its own clients. */
const own: Protocol = {
  ...handover,
  name: "own",
  roles: [{ name: "server", default: 1, min: 1 }],
  orders: {},
  invariants: [],
  mutants: [],
  create: (ctx) => {
    let value: unknown = null;
    return {
      onMessage(from, op) {
        const { f, value: to } = op as { readonly f: string; readonly value?: unknown };
        if (f === "write") value = to;
        ctx.send(from, f === "read" ? value : true);
      },
    };
  },
  createClient: (ctx, _options, _settings, policy) => new OwnClient(ctx, policy) as Node,
};

const catalogue: Catalogue = { protocols: [handover, own], workloads, faults };
const load = (protocol: string, ...lines: string[]) =>
  prepare(
    loadScenario(
      `protocol: ${protocol}\nworkload: { register: { operations: 40, within: 4s, mix: { read: 1, write: 1 } } }\n${lines.join("\n")}\nstrategy: random\n`,
      "x.yaml",
      catalogue,
    ),
    catalogue,
  );

describe.each(["handover", "own"])("the clients of %s", (protocol) => {
  it.each([
    "pause: one client, every: 500ms..1s, for: 100ms..400ms",
    "pause: c1, at: 500ms, for: 2s",
    "crash: c1, every: 500ms..1s, back-after: 50ms..200ms",
    "crash: one client, between: sends, at: 1s, back-after: 1s",
    "clock-drift: [c1, c2], by: 20%, at: 1s, for: 2s",
    "slow: one client, at: 1s, for: 2s",
  ])("%s: has its effect, and all is well afterwards", (fault) => {
    const runs = [1, 2, 3, 4].map((seed) => runOnce(load(protocol, `faults: [{ ${fault} }]`), seed));
    expect(runs.map(({ verdict, violation }) => violation?.sentence ?? verdict)).toEqual(runs.map(() => "valid"));
    expect(runs.flatMap(({ effects }) => Object.values(effects)).some((effects) => effects > 0)).toBe(true);
  });
});

it("a client's wall clock jumps for the client that reads it", () => {
  const [before, after] = ["faults: []", "faults: [{ clock-jump: c1, by: 1m, at: 0s }]"].map((lines) => {
    const run = runTraced(load("own", lines), 1);
    const fact = run.trace.find((record) => record.kind === "fact" && record.node === "c1");
    return { wall: fact?.kind === "fact" ? (fact.data as { wall: number }).wall : 0, effects: Object.values(run.effects) };
  });
  expect(after!.wall - before!.wall).toBe(60_000);
  expect(after!.effects[0]).toBeGreaterThan(0);
  // The default client keeps its time by its stop-watch alone.
  expect(Object.values(runOnce(load("handover", "faults: [{ clock-jump: c1, by: 1m, at: 0s }]"), 1).effects)).toEqual([0]);
});

it("a client of the protocol's own gets the policy that the scenario states", () => {
  given.length = 0;
  runOnce(load("own", "clients: { count: 1, try: 50ms, timeout: 400ms }"), 1);
  expect(given).toEqual([{ target: "leader", tryMs: 50, timeoutMs: 400, retry: true }]);
});

describe("a request that is sent twice", () => {
  const seeds = Array.from({ length: 12 }, (_, i) => i + 1);
  const twice = "faults: [{ resubmit: any, every: 100ms..300ms }]";
  const values = "check: linearizable";
  const verdicts = (...lines: string[]): Set<string> =>
    new Set(seeds.map((seed) => runOnce(load("handover", ...lines), seed).verdict));

  it("is answered again by a protocol that keeps sessions, and found out in one that forgets", () => {
    expect(verdicts(twice, values)).toEqual(new Set(["valid"]));
    expect(verdicts(twice, values, "mutant: forgetful")).toContain("invalid");
    expect(verdicts(values, "mutant: forgetful")).toEqual(new Set(["valid"]));
    const { effects } = runOnce(load("handover", twice), 1);
    expect(Object.values(effects).filter((count) => count > 0).length).toBeGreaterThan(5);
  });

  it("both while it is under way and after its answer", () => {
    const { trace } = runTraced(load("handover", "faults: [{ resubmit: all, every: 20ms..40ms }]"), 1);
    const answered = new Set<string>();
    const seen = { open: 0, answered: 0 };
    for (const record of trace) {
      if (record.kind === "deliver" && record.channel === "answer") answered.add((record.message as { request: string }).request);
      const cause = record.kind === "send" && record.channel === "request" ? trace[record.cause - 1] : undefined;
      if (cause?.kind !== "order" || record.kind !== "send") continue;
      seen[answered.has((record.message as { id: string }).id) ? "answered" : "open"]++;
    }
    expect(seen.open).toBeGreaterThan(0);
    expect(seen.answered).toBeGreaterThan(10);
  });

  it("is refused where it means nothing", () => {
    const complaint = (...args: Parameters<typeof load>): string => {
      try {
        load(...args);
      } catch (error) {
        if (error instanceof ScenarioError) return error.message;
      }
      return "loaded";
    };
    expect(complaint("own", twice)).toContain("x.yaml:3:22: faults[0].resubmit: the clients of this protocol are its own");
    expect(complaint("handover", twice, "clients: { retry: false }")).toBe("loaded");
  });
});
