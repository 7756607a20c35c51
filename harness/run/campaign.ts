/** Many runs of one scenario: what they add up to, and whether that is what the scenario expects. Pure. */

import type { Byzantine } from "../protocol.ts";
import type { Scenario } from "../scenario/scenario.ts";
import { formatShare } from "../sim/units.ts";
import { enumerates, type Prepared, strategyOf } from "./once.ts";
import { type Kind, Part, type PartData } from "./part.ts";
import type { Campaign, Failure, Run, Violation } from "./run.ts";
import { replacesFaults } from "./strategies/index.ts";

/** Whether a violation is the one that the scenario expects. */
export function isExpected({ expect }: Scenario, violation: Violation): boolean {
  if (expect.kind !== "violation") return false;
  const { family, check } = violation;
  switch (expect.check) {
    case "any":
      return true;
    case "invariants":
      return family === "invariant";
    case "contract":
      return family === "contract";
    default:
      return expect.check === check;
  }
}

/** How many seeds a campaign starts at most, when nobody says otherwise, and whether it ends at its first violation. */
export function extent(scenario: Scenario): { readonly runs: number; readonly bail: boolean } {
  const { expect } = scenario;
  if (scenario.regression === true) return { runs: scenario.runs, bail: true };
  if (scenario.explicit !== undefined) return { runs: 1, bail: expect.kind === "violation" };
  const stated = expect.kind === "violation" ? expect.within : scenario.runs;
  // An enumeration ends by itself, when there is no further effect.
  return { runs: enumerates(scenario) ? Math.max(stated, 1_000) : stated, bail: expect.kind === "violation" };
}

export { kindOf } from "./part.ts";

/** Adds up runs, which must come in the order of their seeds, or parts of campaigns, in any order. */
export class Tally {
  readonly whole: Part;
  private readonly prepared: Prepared;
  private readonly baseSeed: number;
  /** Ids of the fault items that are tried at every effect. */
  private readonly enumerated: readonly string[];
  private ended = false;

  constructor(prepared: Prepared, baseSeed: number) {
    this.prepared = prepared;
    this.baseSeed = baseSeed;
    this.enumerated = prepared.scenario.faults.filter(({ when }) => "enumerate" in when).map(({ id }) => id);
    this.whole = emptyPart(prepared);
  }

  get runs(): number {
    return this.whole.runs;
  }

  get invalid(): number {
    return this.whole.counts.invalid;
  }

  get kinds(): ReadonlyMap<string, Kind> {
    return this.whole.kinds;
  }

  add(run: Run): void {
    this.ended = this.enumerated.length > 0 && this.enumerated.every((id) => (run.effects[id] ?? 0) === 0);
    this.whole.add(run);
  }

  take(part: PartData): void {
    this.whole.merge(part);
  }

  /** True when an enumeration has come to its end: in the last run there was no such effect any more. */
  get exhausted(): boolean {
    return this.ended;
  }

  /** True when no further run can change what the scenario expects to see: the expected violation was found. */
  get decided(): boolean {
    const { scenario } = this.prepared;
    if (scenario.expect.kind !== "violation") return false;
    return this.kinds.size > 0;
  }

  campaign(failures: readonly Failure[], interrupted: boolean, timing: Campaign["timing"]): Campaign {
    const { scenario } = this.prepared;
    const { verdict, reason } = this.verdict(interrupted);
    const told = `${reason}${this.beyond()}`;
    return { scenario, baseSeed: this.baseSeed, verdict, reason: told, ...this.whole.told(), failures, timing };
  }

  /** Lies that were heard and that the protocol does not claim to bear: what came of them is not its fault. */
  private beyond(): string {
    const { scenario, protocol } = this.prepared;
    const byzantine: readonly string[] = ["equivocate", "replay", "corrupt"] satisfies readonly Byzantine[];
    const borne: readonly string[] = protocol.bears ?? [];
    const exceeding = scenario.faults.filter(({ fault }) => byzantine.includes(fault) && !borne.includes(fault));
    const heard = exceeding.filter(({ id }) => (this.whole.effects.get(id)?.effective ?? 0) > 0).map(({ id }) => id);
    if (heard.length === 0) return "";
    const what = heard.length === 1 ? `the fault ${heard[0]} was` : `the faults ${heard.join(", ")} were`;
    return `; the fault model was exceeded: ${what} beyond what ${protocol.name} claims to bear`;
  }

