/** A run that is told: the run itself, the scenario that it ran, where it comes from, and where its report lies. */

import type { Campaign, Failure, TracedRun } from "../run/run.ts";
import { fullName, type Scenario } from "../scenario/scenario.ts";
import type { TraceRecord } from "../sim/trace.ts";
import { argument, folderName, inFolder, replayCommand } from "./names.ts";
import { endedEarly, sizes } from "./sentences.ts";
import { count, visible } from "./text.ts";

export type Why = Pick<Failure, "necessity" | "noReturn">;

export interface Told {
  /** The scenario that the user asked for. */
  readonly origin: Scenario;
  /** What ran: the minimal explicit scenario of a failure, else the same. */
  readonly scenario: Scenario;
  readonly run: TracedRun;
  /** Its folder inside the reports folder. */
  readonly folder: string;
  /** Present when it is a failure of a campaign. */
  readonly failure?: Failure;
  /** What it takes, and when it was lost, of a violation whose parts are all written out. */
  readonly why?: Why;
}

/** A run that was asked for by its seed, whatever its verdict. */
export function tellRun(scenario: Scenario, run: TracedRun): Told {
  return { origin: scenario, scenario, run, folder: folderName(scenario, run.seed) };
}

/**
 * The failures of a suite in order, each with a folder of its own: where two scenarios have the same name ("a/b" and "a-b"),
 * the later one's folder gets a number. The names of the first campaigns do not depend on later ones.
 */
export function tellFailures(campaigns: readonly Campaign[]): ReadonlyMap<Failure, Told> {
  const told = new Map<Failure, Told>();
  const taken = new Set<string>();
  for (const { scenario: origin, failures } of campaigns) {
    for (const failure of failures) {
      const name = folderName(origin, failure.seed);
      let folder = name;
      // Some file systems hold "A" and "a" for the same.
      for (let i = 2; taken.has(folder.toLowerCase()); i++) folder = `${name}.${i}`;
      taken.add(folder.toLowerCase());
      told.set(failure, { origin, scenario: failure.scenario, run: failure.run, folder, failure, why: failure });
    }
  }
  return told;
}

/** The command that repeats exactly this run. */
export function replayOf(told: Told, out: string): string {
  return told.failure === undefined ? asFound(told) : replayCommand(inFolder(out, told.folder, "counterexample.yaml"));
}

/** The command that repeats the run before it was shrunk. */
export function asFound({ origin, run, failure }: Told): string {
  const seed = origin.explicit === undefined ? (failure?.seed ?? run.seed) : undefined;
  return replayCommand(origin.file, seed, origin.case, seed === undefined ? undefined : origin.strategy);
}

/** The command that goes on making it smaller, where the budget ended that: a counterexample is shrunk like any other scenario. */
export function smallerOf({ folder, failure }: Told, out: string): string | undefined {
  return failure !== undefined && endedEarly(failure)
    ? `npx seedquake run ${argument(inFolder(out, folder, "counterexample.yaml"))}`
    : undefined;
}

/** The trace, with the violation in its place: a history is judged only after its run, so its violation has no record there. */
export function judgedTrace({ trace, violation }: TracedRun): readonly TraceRecord[] {
  if (violation === undefined || trace.some(({ kind }) => kind === "violation")) return trace;
  const { atUs, check, sentence } = violation;
  const after = trace.findIndex((record) => record.atUs > atUs);
  const place = after < 0 ? trace.length : after;
  return [
    ...trace.slice(0, place),
    { n: 0, atUs, node: "", cause: 0, kind: "violation", check, sentence },
    ...trace.slice(place),
  ];
}

/** The first lines of every text that tells of one run. */
export function heading({ origin, scenario, run, failure }: Told): string[] {
  const { violation, seed, plan, digest } = run;
  const verdict = violation === undefined ? run.verdict : `${visible(violation.check)} is violated`;
  const sentence = violation?.sentence ?? run.unknown;
  return [
    `${visible(fullName(origin))}, seed ${failure?.seed ?? seed}: ${verdict}`,
    ...(sentence === undefined ? [] : [visible(sentence)]),
    [
      count(scenario.servers.length, "node"),
      count(scenario.clients.length, "client"),
      count(plan.operations.length, "operation"),
      count(plan.faults.length, "fault"),
      `digest ${digest}`,
    ].join(", "),
    ...(failure !== undefined && endedEarly(failure)
      ? [`made smaller: ${sizes(failure)}; \`seedquake run\` of the counterexample.yaml beside this goes on from there`]
      : []),
  ];
}
