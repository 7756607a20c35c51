/** npm run bench: events and runs a second, each as a ratio to a baseline measured in the same process; and where the time goes. */

import { execFileSync } from "node:child_process";
import { cpus } from "node:os";
import { performance } from "node:perf_hooks";
import { fileURLToPath } from "node:url";
import { checkLinearizable } from "../check/index.ts";
import { catalogueFrom } from "../run/load.ts";
import { prepare, runOnce, runTraced } from "../run/once.ts";
import { Pool, runCampaign } from "../run/pool.ts";
import { loadScenario } from "../scenario/index.ts";
import { Cluster, roots, setGuards } from "../sim/index.ts";
import { EventQueue } from "../sim/queue.ts";
import { Pinger } from "./ping.ts";

const registry = new URL("../../protocols/index.js", import.meta.url).href;

/** 5 nodes, 4 clients, 60 operations, 10 virtual seconds, faults, settle; drawn as they stand, so that figures of all versions compare. */
const judged = `
description: five Raft nodes under faults, judged
protocol: raft
options: { heartbeat: 100ms, election-timeout: 300ms..600ms }
strategy: random
nodes: 5
clients: 4
workload:
  key-value: { operations: 60, within: 10s, keys: 3, mix: { read: 5, write: 3, cas: 2 } }
network: lan
faults:
  - { partition: leader, at: 1s..3s, for: 1s..2s }
  - { crash: any, every: 3s..5s, back-after: 200ms..1s }
settle: 3s
check: [linearizable, invariants]
`;

/** Without faults, and as busy as its clients make it. */
const busy = `
description: five Raft nodes, busy
protocol: raft
nodes: 5
clients: 4
workload:
  key-value: { operations: 4000, within: 20s, keys: 3 }
network: lan
settle: 3s
check: invariants
`;

function best(times: number, measure: () => number): number {
  return Math.max(...Array.from({ length: times }, measure));
}

function row(what: string, value: string, note = ""): void {
  console.log(`${what.padEnd(44)}${value.padStart(16)}   ${note}`);
}

function perSecond(value: number): string {
  return `${Math.round(value).toLocaleString("en-US")}/s`;
}

/** The baseline: a bare event loop over the same heap; a callback an event, no digest, no effects, no chance. */
function bareLoop(): number {
  const queue = new EventQueue<() => void>();
  let order = 0;
  let events = 0;
  const most = 2_000_000;
  let now = 0;
  const again = (): void => {
    if (++events < most) queue.push(now + 1000 + (events % 4000), order++, again);
  };
  for (let i = 0; i < 2; i++) queue.push(i, order++, again);
  const start = performance.now();
  while (queue.size > 0) {
    now = queue.firstTime;
    queue.pop()();
  }
  return (events * 1000) / (performance.now() - start);
}

function ping(): number {
  const release = setGuards();
  const cluster = new Cluster({
    roots: roots(1),
    servers: ["n1", "n2"].map((id) => ({ id, role: "server" })),
    clients: [],
    weather: { latency: { kind: "uniform", minUs: 1_000, maxUs: 5_000 }, lossPpm: 0, duplicatePpm: 0 },
    policy: { target: "any", tryMs: 100, timeoutMs: 1_000, retry: false },
    create: (ctx) => new Pinger(ctx),
    invariants: [],
    selectors: {},
    goals: [],
    budgets: { events: 1e9, pending: 1e6, effects: 1e4 },
  });
  const start = performance.now();
  cluster.boot();
  cluster.runUntil(3_000_000_000);
  const took = performance.now() - start;
  release();
  return (cluster.events * 1000) / took;
}

/** Five nodes as busy as 200 operations a second make them; the plans are drawn outside the measure. */
async function raft(): Promise<number> {
  const catalogue = await catalogueFrom(registry);
  const prepared = prepare(loadScenario(busy, "bench-busy.yaml", catalogue), catalogue);
  let seed = 0;
  return best(8, () => {
    const plans = Array.from({ length: 5 }, () => ({ seed: ++seed, plan: prepared.plan(seed) }));
    const start = performance.now();
    let events = 0;
    for (const { seed: each, plan } of plans) events += runOnce(prepared, each, { plan }).events;
    return (events * 1000) / (performance.now() - start);
  });
}

const parts = {
  base: async () => best(5, bareLoop),
  ping: async () => best(5, ping),
  raft,
} as const;

const self = fileURLToPath(import.meta.url);

/** The best of three processes, each with nothing else in it: the engine specialises on the shapes that it meets, and a worker meets one protocol at a time. */
function alone(part: keyof typeof parts): number {
  return best(3, () => Number(execFileSync(process.execPath, [self, "--part", part], { encoding: "utf8" })));
}

/** How fast so many workers judge runs, and of which digest. */
interface Judged {
  readonly perMinute: number;
  readonly digest: string;
}

