/** What a green suite could have found, by protocol: how much ran, how different it was, what happened in it, and which wrong variants it would catch. */

import type { Campaign, Suite } from "../run/run.ts";
import { fullName } from "../scenario/index.ts";
import { isFound, type MutantRow, median, runsOf } from "./mutants.ts";
import { count, seconds } from "./text.ts";

/** What `seedquake mutants` has measured of a protocol: its wrong variants, each in campaigns of its own. */
export interface Detection {
  /** As scenarios name it: of a user's own its path. */
  readonly protocol: string;
  /** The scenario that was measured, where it was this one and not the protocol's general one. */
  readonly scenario?: string;
  readonly mutants: number;
  /** Found by more than half of their campaigns. */
  readonly found: number;
  /** Half of those that were found took no more. */
  readonly medianRuns: number;
  /** Each campaign gave up after so many. */
  readonly within: number;
}

/** What `seedquake mutate` has measured of a scenario. */
export interface Scored {
  readonly scenario: string;
  readonly caught: number;
  readonly of: number;
}

/** What the campaigns of all mutants of some protocols came to. */
export function detections(rows: readonly MutantRow[], within: number): readonly Detection[] {
  const keyOf = ({ scenario, asked }: MutantRow): string => JSON.stringify([scenario.protocol, asked]);
  return [...new Set(rows.map(keyOf))].map((key) => {
    const own = rows.filter((row) => keyOf(row) === key);
    const { scenario, asked } = own[0]!;
    const found = own.filter(isFound);
    const medians = found.map((row) => median(runsOf(row))).sort((a, b) => a - b);
    return {
      protocol: scenario.protocol,
      ...(asked === undefined ? {} : { scenario: asked }),
      mutants: own.length,
      found: found.length,
      medianRuns: medians.length === 0 ? 0 : median(medians),
      within,
    };
  });
}

export interface Confidence {
  readonly protocol: string;
  readonly runs: number;
  readonly virtualUs: number;
  /** Runs that differ from all others of their scenario. */
  readonly distinct: { readonly count: number; readonly exact: boolean };
  /** Fault items of the scenarios, and how many of them really had an effect. */
  readonly faults: { readonly items: number; readonly effective: number; readonly deviations?: true };
  readonly goals: { readonly all: number; readonly reached: number };
  /** Wrong variants that cases of this very suite plant, and how many of them it caught. */
  readonly planted: { readonly mutants: number; readonly caught: number };
  readonly measured?: Detection;
  /** What scenarios of this very suite catch of the bugs that were planted one at a time. */
  readonly scored?: readonly Scored[];
}

/** One for each protocol of which some scenario expects that it holds, in the order of the suite. */
export function confidence(
  { campaigns }: Suite,
  measured: readonly Detection[],
  scores: readonly Scored[] = [],
): readonly Confidence[] {
  const names = new Set(campaigns.filter(isRight).map(({ scenario }) => scenario.protocol));
  return [...names].map((protocol) => {
    const own = campaigns.filter(({ scenario }) => scenario.protocol === protocol);
    const right = own.filter(isRight);
    // The exhaustive search plays none of a scenario's faults as it plans them.
    const items = right
      .filter(({ scenario }) => scenario.strategy !== "exhaustive")
      .flatMap(({ effects }) => Object.values(effects));
    const reached = new Set(right.flatMap(({ goals }) => Object.keys(goals).filter((goal) => goals[goal]! > 0)));
    const planted = own.filter(({ scenario }) => scenario.mutant !== undefined && scenario.expect.kind === "violation");
    const mutants = (some: readonly Campaign[]): number => new Set(some.map(({ scenario }) => scenario.mutant)).size;
    const titles = new Set(right.map(({ scenario }) => fullName(scenario)));
    const known = detectionOf(
      measured.filter((one) => one.protocol === protocol),
      titles,
    );
    const scored = scores.filter(({ scenario }) => titles.has(scenario));
    return {
      protocol,
      runs: right.reduce((sum, { runs }) => sum + runs, 0),
      virtualUs: right.reduce((sum, { virtualUs }) => sum + virtualUs, 0),
      distinct: {
        count: right.reduce((sum, { distinct }) => sum + distinct.count, 0),
        exact: right.every(({ distinct }) => distinct.exact),
      },
      faults: {
        items: items.length,
        effective: items.filter(({ effective }) => effective > 0).length,
        ...(right.some(({ scenario }) => scenario.strategy === "exhaustive") ? { deviations: true } : {}),
      },
      goals: { all: new Set(right.flatMap(({ goals }) => Object.keys(goals))).size, reached: reached.size },
      planted: { mutants: mutants(planted), caught: mutants(planted.filter(({ verdict }) => verdict === "as expected")) },
      ...(known === undefined ? {} : { measured: known }),
      ...(scored.length === 0 ? {} : { scored }),
    };
  });
}

