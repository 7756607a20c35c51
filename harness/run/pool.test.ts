/** Threads change nothing: the pool's results equal those of one process, whatever the number of workers. Runs on the built dist/. */

import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type * as scenarioRoom from "../scenario/index.ts";
import type * as load from "./load.ts";
import type * as once from "./once.ts";
import type * as pool from "./pool.ts";
import { pinned, pinnedSeeds } from "./testing/pinned.ts";

const dist = join(import.meta.dirname, "..", "..", "dist");
const url = (path: string): string => pathToFileURL(join(dist, path)).href;
const registry = url("protocols/index.js");

const { Pool, runCampaign } = (await import(url("harness/run/pool.js"))) as typeof pool;
const { catalogueFrom } = (await import(url("harness/run/load.js"))) as typeof load;
const { loadScenario } = (await import(url("harness/scenario/index.js"))) as typeof scenarioRoom;
const { prepare, runOnce } = (await import(url("harness/run/once.js"))) as typeof once;
const catalogue = await catalogueFrom(registry);

const text = (mutant: string, expected: string, runs: number): string => `
protocol: raft
${mutant}
nodes: 5
clients: 3
workload: { key-value: { operations: 30, within: 4s, keys: 2 } }
faults:
  - { partition: leader, with: one client, at: 500ms..2s, for: 1s..2s }
  - { crash: any, every: 1s..3s, back-after: 50ms..500ms }
settle: 3s
runs: ${runs}
${expected}
`;
const wrong = loadScenario(
  text("mutant: local-reads", "expect: { violation: linearizable, within: 400 runs }", 400),
  "wrong.yaml",
  catalogue,
);

const pools = new Map<string, InstanceType<typeof Pool>>();
afterAll(() => Promise.all([...pools.values()].map((threads) => threads.close())));

/** One pool for each number of workers and each registry: it may live as long as it likes. */
function poolOf(workers: number, from = registry): InstanceType<typeof Pool> {
  const key = `${workers} ${from}`;
  const threads = pools.get(key) ?? new Pool({ workers, registry: from });
  pools.set(key, threads);
  return threads;
}

describe("a campaign on worker threads", () => {
  it.each(
    Object.entries(pinned),
  )("gives the pinned digests alone, with 1, 2 and 4 workers, and in another process: %s", async (_name, text) => {
    const scenario = loadScenario(text, "pinned.yaml", catalogue);
    const prepared = prepare(scenario, catalogue);
    const alone = pinnedSeeds.map((seed) => runOnce(prepared, seed).digest);
    const campaigns: string[] = [];
    for (const workers of [1, 2, 4]) {
      const threads = poolOf(workers);
      const one = { kind: "batch", scenario, count: 1, bail: false, twice: false } as const;
      const runs = await Promise.all(pinnedSeeds.map((firstSeed) => threads.batch({ ...one, firstSeed })));
      expect(runs.map(([run]) => run!.digest)).toEqual(alone);
      campaigns.push((await runCampaign(threads, scenario, catalogue, { baseSeed: 1, runs: 24 })).digest);
    }
    expect(new Set(campaigns).size).toBe(1);
    const script = `
      import { prepare, runOnce } from ${JSON.stringify(url("harness/run/once.js"))};
      import { catalogueFrom } from ${JSON.stringify(url("harness/run/load.js"))};
      const prepared = prepare(${JSON.stringify(scenario)}, await catalogueFrom(${JSON.stringify(registry)}));
      const seeds = ${JSON.stringify(pinnedSeeds)}.reverse();
      console.log(JSON.stringify(seeds.map((seed) => runOnce(prepared, seed).digest).reverse()));`;
    const elsewhere = execFileSync(process.execPath, ["--input-type=module", "-e", script], { encoding: "utf8" });
    expect(JSON.parse(elsewhere)).toEqual(alone);
  });

  it("reports the lowest failing seed, the same shrunk story and the same number of runs with any number of workers", async () => {
    const found = [];
    for (const workers of [1, 4]) {
      const { timing: _, ...campaign } = await runCampaign(poolOf(workers), wrong, catalogue, { baseSeed: 1 });
      found.push(campaign);
    }
    expect(found[0]!.verdict).toBe("as expected");
    expect(found[0]!.failures[0]!.seed).toBe(found[0]!.runs);
    expect(found[1]).toEqual(found[0]);
  });

  it("tells of every failing seed the run that was found, when each is wanted", async () => {
    const surprise = loadScenario(text("mutant: local-reads", "", 30), "surprise.yaml", catalogue);
    const all = await runCampaign(poolOf(2), surprise, catalogue, { baseSeed: 1, shrink: "all", shrinkRuns: 1 });
    expect(all.failures.length).toBeGreaterThan(1);
    const prepared = prepare(surprise, catalogue);
    const digests = all.failures.map(({ seed, foundDigest }) => [foundDigest, runOnce(prepared, seed).digest]);
    expect(digests.filter(([there, here]) => there !== here)).toEqual([]);
  });

  it("keeps what was found when it is interrupted", async () => {
    let runs = 0;
    const campaign = await runCampaign(poolOf(1), { ...wrong, expect: { kind: "valid" } }, catalogue, {
      baseSeed: 1,
      runs: 100_000,
      interrupted: () => runs > 50,
      onProgress: (progress) => {
        runs = progress.runs;
      },
    });
    expect(campaign.runs).toBeLessThan(500);
    expect(campaign.verdict).toBe("violation");
    expect(campaign.failures.length).toBeGreaterThan(0);
  });
});

