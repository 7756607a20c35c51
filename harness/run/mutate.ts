/** The score of a scenario: which of the bugs that could be planted in its protocol's outside acts it catches. Pure. */

import type { Protocol } from "../protocol.ts";
import type { Scenario } from "../scenario/scenario.ts";
import { filesOfPaths, type Mutation, mutationId, operators, Survey, type Way } from "../sim/index.ts";
import { Tally } from "./campaign.ts";
import { type Beating, type Prepared, runMutated, runOnce } from "./once.ts";
import type { Run } from "./run.ts";

// What there is to mutate

export interface SurveyTask {
  readonly kind: "survey";
  readonly scenario: Scenario;
  readonly firstSeed: number;
  readonly count: number;
}

export interface Surveyed {
  readonly runs: readonly Run[];
  readonly ways: readonly FoundWay[];
  /** Where the files lie on this machine, by what they are called in the ways. */
  readonly files: readonly (readonly [name: string, path: string])[];
}

export interface FoundWay extends Way {
  /** In whose runs it was gone. */
  readonly seeds: readonly number[];
}

/** Runs seeds as they are, and takes stock of what their nodes do. */
export function survey(prepared: Prepared, { firstSeed, count }: SurveyTask, options: Beating = {}): Surveyed {
  const runs: Run[] = [];
  const seeds = new Map<string, { way: Way; seeds: number[] }>();
  const stock = new Survey();
  for (let seed = firstSeed; seed < firstSeed + count; seed++) {
    runs.push(runOnce(prepared, seed, { ...options, survey: stock }));
    for (const way of stock.take()) {
      const key = JSON.stringify(way);
      const found = seeds.get(key);
      if (found === undefined) seeds.set(key, { way, seeds: [seed] });
      else found.seeds.push(seed);
    }
  }
  return { runs, ways: [...seeds.values()].map((one) => ({ ...one.way, seeds: one.seeds })), files: [...filesOfPaths()] };
}

export function joined(parts: readonly Surveyed[]): Surveyed {
  const ways = new Map<string, FoundWay>();
  for (const { seeds, ...way } of parts.flatMap((part) => part.ways)) {
    const key = JSON.stringify(way);
    ways.set(key, { ...way, seeds: [...(ways.get(key)?.seeds ?? []), ...seeds] });
  }
  const files = new Map(parts.flatMap((part) => part.files));
  return { runs: parts.flatMap((part) => part.runs), ways: [...ways.values()], files: [...files] };
}

/** One mutation, and the runs of the campaign that come by its place: in all others it changes nothing. */
export interface Planned {
  readonly id: string;
  readonly mutation: Mutation;
  /** The lines that it is about. */
  readonly places: readonly string[];
  readonly seeds: readonly number[];
}

const removals = {
  sync: "no-sync",
  write: "no-write",
  send: "no-send",
  reply: "no-reply",
  timer: "no-timer",
  cancel: "no-cancel",
} as const;

/** More names than this at one line are made up as it runs ("votes t17"): they count as one. */
const mostNames = 8;
/** A helper with more callers than this is no place where one of them could have been forgotten. */
const mostCallers = 6;

/**
 * What can be planted: every operator at every line that does such a thing. Messages of several types from one line are told apart;
 * and a line that writes or syncs for several callers stands for each of them, at the first step outwards at which they part.
 */
export function mutationsOf({ ways }: Pick<Surveyed, "ways">, scenario: Scenario, protocol: Protocol): readonly Planned[] {
  const acts = ways.filter(({ word }) => word !== "handled");
  const planned: Planned[] = [];
  for (const atSite of groups(acts, ({ word, path }) => `${word} ${path[0]}`).values()) {
    const names = new Set(atSite.map(({ name }) => name));
    const byName = names.size > mostNames ? new Map([["*", atSite]]) : groups(atSite, ({ name }) => name);
    for (const [name, alike] of byName) {
      for (const [via, own] of callersOf(alike)) {
        const { word, path } = own[0]!;
        const place = { name, site: path[0]!, ...(via === undefined ? {} : { via }) };
        const add = (operator: Mutation["operator"], those: readonly FoundWay[]): void => {
          if (those.length > 0) planned.push(plan({ operator, ...place }, [via ?? path[0]!], those));
        };
        add(removals[word as keyof typeof removals], own);
        const told = own.filter(({ beforeTelling }) => beforeTelling);
        if (word === "sync") add("late-sync", told);
        if (word === "write") add("late-write", told);
      }
    }
  }
  return [...planned, ...older(acts), ...twice(ways, scenario, protocol)].sort(inOrder);
}

function plan(mutation: Mutation, places: readonly string[], ways: readonly FoundWay[]): Planned {
  const seeds = [...new Set(ways.flatMap((way) => way.seeds))].sort((a, b) => a - b);
  return { id: mutationId(mutation), mutation, places: [...new Set(places)].sort(byPlace), seeds };
}

