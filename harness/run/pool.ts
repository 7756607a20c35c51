/** The door to the threads: long-lived workers, batches handed out in order, results merged in order, a watchdog. */

import { Worker } from "node:worker_threads";
import { asExplicit, type Catalogue, type OwnFiles } from "../scenario/index.ts";
import type { Plan, Scenario } from "../scenario/scenario.ts";
import { alike, extent, isExpected, Tally } from "./campaign.ts";
import { Keeper } from "./keeper.ts";
import { endlessTrial, type Surveyed, type SurveyTask, type Trial, type TrialTask } from "./mutate.ts";
import { type Prepared, prepare } from "./once.ts";
import type { Campaign, Failure, Run, TracedRun } from "./run.ts";
import { shrinkBudget, sizes } from "./shrink.ts";
import { distinctBugs, look, worthTelling } from "./signature.ts";
import { counting, type Entry, lastOf, owns, type Shard, type Stretch, stretches } from "./slices.ts";
import type { BatchTask, FailureTask, Finding, FindTask, Found, Task, Why, WhyTask } from "./work.ts";
import type { WorkerSetting } from "./worker.ts";

export interface PoolOptions {
  readonly workers: number;
  /** URL of the module that exports `protocols`. */
  readonly registry: string;
  /** What scenarios name by path. */
  readonly own?: OwnFiles | undefined;
  /** How long one event may take before its handler counts as one that never returns. */
  readonly watchdogMs?: number;
}

interface Job {
  readonly id: number;
  readonly task: Task;
  resolve(result: unknown): void;
  reject(error: Error): void;
}

interface Hand {
  worker: Worker;
  readonly beats: Int32Array;
  job: Job | undefined;
  seen: number;
  seenAt: number;
}

/** A handler did not return; which one, as far as the pulse tells. */
class Stuck extends Error {
  readonly event: number;
  readonly node: number;
  constructor(event: number, node: number) {
    super("a handler did not return");
    this.event = event;
    this.node = node;
  }
}

const usualWatchdogMs = 30_000;

/** Worker threads that live as long as the pool. Jobs start in the order in which they were given. */
export class Pool {
  readonly size: number;
  private readonly options: PoolOptions;
  private readonly hands: Hand[] = [];
  private readonly queue: Job[] = [];
  private next = 0;
  private readonly watch: NodeJS.Timeout;

  constructor(options: PoolOptions) {
    this.options = options;
    this.size = Math.max(1, options.workers);
    for (let i = 0; i < this.size; i++) this.hands.push(this.hire());
    this.watch = setInterval(() => this.look(), Math.min(1_000, (options.watchdogMs ?? usualWatchdogMs) / 4));
    this.watch.unref();
  }

  batch(task: BatchTask): Promise<Run[]> {
    return this.give(task) as Promise<Run[]>;
  }

  failure(task: FailureTask): Promise<Found> {
    return this.give(task) as Promise<Found>;
  }

  why(task: WhyTask): Promise<Why> {
    return this.give(task) as Promise<Why>;
  }

  find(task: FindTask): Promise<Finding> {
    return this.give(task) as Promise<Finding>;
  }

  trace(scenario: Scenario, seed: number): Promise<TracedRun> {
    return this.give({ kind: "trace", scenario, seed }) as Promise<TracedRun>;
  }

  survey(task: SurveyTask): Promise<Surveyed> {
    return this.give(task) as Promise<Surveyed>;
  }

  /** One mutation; a handler that never returns for it ends its trial. */
  async trial(task: TrialTask): Promise<Trial> {
    try {
      return (await this.give(task)) as Trial;
    } catch (error) {
      if (error instanceof Stuck) return endlessTrial;
      throw error;
    }
  }

  /** Shrinking ends everywhere with the best that it has by now. */
  cutShort(): void {
    for (const { beats } of this.hands) Atomics.store(beats, 3, 1);
  }

  plan(scenario: Scenario, seed: number): Promise<Plan> {
    return this.give({ kind: "plan", scenario, seed }) as Promise<Plan>;
  }