/** Of the scenario in the suite that finds most, else of the protocol's general one. */
function detectionOf(all: readonly Detection[], titles: ReadonlySet<string>): Detection | undefined {
  const here = all.filter(({ scenario }) => scenario !== undefined && titles.has(scenario));
  const [best] = here.toSorted((a, b) => b.found / b.mutants - a.found / a.mutants);
  return best ?? all.find(({ scenario }) => scenario === undefined);
}

function isRight({ scenario }: Campaign): boolean {
  return scenario.mutant === undefined && scenario.expect.kind === "valid";
}

/** So many protocols have a line each; of more only the sums are told, and the rest stands in summary.json. */
const mostLines = 6;

/** What is said when everything is as expected: else there are other things to talk about. */
export function confidenceLines(suite: Suite, measured: readonly Detection[], scores: readonly Scored[] = []): string[] {
  if (suite.interrupted || suite.campaigns.some(({ verdict }) => verdict !== "as expected")) return [];
  const all = confidence(suite, measured, scores);
  if (all.length === 0) return [];
  if (all.length <= mostLines) return ["what this could have found:", ...all.map((one) => `  ${one.protocol}: ${line(one)}`)];
  const lacking = all.filter((one) => one.measured === undefined).length;
  const sum = (of: (one: Confidence) => number): number => all.reduce((total, one) => total + of(one), 0);
  const known = all.flatMap((one) => one.measured ?? []);
  const [found, mutants] = [known.reduce((n, one) => n + one.found, 0), known.reduce((n, one) => n + one.mutants, 0)];
  const measure = known.length === 0 ? "" : `; measured before, ${found} of ${mutants} wrong variants were found`;
  return [
    `what this could have found: ${count(all.length, "protocol")}, ${count(
      sum(({ runs }) => runs),
      "run",
    )} (${lasting(sum((one) => one.virtualUs))} of virtual time), ` +
      `${sum((one) => one.faults.effective)} of ${count(
        sum((one) => one.faults.items),
        "fault",
      )} with an effect, ` +
      `${sum((one) => one.goals.reached)} of ${count(
        sum((one) => one.goals.all),
        "goal",
      )} reached; ` +
      `it caught ${sum((one) => one.planted.caught)} of ${count(
        sum((one) => one.planted.mutants),
        "wrong variant",
      )} that it plants${measure}${lacking === 0 ? "" : `; of ${count(lacking, "protocol")} it is not measured (\`seedquake mutants\`)`}`,
  ];
}

function line({ protocol, runs, virtualUs, distinct, faults, goals, planted, measured, scored = [] }: Confidence): string {
  const parts = [
    `${count(runs, "run")} (${lasting(virtualUs)} of virtual time)`,
    `${distinct.exact ? "" : "about "}${distinct.count} of them different`,
    faults.items > 0
      ? `${faults.effective} of ${count(faults.items, "fault")} with an effect`
      : faults.deviations === true
        ? "faults only as deviations"
        : "no faults",
    ...(goals.all === 0 ? [] : [`${goals.reached} of ${count(goals.all, "goal")} reached`]),
    ...(planted.mutants === 0 ? [] : [`caught ${planted.caught} of ${count(planted.mutants, "wrong variant")} that it plants`]),
    ...scored.map(({ scenario, caught, of }) => `${scenario} catches ${caught} of ${count(of, "bug")} planted one at a time`),
    ...(measured === undefined && scored.length > 0 ? [] : [variants(protocol, planted.mutants > 0, measured)]),
  ];
  return parts.join(", ");
}

/** `some`: whether the protocol is known to have wrong variants. Of ours each has. */
function variants(protocol: string, some: boolean, measured: Detection | undefined): string {
  if (measured !== undefined) {
    const { scenario, found, mutants, medianRuns } = measured;
    const half = found === 0 ? "" : `, half of them within ${count(medianRuns, "run")}`;
    return `${scenario ?? "the general scenario"} finds ${found} of ${count(mutants, "wrong variant")}${half}`;
  }
  return some || !protocol.startsWith(".")
    ? `how many wrong variants it would catch is not measured (\`seedquake mutants ${protocol}\`)`
    : "how many planted bugs it would catch is not measured (`seedquake mutate`)";
}

/** "2.3 h", "14 min", "12.500 s". */
function lasting(us: number): string {
  const minutes = us / 60_000_000;
  if (minutes >= 60) return `${Math.floor(minutes / 6) / 10} h`;
  return minutes >= 2 ? `${Math.floor(minutes)} min` : `${seconds(us)} s`;
}