  private verdict(interrupted: boolean): { verdict: Campaign["verdict"]; reason: string } {
    const { scenario } = this.prepared;
    const found = [...this.kinds.values()].map((kind) => kind.first).sort((a, b) => a.seed - b.seed);
    const unexpected = found.find((run) => !isExpected(scenario, run.violation!));
    if (unexpected !== undefined) {
      const instead = scenario.expect.kind === "violation" ? `expected a violation of ${scenario.expect.check}, but ` : "";
      return {
        verdict: "violation",
        reason: `${instead}seed ${unexpected.seed} violates ${unexpected.violation!.check}: ${unexpected.violation!.sentence}`,
      };
    }
    const first = found[0];
    if (first !== undefined) {
      return {
        verdict: "as expected",
        reason: `${first.violation!.check} is violated, as expected: found at seed ${first.seed}, after ${this.runs} ${this.runs === 1 ? "run" : "runs"}`,
      };
    }
    if (interrupted)
      return {
        verdict: "interrupted",
        reason: `interrupted after ${this.runs} of ${scenario.runs} runs, without a violation until then`,
      };
    if (scenario.expect.kind === "violation") {
      return {
        verdict: "not found",
        reason: `expected a violation of ${scenario.expect.check} within ${scenario.expect.within} runs, but ${this.runs} runs found none`,
      };
    }
    const covered = this.prepared.covered(this.baseSeed, this.runs);
    const exceeded = this.whole.figures.exceeded();
    if (exceeded !== undefined) return { verdict: "violation", reason: `a limit is exceeded: ${exceeded}` };
    const { unjudged, counts } = this.whole;
    if (unjudged !== undefined) {
      return {
        verdict: "unknown",
        reason: `${counts.unknown} of ${this.runs} runs could not be judged; the first is seed ${unjudged.seed}: ${unjudged.sentence}`,
      };
    }
    return (
      this.minima() ?? {
        verdict: "as expected",
        reason: `${this.runs} ${this.runs === 1 ? "run" : "runs"} without a violation${covered === undefined ? "" : `; ${covered}`}`,
      }
    );
  }

  /** A campaign that proved nothing is not green. */
  private minima(): { verdict: "inconclusive"; reason: string } | undefined {
    const { scenario } = this.prepared;
    const { asked, ok, fail } = this.whole.operations;
    const answeredPpm = asked === 0 ? 0 : Math.floor(((ok + fail) * 1_000_000) / asked);
    if (answeredPpm < scenario.require.answeredPpm) {
      const wanted = formatShare(scenario.require.answeredPpm);
      return {
        verdict: "inconclusive",
        reason: `only ${ok + fail} of ${asked} operations (${formatShare(answeredPpm)}) were answered, and the scenario requires ${wanted}`,
      };
    }
    const missed = scenario.reach.filter((goal) => (this.whole.goals.get(goal) ?? 0) === 0);
    if (missed.length > 0) {
      return {
        verdict: "inconclusive",
        reason: `${scenario.regression === true ? "stale: " : ""}${this.runs} ${this.runs === 1 ? "run" : "runs"} never reached the ${missed.length === 1 ? "goal" : "goals"} ${missed.map((goal) => `"${goal}"`).join(" and ")}, which the scenario is to reach`,
      };
    }
    if (scenario.explicit !== undefined || scenario.regression === true) return undefined;
    // What a strategy puts in the place of all that comes again and again, is what its campaign shows.
    const replaced = replacesFaults(strategyOf(scenario));
    for (const [id, { planned, effective }] of this.whole.effects) {
      if (replaced && scenario.faults.some((item) => item.id === id && "every" in item.when)) continue;
      if (effective === 0) {
        const waits = scenario.faults.some((item) => item.id === id && "moment" in item.when);
        const hint = waits ? "; `seedquake points` shows which moments there are" : "";
        const why = planned === 0 ? "was never planned" : `was planned ${planned} times, but never had an effect`;
        return { verdict: "inconclusive", reason: `the fault ${id} ${why}: the campaign shows nothing about it${hint}` };
      }
    }
    return undefined;
  }
}

/** The other seeds of a failure, as it tells them. */
export function alike({ others, count }: Pick<Kind, "others" | "count">): Pick<Failure, "otherSeeds" | "moreSeeds"> {
  const more = count - 1 - others.length;
  return { otherSeeds: others, ...(more === 0 ? {} : { moreSeeds: more }) };
}

/** Of no runs yet, with everything that is told of them. */
export function emptyPart({ scenario, protocol }: Prepared): Part {
  const items = [...scenario.faults, ...(scenario.explicit?.plan.faults ?? [])].map(({ id }) => id);
  return new Part(scenario.limits, items, protocol.goals ?? []);
}

/** Exit status of a set of campaigns: the first of 2 (never here), 1, 3, 0 that applies. */
export function exitStatus(campaigns: readonly Campaign[]): 0 | 1 | 3 {
  if (campaigns.some(({ verdict }) => verdict === "violation" || verdict === "not found")) return 1;
  return campaigns.every(({ verdict }) => verdict === "as expected") ? 0 : 3;
}