  async close(): Promise<void> {
    clearInterval(this.watch);
    await Promise.all(this.hands.map((hand) => hand.worker.terminate()));
  }

  private give(task: Task): Promise<unknown> {
    return new Promise((resolve, reject) => {
      this.queue.push({ id: this.next++, task, resolve, reject });
      this.handOut();
    });
  }

  private handOut(): void {
    for (const hand of this.hands) {
      if (hand.job !== undefined) continue;
      const job = this.queue.shift();
      if (job === undefined) return;
      hand.job = job;
      hand.seenAt = performance.now();
      hand.worker.postMessage({ id: job.id, task: job.task });
    }
  }

  private hire(): Hand {
    const pulse = new SharedArrayBuffer(16);
    const setting: WorkerSetting = { registry: this.options.registry, own: this.options.own, pulse };
    const worker = new Worker(new URL("./worker.js", import.meta.url), { workerData: setting });
    const hand: Hand = { worker, beats: new Int32Array(pulse), job: undefined, seen: -1, seenAt: performance.now() };
    worker.on("message", ({ id, result, error }: { id: number; result?: unknown; error?: string }) => {
      const { job } = hand;
      if (job === undefined || job.id !== id) return;
      hand.job = undefined;
      if (error === undefined) job.resolve(result);
      else job.reject(new Error(error));
      this.handOut();
    });
    worker.on("error", (error) => hand.job?.reject(error instanceof Error ? error : new Error(String(error))));
    return hand;
  }

  private look(): void {
    const now = performance.now();
    for (const [i, hand] of this.hands.entries()) {
      const event = hand.beats[1]!;
      if (hand.job === undefined || hand.beats[0] === 0 || event !== hand.seen) {
        hand.seen = event;
        hand.seenAt = now;
        continue;
      }
      if (now - hand.seenAt < (this.options.watchdogMs ?? usualWatchdogMs)) continue;
      const { job } = hand;
      void hand.worker.terminate();
      this.hands[i] = this.hire();
      job.reject(new Stuck(event, hand.beats[2]!));
      this.handOut();
    }
  }
}

export interface CampaignOptions {
  readonly baseSeed: number;
  /** Instead of the scenario's own number of runs. */
  readonly runs?: number;
  /** Start no further seeds after this long. */
  readonly timeMs?: number;
  readonly bail?: boolean;
  readonly twice?: boolean;
  /** "first": the lowest failing seed of each kind (default); "all": every failing seed; "none". */
  readonly shrink?: "first" | "all" | "none";
  /** How many futures are played from each side of a failure's point of no return, instead of the usual number. */
  readonly futures?: number;
  /** How many runs making one violation small may take, instead of the usual number. */
  readonly shrinkRuns?: number;
  /** Asked before each batch: true ends the campaign, keeping what was found. */
  readonly interrupted?: () => boolean;
  readonly onProgress?: (progress: Progress) => void;
  /** Only the runs of this one of several machines; `turn` is the campaign's place in its suite. */
  readonly shard?: Shard | undefined;
  readonly turn?: number;
  /** What is done already, and where to write down what is done now. */
  readonly journal?: { readonly entries: readonly Entry[]; readonly append?: (entry: Entry) => void } | undefined;
  /** No runs: only what the journal holds. */
  readonly gather?: boolean;
}

export interface Progress {
  readonly phase: "run" | "shrink";
  readonly runs: number;
  readonly of: number;
  readonly violations: number;
  /** Where a time decides how many runs there are, in ms. */
  readonly time?: { readonly elapsed: number; readonly of: number };
}