async function campaigns(workers: number): Promise<Judged> {
  const catalogue = await catalogueFrom(registry);
  const scenario = loadScenario(judged, "bench-judged.yaml", catalogue);
  const pool = new Pool({ workers, registry });
  await runCampaign(pool, scenario, catalogue, { baseSeed: 1, runs: 400 * workers });
  let perMinute = 0;
  let digest = "";
  for (let i = 0; i < 3; i++) {
    const start = performance.now();
    digest = (await runCampaign(pool, scenario, catalogue, { baseSeed: 1, runs: 3_000 })).digest;
    perMinute = Math.max(perMinute, (3_000 * 60_000) / (performance.now() - start));
  }
  await pool.close();
  return { perMinute, digest };
}

/** Holds a process to one core: its compiler's, its collector's and its pool's threads share that with its worker. Linux only. */
const toOneCore = ["taskset", "--cpu-list", "0"] as const;

function canHold(): boolean {
  try {
    execFileSync(toOneCore[0], [...toOneCore.slice(1), "true"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

function campaignsAlone(workers: number, before: readonly string[]): Judged {
  const [command, ...rest] = [...before, process.execPath, self, "--workers", String(workers)];
  return JSON.parse(execFileSync(command!, rest, { encoding: "utf8" })) as Judged;
}

function workers(): void {
  console.log("\nworkers: campaigns of 3,000 judged runs, each in a process of its own");
  const held = canHold();
  const rows = [
    ...(held ? [{ what: "  1 worker, all of it on one core", ...campaignsAlone(1, toOneCore) }] : []),
    { what: "  1 worker, its helping threads elsewhere", ...campaignsAlone(1, []) },
    { what: "  2 workers", ...campaignsAlone(2, []) },
  ];
  for (const { what, perMinute } of rows) row(what, `${Math.round(perMinute).toLocaleString("en-US")}/min`);
  const [first, two] = [rows[0]!, rows.at(-1)!];
  row(
    held ? "  2 workers on two cores against one core" : "  2 workers against 1 (which cannot be held to one core here)",
    `${(two.perMinute / first.perMinute).toFixed(2)} times`,
    new Set(rows.map(({ digest }) => digest)).size === 1 ? "same digest" : "DIFFERENT DIGESTS",
  );
}

async function main(): Promise<void> {
  const catalogue = await catalogueFrom(registry);
  console.log(
    `node ${process.version}, ${cpus().length} cores (${cpus()[0]?.model ?? "unknown"}); best of several, one core unless said otherwise`,
  );
  console.log("digest, freezing, guards and checks are on throughout\n");

  const base = alone("base");
  row("bare event loop (the baseline)", perSecond(base), "a callback an event over the same heap, nothing else");
  const pings = alone("ping");
  row("ping, two nodes", perSecond(pings), `${(pings / base).toFixed(2)} of the baseline`);
  const busiest = alone("raft");
  row("Raft, five nodes", perSecond(busiest), `${(busiest / base).toFixed(2)} of the baseline`);

  const prepared = prepare(loadScenario(judged, "bench-judged.yaml", catalogue), catalogue);
  for (let i = 0; i < 300; i++) runOnce(prepared, i);
  let events = 0;
  let runs = 0;
  const perMinute = best(5, () => {
    const start = performance.now();
    for (let i = 0; i < 400; i++, runs++) events += runOnce(prepared, runs).events;
    return (400 * 60_000) / (performance.now() - start);
  });
  const perRun = events / runs;
  row(
    "complete judged Raft runs",
    `${Math.round(perMinute).toLocaleString("en-US")}/min`,
    `${Math.round(perRun)} events a run; ${((perMinute * perRun) / 60 / base).toFixed(2)} of the baseline`,
  );

  console.log("\nwhere the time of a judged run goes");
  const whole = 60_000_000 / perMinute;
  const plans = timed(400, (i) => prepared.plan(i));
  const histories = Array.from({ length: 100 }, (_, i) => runTraced(prepared, i).history);
  const checking = timed(400, (i) => checkLinearizable(histories[i % 100]!, prepared.workload.model!));
  row("  drawing the plan (fast-check)", `${Math.round(plans)} us`, share(plans, whole));
  row("  judging the history", `${Math.round(checking)} us`, share(checking, whole));
  row(
    "  simulating, monitors and digest included",
    `${Math.round(whole - plans - checking)} us`,
    share(whole - plans - checking, whole),
  );

  workers();
}

function timed(times: number, action: (i: number) => unknown): number {
  for (let i = 0; i < times; i++) action(i);
  const start = performance.now();
  for (let i = 0; i < times; i++) action(i);
  return ((performance.now() - start) * 1000) / times;
}

function share(part: number, whole: number): string {
  return `${((part * 100) / whole).toFixed(0)} %`;
}

const after = (option: string): string | undefined =>
  process.argv.includes(option) ? process.argv[process.argv.indexOf(option) + 1] : undefined;
const part = after("--part");
const count = after("--workers");
if (part !== undefined) console.log(await parts[part as keyof typeof parts]());
else if (count !== undefined) console.log(JSON.stringify(await campaigns(Number(count))));
else await main();