describe("protocols that break the house rules", () => {
  const folder = mkdtempSync(join(tmpdir(), "seedquake-"));
  const broken = join(folder, "protocols.mjs");

  beforeAll(() => {
    writeFileSync(
      broken,
      `
      let leaked = 0;
      const base = {
        description: "", paper: "", transport: "datagram", roles: [{ name: "server", default: 2, min: 1 }], workloads: ["register"],
        client: { target: "any", tryMs: 100, timeoutMs: 500, retry: false }, tolerates: () => ({ wiped: 0 }), invariants: [], mutants: [],
      };
      class Endless { onMessage() {} onRequest(request) { if (request.serial === 3) for (;;); } }
      class Leaky {
        constructor(ctx) { this.ctx = ctx; }
        onMessage() {}
        onRequest(request) { this.ctx.reply(request, ++leaked); }
      }
      const random = Math.random;
      const now = Date.now;
      const helper = { stamp: () => new Date().getTime() };
      const seen = new Map();
      const ambient = {
        "captured-random": () => random(),
        "captured-now": () => now(),
        "date-in-a-helper": () => helper.stamp(),
        "locale-sort": () => ["b", "a"].sort((a, b) => a.localeCompare(b)).length,
        "module-map": () => { seen.set(seen.size, 1); return seen.size; },
      };
      class Ambient {
        constructor(ctx, use) { this.ctx = ctx; this.use = use; }
        onMessage() {}
        onRequest(request) { this.ctx.reply(request, this.use()); }
      }
      class Forgetful {
        constructor(ctx) { this.ctx = ctx; }
        onMessage() {}
        onRequest(request) {
          this.ctx.reply(request, 1);
          if (request.serial === 2) void Promise.resolve().then(() => this.ctx.log("later"));
        }
      }
      export const protocols = [
        ...Object.entries(ambient).map(([name, use]) => ({ ...base, name, create: (ctx) => new Ambient(ctx, use) })),
        { ...base, name: "forgetful", create: (ctx) => new Forgetful(ctx) },
        { ...base, name: "endless", create: () => new Endless() },
        { ...base, name: "leaky", create: (ctx) => new Leaky(ctx) },
      ];`,
    );
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  const load = async (protocol: string) => {
    const own = await catalogueFrom(pathToFileURL(broken).href);
    const calm = `protocol: ${protocol}\nclients: 1\nworkload: { register: { operations: 5, within: 1s } }\nruns: 3`;
    return { own, scenario: { ...loadScenario(calm, "calm.yaml", own), check: [] } };
  };

  it("stops a handler that never returns, and says whose it was", async () => {
    const { own, scenario } = await load("endless");
    const threads = new Pool({ workers: 1, registry: pathToFileURL(broken).href, watchdogMs: 400 });
    const campaign = await runCampaign(threads, scenario, own, { baseSeed: 5, runs: 1 });
    await threads.close();
    expect(campaign.failures[0]!.violation.sentence).toMatch(
      /^n[12] did not return from a handler: event \d+ of seed 5 never came to an end/,
    );
  });

  it("is content with the first of them, and with none where somebody wants an end", async () => {
    const { own, scenario } = await load("endless");
    const threads = new Pool({ workers: 2, registry: pathToFileURL(broken).href, watchdogMs: 400 });
    const campaign = await runCampaign(threads, scenario, own, { baseSeed: 5, runs: 40 });
    await threads.close();
    expect(campaign).toMatchObject({ runs: 1, invalid: 1, verdict: "violation" });
    const patient = new Pool({ workers: 1, registry: pathToFileURL(broken).href, watchdogMs: 600_000 });
    let asked = false;
    const ended = runCampaign(patient, scenario, own, { baseSeed: 5, runs: 40, interrupted: () => asked });
    asked = true;
    expect(await ended).toMatchObject({ runs: 0, verdict: "interrupted" });
    await patient.close();
  });

  it("catches work that was started and not waited for, and says at which seed", async () => {
    const { own, scenario } = await load("forgetful");
    const campaign = await runCampaign(poolOf(1, pathToFileURL(broken).href), scenario, own, { baseSeed: 1 });
    expect(campaign.failures[0]).toMatchObject({ seed: 1, violation: { family: "contract", check: "async" } });
    expect(campaign.failures[0]!.violation.sentence).toMatch(/used ctx\.log outside a handler/);
  });

  it.each([
    ["captured-random", /Math\.random was used inside a handler.*use ctx\.random \(.*protocols\.mjs:\d+\)/],
    ["captured-now", /Date was used inside a handler.*use ctx\.now/],
    ["date-in-a-helper", /Date was used inside a handler/],
    ["locale-sort", /String\.localeCompare without a locale was used inside a handler/],
    ["module-map", /something outlives a run .*they part at event/],
  ])("finds out about %s", async (name, sentence) => {
    const { own, scenario } = await load(name);
    const campaign = await runCampaign(poolOf(1, pathToFileURL(broken).href), scenario, own, { baseSeed: 1 });
    expect(campaign.failures[0]!.violation.sentence).toMatch(sentence);
  });

  it("catches state that leaks from one run into the next", async () => {
    const { own, scenario } = await load("leaky");
    const campaign = await runCampaign(poolOf(1, pathToFileURL(broken).href), scenario, own, { baseSeed: 1 });
    expect(campaign.failures[0]!.violation).toMatchObject({ family: "contract", check: "determinism" });
    expect(campaign.failures[0]!.violation.sentence).toMatch(
      /they part at event \d+: send at n[12] .*; led to by deliver at n[12] /,
    );
  });
});