function callersOf(ways: readonly FoundWay[]): ReadonlyMap<string | undefined, readonly FoundWay[]> {
  const { word } = ways[0]!;
  if (word !== "sync" && word !== "write") return new Map([[undefined, ways]]);
  for (let depth = 1; ; depth++) {
    const callers = groups(ways, ({ path }) => path[depth]);
    if (callers.has(undefined) || callers.size > mostCallers) return new Map([[undefined, ways]]);
    if (callers.size > 1) return callers;
  }
}

/** Records by their names, wherever they are written. */
function older(acts: readonly FoundWay[]): readonly Planned[] {
  const writes = acts.filter(({ word }) => word === "write");
  const byName = groups(writes, ({ name }) => name);
  const all = byName.size > mostNames ? new Map([["*", writes]]) : byName;
  return [...all].map(([name, ways]) =>
    plan(
      { operator: "older", name },
      ways.map(({ path }) => path[0]!),
      ways,
    ),
  );
}

/** Only what comes once by contract: on a link of datagrams a message may be doubled as it is, and who retries sends twice. */
function twice(ways: readonly FoundWay[], { policy }: Scenario, { transport }: Protocol): readonly Planned[] {
  const once = ways.filter(
    ({ word, name }) => word === "handled" && (name === "request" ? !policy.retry : transport === "stream"),
  );
  return [...groups(once, ({ name }) => name)].map(([name, own]) =>
    plan(
      { operator: "twice", name },
      own.map(({ path }) => path[0]!),
      own,
    ),
  );
}

function groups<K, V>(list: readonly V[], key: (value: V) => K): Map<K, V[]> {
  const found = new Map<K, V[]>();
  for (const value of list) {
    const those = found.get(key(value));
    if (those === undefined) found.set(key(value), [value]);
    else those.push(value);
  }
  return found;
}

function inOrder(a: Planned, b: Planned): number {
  return (
    byPlace(a.places[0]!, b.places[0]!) ||
    operators.indexOf(a.mutation.operator) - operators.indexOf(b.mutation.operator) ||
    (a.id < b.id ? -1 : 1)
  );
}

/** "a.ts:9" before "a.ts:10". */
export function byPlace(a: string, b: string): number {
  const [fileA, lineA] = split(a);
  const [fileB, lineB] = split(b);
  return fileA < fileB ? -1 : fileA > fileB ? 1 : lineA - lineB;
}

function split(place: string): [file: string, line: number] {
  const at = place.lastIndexOf(":");
  return [place.slice(0, at), Number(place.slice(at + 1))];
}

// What no run came by

