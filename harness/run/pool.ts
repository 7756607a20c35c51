/** The door to the threads: long-lived workers, batches handed out in order, results merged in order, a watchdog. */

import { Worker } from "node:worker_threads";
import { asExplicit, type Catalogue, type OwnFiles } from "../scenario/index.ts";
import type { Plan, Scenario } from "../scenario/scenario.ts";
import { alike, extent, isExpected, Tally } from "./campaign.ts";
import { Keeper } from "./keeper.ts";
import { endlessTrial, type Surveyed, type SurveyTask, type Trial, type TrialTask } from "./mutate.ts";
import { type Prepared, prepare } from "./once.ts";
import { beatAt, beatsOf, makePulse } from "./pulse.ts";
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
  /** Nobody needs what comes of its job. */
  unneeded: boolean;
  seen: number;
  seenAt: number;
}

/** A handler did not return; which one, of which run of a batch, as far as the pulse tells. */
class Stuck extends Error {
  readonly run: number;
  readonly event: number;
  readonly node: number;
  constructor(beats: Int32Array) {
    super("a handler did not return");
    this.run = beats[beatAt.run]!;
    this.event = beats[beatAt.event]!;
    this.node = beats[beatAt.node]!;
  }
}

/** Somebody wants what there is by now, and this was not getting on. */
class Dropped extends Error {}

const usualWatchdogMs = 30_000;
/** How long one event may take once somebody has asked for an end. */
const hurriedMs = 2_000;

/** Worker threads that live as long as the pool. Jobs start in the order in which they were given. */
export class Pool {
  readonly size: number;
  private readonly options: PoolOptions;
  private readonly hands: Hand[] = [];
  private readonly queue: Job[] = [];
  private next = 0;
  private hurried = false;
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

  /** One run. */
  async run(scenario: Scenario, seed: number): Promise<Run> {
    return (await this.batch({ kind: "batch", scenario, firstSeed: seed, count: 1, bail: false, twice: false }))[0]!;
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

  /** Shrinking ends everywhere with the best that it has by now, and nobody waits for long for a handler that does not return. */
  cutShort(): void {
    this.hurried = true;
    for (const { beats } of this.hands) Atomics.store(beats, beatAt.hurry, 1);
  }

  /** Batches of this scenario, which nobody needs any more, do not begin; those under way are not waited for when they are not getting on. */
  dropBatches(scenario: Scenario): void {
    const isOne = ({ task }: Job): boolean => task.kind === "batch" && task.scenario === scenario;
    for (const hand of this.hands) if (hand.job !== undefined && isOne(hand.job)) hand.unneeded = true;
    for (const job of this.queue.filter(isOne)) {
      this.queue.splice(this.queue.indexOf(job), 1);
      job.reject(new Dropped("nobody needs it any more"));
    }
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
      hand.unneeded = false;
      hand.seenAt = performance.now();
      hand.worker.postMessage({ id: job.id, task: job.task });
    }
  }

  private hire(): Hand {
    const pulse = makePulse();
    const setting: WorkerSetting = { registry: this.options.registry, own: this.options.own, pulse };
    const worker = new Worker(new URL("./worker.js", import.meta.url), { workerData: setting });
    if (this.hurried) Atomics.store(beatsOf(pulse), beatAt.hurry, 1);
    const hand: Hand = { worker, beats: beatsOf(pulse), job: undefined, unneeded: false, seen: -1, seenAt: performance.now() };
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
      const event = hand.beats[beatAt.event]!;
      if (hand.job === undefined || hand.beats[beatAt.busy] === 0 || event !== hand.seen) {
        hand.seen = event;
        hand.seenAt = now;
        continue;
      }
      const patience = this.options.watchdogMs ?? usualWatchdogMs;
      const hurried = this.hurried || hand.unneeded;
      const dropped = hurried && now - hand.seenAt < patience;
      if (now - hand.seenAt < (hurried ? Math.min(hurriedMs, patience) : patience)) continue;
      const { job } = hand;
      void hand.worker.terminate();
      this.hands[i] = this.hire();
      job.reject(dropped ? new Dropped("it was not getting on when there was no time left for it") : new Stuck(hand.beats));
      this.handOut();
    }
  }
}

/** Which failing seeds are made small: the lowest of each kind, every one, none. */
export type Shrinking = "first" | "all" | "none";

export interface CampaignOptions {
  readonly baseSeed: number;
  /** Instead of the scenario's own number of runs. */
  readonly runs?: number;
  /** Start no further seeds after this long. */
  readonly timeMs?: number;
  readonly bail?: boolean;
  readonly twice?: boolean;
  /** Default: "first". */
  readonly shrink?: Shrinking;
  /** How many futures are played from each side of a failure's point of no return, instead of the usual number. */
  readonly futures?: number;
  /** How many runs making one violation small may take, instead of the usual number. */
  readonly shrinkRuns?: number;
  /** Asked before each batch: true ends the campaign, keeping what was found. */
  readonly interrupted?: () => boolean;
  readonly onProgress?: (progress: Progress) => void;
  /** All runs are made; what follows is to make their failures small, which seldom takes more than one worker. */
  readonly onRan?: () => void;
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
  const interrupted = options.interrupted ?? (() => false);
  const watch = setInterval(() => {
    if (interrupted()) pool.cutShort();
  }, 100);
  try {
    return await campaignOf(pool, scenario, catalogue, options, interrupted);
  } finally {
    clearInterval(watch);
  }
}