/** Runs a scenario's seeds on the pool. The result does not depend on the number of workers. */
export async function runCampaign(
  pool: Pool,
  scenario: Scenario,
  catalogue: Catalogue,
  options: CampaignOptions,
): Promise<Campaign> {
  const startedAt = performance.now();
  const interrupted = options.interrupted ?? (() => false);
  const prepared = prepare(scenario, catalogue);
  const usual = extent(scenario);
  const baseSeed = scenario.from ?? scenario.explicit?.seed ?? options.baseSeed;
  const wanted = options.runs ?? (options.timeMs === undefined ? usual.runs : Number.MAX_SAFE_INTEGER);
  const most = scenario.explicit === undefined && scenario.from === undefined ? wanted : usual.runs;
  const bail = usual.bail || options.bail === true;
  const tally = new Tally(prepared, baseSeed);
  const size = Math.max(1, Math.min(50, Math.ceil(Math.min(most, 1e6) / (pool.size * 4))));
  const { shard, turn = 0, journal } = options;
  const mine = (slice: number): boolean => shard === undefined || owns(shard, slice, turn);
  const before = journal?.entries ?? [];
  const keeper = new Keeper(prepared, journal?.append);
  const left = options.gather === true ? [].values() : stretches(most, size, mine, before);
  let over = false;
  let started = 0;
  const inTime = (): boolean => options.timeMs === undefined || performance.now() - startedAt < options.timeMs;
  const waiting: { readonly stretch: Stretch; readonly runs: Promise<Run[]> }[] = [];
  const top = (): void => {
    while (!over && waiting.length < pool.size * 2 && !interrupted() && (started === 0 || inTime())) {
      const next = left.next();
      if (next.done === true) return;
      const { from, to } = next.value;
      const task = {
        kind: "batch",
        scenario,
        firstSeed: baseSeed + from,
        count: to - from,
        bail,
        twice: options.twice === true,
      } as const;
      waiting.push({ stretch: next.value, runs: batchWithWatchdog(pool, task) });
      started++;
    }
  };
  const resumed = before.reduce((sum, { part }) => sum + part.runs, 0);
  for (top(); waiting.length > 0; top()) {
    const { stretch, runs: promised } = waiting.shift()!;
    const runs = await promised;
    keeper.open(stretch.from);
    for (const run of runs) {
      if (over) break;
      tally.add(run);
      if ((bail && run.verdict === "invalid") || tally.exhausted) over = true;
      keeper.add(run, over);
    }
    keeper.mind(performance.now());
    const time = options.timeMs === undefined ? {} : { time: { elapsed: performance.now() - startedAt, of: options.timeMs } };
    options.onProgress?.({ phase: "run", runs: tally.runs + resumed, of: most, violations: tally.invalid, ...time });
    if (over) break;
  }
  keeper.close();
  await Promise.allSettled(waiting.map(({ runs }) => runs));
  const ended = over ? [{ ...keeper.last!, ends: true }] : [];
  const counted = counting([...before, ...ended]).filter((entry) => before.includes(entry));
  for (const { part } of counted) tally.take(part);
  const failures = await failuresOf(pool, prepared, catalogue, tally, options, interrupted);
  const complete = over || lastOf(before) < Number.POSITIVE_INFINITY || tally.runs >= most;
  const missing =
    shard === undefined && !complete && (interrupted() || (options.gather === true && wanted < Number.MAX_SAFE_INTEGER));
  const campaign = tally.campaign(failures, missing, {
    wallMs: Math.round(performance.now() - startedAt),
    workers: pool.size,
  });
  return shard === undefined ? campaign : asShard(campaign, shard);
}

/** What a shard says: only the whole can lack something. What a shard has found, it has found. */
function asShard(campaign: Campaign, { index, of }: Shard): Campaign {
  const { verdict, failures, runs } = campaign;
  if (verdict === "as expected" || (verdict === "violation" && failures.length > 0)) return campaign;
  const reason = `shard ${index} of ${of} has done its ${runs} runs; \`seedquake merge\` judges all of them together`;
  return { ...campaign, verdict: "as expected", reason };
}

/** A batch whose worker got stuck is taken apart, so that only the seed with the endless handler is lost, and told. */
async function batchWithWatchdog(pool: Pool, task: BatchTask): Promise<Run[]> {
  try {
    return await pool.batch(task);
  } catch (error) {
    if (!(error instanceof Stuck)) throw error;
    if (task.count === 1) return [stuckRun(task, error)];
    const runs: Run[] = [];
    for (let i = 0; i < task.count; i++) {
      runs.push(...(await batchWithWatchdog(pool, { ...task, firstSeed: task.firstSeed + i, count: 1 })));
      if (task.bail && runs.at(-1)!.verdict === "invalid") break;
    }
    return runs;
  }
}