const callOnCtx = /\b(?:ctx|context)\s*\.\s*(?:send|broadcast|reply|fail|redirect|giveUp|setTimer|cancelTimer)\s*\(/;
const callOnDisk = /\bdisk\s*\.\s*(?:write|sync)\s*\(|\blog\b\s*(?:<[^()]*>)?(?:\([^()]*\))?\s*\.\s*(?:append|truncate)\s*\(/i;

/** Lines of a source file that look like an outside act, by what ctx and the disk are usually called. */
export function actLines(source: string): readonly number[] {
  return source.split("\n").flatMap((line, i) => {
    const code = line.replace(/^\s*(?:\*|\/\*).*$/, "").replace(/\/\/.*$/, "");
    return callOnCtx.test(code) || callOnDisk.test(code) ? [i + 1] : [];
  });
}

/** Which of these lines, by file, no way led through. */
export function neverExecuted(ways: readonly Way[], lines: ReadonlyMap<string, readonly number[]>): readonly string[] {
  const gone = new Set(ways.flatMap(({ path }) => path));
  const all = [...lines].flatMap(([file, own]) => own.map((line) => `${file}:${line}`));
  return all.filter((place) => !gone.has(place)).sort(byPlace);
}

// What becomes of one

export interface TrialTask {
  readonly kind: "trial";
  readonly scenario: Scenario;
  readonly mutation: Mutation;
  readonly seeds: readonly number[];
  /** Of the same seeds without the mutation. */
  readonly digests: readonly string[];
}

export interface Trial {
  /** The runs made, the last of which is not valid when the mutation was found. */
  readonly runs: readonly Run[];
  /** Runs in which it was executed; in which anything was otherwise for it; which went differently. */
  readonly executed: number;
  readonly mattered: number;
  readonly differed: number;
  /** Whether what was otherwise could have come out: a node came back from a crash with it. */
  readonly tested: boolean;
  /** Instead of all that: a handler never returned. */
  readonly endless?: boolean;
}

/** Plays the seeds with the mutation, up to the first run that is not valid. */
export function trial(prepared: Prepared, { mutation, seeds, digests }: TrialTask, options: Beating = {}): Trial {
  const runs: Run[] = [];
  const sum = { executed: 0, mattered: 0, differed: 0, tested: false };
  for (const [i, seed] of seeds.entries()) {
    const { run, seen } = runMutated(prepared, seed, mutation, options);
    runs.push(run);
    if (seen.executed > 0) sum.executed++;
    if (seen.mattered > 0) sum.mattered++;
    if (seen.exposed === undefined ? run.digest !== digests[i] : seen.exposed > 0) sum.differed++;
    if (seen.tested > 0) sum.tested = true;
    if (run.verdict !== "valid") break;
  }
  return { runs, ...sum };
}

export const endlessTrial: Trial = { runs: [], executed: 1, mattered: 1, differed: 1, tested: true, endless: true };

export interface Outcome {
  readonly id: string;
  readonly operator: Mutation["operator"];
  readonly name: string;
  readonly places: readonly string[];
  /** Where a helper did it for the place above. */
  readonly through?: string;
  /**
   * "caught": a run was not valid, or the campaign was not what the scenario expects. "survived". "equivalent": wherever it was executed it
   * changed nothing, or nobody ever read what it changed. "unreached": no run gave it anything to do.
   */
  readonly outcome: "caught" | "survived" | "equivalent" | "unreached";
  /** What caught it; the seed is absent when it took all runs to tell. */
  readonly by?: { readonly check: string; readonly sentence: string; readonly seed?: number };
  /** Runs that came by its place, of which so many were played; the following are of those. */
  readonly runs: number;
  readonly played: number;
  readonly executed: number;
  readonly mattered: number;
  /** Runs that went differently. */
  readonly differed: number;
}

/** `unchanged`: the runs of the whole campaign without any mutation, in the order of their seeds. */
export function outcomeOf(planned: Planned, trial: Trial, prepared: Prepared, unchanged: readonly Run[]): Outcome {
  const { id, mutation, places, seeds } = planned;
  const { executed, mattered, differed } = trial;
  const by = caughtBy(trial, prepared, unchanged);
  return {
    id,
    operator: mutation.operator,
    name: mutation.name,
    places,
    ...(mutation.via === undefined ? {} : { through: mutation.site! }),
    outcome: by !== undefined ? "caught" : (quiet(trial) ?? "survived"),
    ...(by === undefined ? {} : { by }),
    runs: seeds.length,
    played: trial.runs.length,
    executed,
    mattered,
    differed,
  };
}

/**
 * No run went differently. That alone says little: where nobody crashes, no sync is missed. It is as good as the original only where it had
 * nothing to change, or where a node has come back with what it changed and did nothing else for it.
 */
function quiet({ executed, mattered, differed, tested }: Trial): "equivalent" | "unreached" | undefined {
  if (differed > 0) return undefined;
  if (executed === 0) return "unreached";
  return mattered === 0 || tested ? "equivalent" : undefined;
}

function caughtBy(trial: Trial, prepared: Prepared, unchanged: readonly Run[]): Outcome["by"] {
  if (trial.endless === true) return { check: "endless", sentence: "a handler never returned" };
  const last = trial.runs.at(-1);
  if (last?.violation !== undefined) return { check: last.violation.check, sentence: last.violation.sentence, seed: last.seed };
  if (last?.unknown !== undefined) return { check: "not judged", sentence: last.unknown, seed: last.seed };
  const { verdict, reason } = verdictOf(prepared, unchanged, trial.runs);
  if (verdict === "as expected") return undefined;
  return { check: verdict === "violation" ? "limits" : "require", sentence: reason };
}

/** What a campaign of these runs comes to, some of them exchanged for others of the same seeds. */
export function verdictOf(
  prepared: Prepared,
  runs: readonly Run[],
  instead: readonly Run[] = [],
): { readonly verdict: string; readonly reason: string; readonly digest: string } {
  const bySeed = new Map(instead.map((run) => [run.seed, run]));
  const tally = new Tally(prepared, runs[0]!.seed);
  for (const run of runs) tally.add(bySeed.get(run.seed) ?? run);
  return tally.campaign([], false, { wallMs: 0, workers: 0 });
}

// The score

export interface Score {
  readonly scenario: { readonly file: string; readonly name: string; readonly case?: string };
  readonly protocol: string;
  readonly baseSeed: number;
  readonly runs: number;
  /** Of the runs without a mutation. */
  readonly digest: string;
  /** All that were planned; `mutations` holds those that are decided. */
  readonly planned: number;
  readonly mutations: readonly Outcome[];
  readonly neverExecuted: readonly string[];
}

export interface Sum {
  readonly caught: number;
  readonly survived: number;
  readonly equivalent: number;
  readonly unreached: number;
  /** Caught and survived. */
  readonly of: number;
  /** Of a million, rounded down; undefined when there is nothing to catch. */
  readonly ppm: number | undefined;
}

export function sumOf(mutations: readonly Outcome[]): Sum {
  const counts = { caught: 0, survived: 0, equivalent: 0, unreached: 0 };
  for (const { outcome } of mutations) counts[outcome]++;
  const of = counts.caught + counts.survived;
  return { ...counts, of, ppm: of === 0 ? undefined : Math.floor((counts.caught * 1_000_000) / of) };
}