async function campaignOf(
  pool: Pool,
  scenario: Scenario,
  catalogue: Catalogue,
  options: CampaignOptions,
  interrupted: () => boolean,
): Promise<Campaign> {
  const startedAt = performance.now();
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
  const waiting: { readonly stretch: Stretch; readonly runs: Promise<Run[] | undefined> }[] = [];
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
    if (runs === undefined) break;
    keeper.open(stretch.from);
    for (const run of runs) {
      if (over) break;
      tally.add(run);
      // Whoever has one handler that does not return has more of them, and each takes as long as the watchdog's patience.
      if ((bail && run.verdict === "invalid") || isEndless(run) || tally.exhausted) over = true;
      keeper.add(run, over);
    }
    keeper.mind(performance.now());
    const time = options.timeMs === undefined ? {} : { time: { elapsed: performance.now() - startedAt, of: options.timeMs } };
    options.onProgress?.({ phase: "run", runs: tally.runs + resumed, of: most, violations: tally.invalid, ...time });
    if (over) break;
  }
  keeper.close();
  if (over) pool.dropBatches(scenario);
  await Promise.allSettled(waiting.map(({ runs }) => runs));
  const ended = over ? [{ ...keeper.last!, ends: true }] : [];
  const counted = counting([...before, ...ended]).filter((entry) => before.includes(entry));
  for (const { part } of counted) tally.take(part);
  const making = failuresOf(pool, prepared, catalogue, tally, options, interrupted);
  options.onRan?.();
  const failures = await making;
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

/** Of a batch whose worker got stuck there is all up to the seed with the endless handler; nothing when somebody wanted an end meanwhile. */
async function batchWithWatchdog(pool: Pool, task: BatchTask): Promise<Run[] | undefined> {
  try {
    return await pool.batch(task);
  } catch (error) {
    if (error instanceof Dropped) return undefined;
    if (!(error instanceof Stuck)) throw error;
    const before = error.run === 0 ? [] : await batchWithWatchdog(pool, { ...task, count: error.run });
    const last = before?.at(-1);
    const ended = last !== undefined && (isEndless(last) || (task.bail && last.verdict === "invalid"));
    return before === undefined || ended ? before : [...before, stuckRun(task, error)];
  }
}

function isEndless({ violation }: Run): boolean {
  return violation?.check === endless;
}

/** The check of a handler that never returns. */
const endless = "endless";

function stuckRun({ scenario, firstSeed }: BatchTask, { run, event, node }: Stuck): Run {
  const seed = firstSeed + run;
  const names = [...scenario.servers.map(({ id }) => id), ...scenario.clients];
  return {
    seed,
    digest: "0".repeat(16),
    verdict: "invalid",
    violation: {
      family: "contract",
      check: endless,
      sentence: `${names[node] ?? "a node"} did not return from a handler: event ${event} of seed ${seed} never came to an end; look for a loop without an exit`,
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
  const wanted: { run: Run | Promise<Run>; others: ReturnType<typeof alike> }[] = [];
  for (const kind of mode === "first" ? worthTelling(tally.kinds) : tally.kinds.values()) {
    wanted.push({ run: kind.first, others: alike(kind) });
    if (mode === "all")
      for (const seed of kind.others) wanted.push({ run: pool.run(scenario, seed), others: { otherSeeds: [] } });
  }
  let done = 0;
  const futures = options.futures === undefined ? {} : { futures: options.futures };
  const jobs = wanted.map(async ({ run: found, others }): Promise<Failure> => {
    const run = await found;
    const budget =
      mode === "none" || interrupted() ? 0 : (options.shrinkRuns ?? shrinkBudget(isExpected(scenario, run.violation!)));
    const told = isEndless(run)
      ? await untraced(pool, prepared, run, catalogue)
      : await failureWithWatchdog(pool, { kind: "failure", scenario, run, budget, ...futures });
    options.onProgress?.({ phase: "shrink", runs: ++done, of: wanted.length, violations: tally.invalid });
    return { ...told, ...others };
  });
  const failures = (await Promise.all(jobs)).sort((a, b) => a.seed - b.seed);
  return mode === "first" ? distinctBugs(failures) : failures;
}

/** A candidate may have a handler that never returns where the failing run had none: then the failure is told as it was found. */
async function failureWithWatchdog(pool: Pool, task: FailureTask): Promise<Found> {
  try {
    return await pool.failure(task);
  } catch (error) {
    if (!(error instanceof Stuck || error instanceof Dropped) || task.budget === 0) throw error;
    return pool.failure({ ...task, budget: 0 });
  }
}

/** A run that never ends has no trace; and when its protocol does not even end in a dry run, it has the plan that needs none. */
async function untraced(pool: Pool, prepared: Prepared, run: Run, catalogue: Catalogue): Promise<Found> {
  let plan: Plan;
  try {
    plan = await pool.plan(prepared.scenario, run.seed);
  } catch (error) {
    if (!(error instanceof Stuck || error instanceof Dropped)) throw error;
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