function stuckRun({ scenario, firstSeed }: BatchTask, { event, node }: Stuck): Run {
  const names = [...scenario.servers.map(({ id }) => id), ...scenario.clients];
  return {
    seed: firstSeed,
    digest: "0".repeat(16),
    verdict: "invalid",
    violation: {
      family: "contract",
      check: "endless",
      sentence: `${names[node] ?? "a node"} did not return from a handler: event ${event} of seed ${firstSeed} never came to an end; look for a loop without an exit`,
      atUs: 0,
    },
    events: event,
    messages: 0,
    post: { sent: 0, delivered: 0, lost: 0, cut: 0 },
    virtualUs: 0,
    operations: { asked: 0, ok: 0, fail: 0, info: 0 },
    effects: {},
    goals: [],
    figures: { failover: [], unavailable: [], latency: [], messages: [] },
  };
}

async function failuresOf(
  pool: Pool,
  prepared: Prepared,
  catalogue: Catalogue,
  tally: Tally,
  options: CampaignOptions,
  interrupted: () => boolean,
): Promise<Failure[]> {
  const { scenario } = prepared;
  const mode = options.shrink ?? "first";
  const wanted: { run: Run; others: ReturnType<typeof alike> }[] = [];
  for (const kind of mode === "first" ? worthTelling(tally.kinds) : tally.kinds.values()) {
    wanted.push({ run: kind.first, others: alike(kind) });
    if (mode === "all") for (const seed of kind.others) wanted.push({ run: { ...kind.first, seed }, others: { otherSeeds: [] } });
  }
  let done = 0;
  const futures = options.futures === undefined ? {} : { futures: options.futures };
  const watch = setInterval(() => {
    if (interrupted()) pool.cutShort();
  }, 100);
  const jobs = wanted.map(async ({ run, others }): Promise<Failure> => {
    const budget =
      mode === "none" || interrupted() ? 0 : (options.shrinkRuns ?? shrinkBudget(isExpected(scenario, run.violation!)));
    const found =
      run.violation!.check === "endless"
        ? await untraced(pool, prepared, run, catalogue)
        : await failureWithWatchdog(pool, { kind: "failure", scenario, run, budget, ...futures });
    options.onProgress?.({ phase: "shrink", runs: ++done, of: wanted.length, violations: tally.invalid });
    return { ...found, ...others };
  });
  try {
    const failures = (await Promise.all(jobs)).sort((a, b) => a.seed - b.seed);
    return mode === "first" ? distinctBugs(failures) : failures;
  } finally {
    clearInterval(watch);
  }
}

/** A candidate may have a handler that never returns where the failing run had none: then the failure is told as it was found. */
async function failureWithWatchdog(pool: Pool, task: FailureTask): Promise<Found> {
  try {
    return await pool.failure(task);
  } catch (error) {
    if (!(error instanceof Stuck) || task.budget === 0) throw error;
    return pool.failure({ ...task, budget: 0 });
  }
}

/** A run that never ends has no trace; and when its protocol does not even end in a dry run, it has the plan that needs none. */
async function untraced(pool: Pool, prepared: Prepared, run: Run, catalogue: Catalogue): Promise<Found> {
  let plan: Plan;
  try {
    plan = await pool.plan(prepared.scenario, run.seed);
  } catch (error) {
    if (!(error instanceof Stuck)) throw error;
    plan = prepare({ ...prepared.scenario, strategy: "random" }, catalogue).plan(run.seed);
  }
  const size = sizes(prepared.scenario, plan, run);
  return {
    seed: run.seed,
    foundDigest: run.digest,
    violation: run.violation!,
    scenario: asExplicit(prepared.scenario, run.seed, plan, catalogue),
    run: { ...run, plan, history: [], trace: [], samples: [], states: [] },
    before: size,
    after: size,
    shrinkRuns: 0,
    minimal: false,
    signature: look(run.violation!),
  };
}
