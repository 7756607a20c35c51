/** The page of one run: everything that a report tells of it, as data. */

import { metricsOf } from "../../run/metrics.ts";
import type { Failure } from "../../run/run.ts";
import { fullName, type Scenario } from "../../scenario/scenario.ts";
import type { TraceRecord } from "../../sim/trace.ts";
import { curve, noReturnSentence } from "../lost.ts";
import type { Setting } from "../reporter.ts";
import { storySteps } from "../story.ts";
import { count, visible } from "../text.ts";
import { asFound, judgedTrace, replayOf, smallerOf, type Told } from "../told.ts";
import { faultBands } from "./fault-bands.ts";
import { runHistory } from "./history-part.ts";
import { type Diagram, type Lane, pageFormat, type RunPage } from "./model.ts";
import { pack, packState, Values } from "./pack.ts";
import { storyStepsOf } from "./steps.ts";

/** A few more lines than on a terminal: a page scrolls. */
const longestStory = 30;
/** More records are not drawn: the earliest are left out. */
export const mostRecords = 20_000;

/** What checks of our own demand. */
const ours: Readonly<Record<string, string>> = {
  linearizable:
    "There is one order of all operations, each between its request and its answer, in which a single correct copy of the object would have given the same answers.",
  liveness: "Once all faults are over, every client is answered within the stated time.",
  contract: "Handlers run to their end, return nothing, throw nothing, and pass on plain data only.",
};

export function runPage(told: Told, setting: Setting): RunPage {
  const { run, origin, scenario, failure, why } = told;
  const { violation } = run;
  const words = setting.words(scenario.workload.name);
  const { steps, left } = storySteps(run, words, longestStory);
  const sentence = violation?.sentence ?? run.unknown;
  const demands = violation === undefined ? undefined : (setting.demands(scenario, violation.check) ?? ours[violation.check]);
  const trace = judgedTrace(run);
  const held = setting.holders?.(scenario, run.trace, run.virtualUs) ?? [];
  return {
    page: "run",
    format: pageFormat,
    title: `${fullName(origin)}, seed ${failure?.seed ?? run.seed}`,
    verdict: run.verdict,
    headline:
      violation === undefined
        ? `${run.verdict}: ${run.verdict === "valid" ? "nothing was violated" : "undecided"}`
        : `${visible(violation.check)} is violated`,
    ...(sentence === undefined ? {} : { sentence: visible(sentence) }),
    ...(demands === undefined ? {} : { demands }),
    description: origin.description,
    about: about(told, setting),
    commands: commands(told, setting),
    ...(scenario.explicit === undefined ? {} : { yaml: setting.yaml(scenario) }),
    story: { steps: storyStepsOf(steps), left },
    ...(why?.necessity === undefined ? {} : { necessity: why.necessity }),
    ...(why?.noReturn === undefined
      ? {}
      : { noReturn: { sentence: noReturnSentence(why.noReturn, run) ?? "", ...curve(why.noReturn) } }),
    endUs: trace.at(-1)?.atUs ?? run.virtualUs,
    faults: faultBands(run),
    diagram: diagram(told, numbered(trace)),
    history: runHistory(run, words, scenario.check.includes("linearizable")),
    metrics: metricsOf(run.trace, run.history, run.samples, run.virtualUs),
    ...(run.samples.length === 0 ? {} : { samples: run.samples }),
    ...(held.length === 0 ? {} : { held }),
  };
}

function about(told: Told, setting: Setting): [string, string][] {
  const { run, origin, scenario, failure } = told;
  const breaks = setting.breaks(origin);
  const small = (before: number | undefined, after: number, noun: string): string =>
    before === undefined || before === after ? count(after, noun) : `${before} -> ${count(after, noun)}`;
  const { before } = failure ?? {};
  return [
    ["scenario", `${origin.file}${origin.case === undefined ? "" : `, case ${origin.case}`}`],
    ["protocol", origin.protocol],
    ...(origin.mutant === undefined
      ? []
      : [["mutant", `${origin.mutant}${breaks === undefined ? "" : `: ${visible(breaks)}`}`] as [string, string]]),
    ["checks", origin.check.join(", ")],
    [
      failure === undefined ? "size" : failure.minimal ? "made small" : "made smaller",
      [
        small(before?.nodes, scenario.servers.length, "node"),
        small(before?.clients, scenario.clients.length, "client"),
        small(before?.operations, run.plan.operations.length, "operation"),
        small(before?.faults, run.plan.faults.length, "fault"),
      ].join(", ") + (failure === undefined ? "" : ` in ${count(failure.shrinkRuns, "run")}${smallness(failure)}`),
    ],
    ["seed", String(failure?.seed ?? run.seed)],
    ["digest", run.digest],
  ];
}

function smallness({ minimal, shrinkRuns }: Failure): string {
  if (minimal) return ": no operation and no fault can be left out";
  return shrinkRuns === 0 ? "" : ": not the smallest, as its budget was spent";
}

function commands(told: Told, { out }: Setting): { what: string; command: string }[] {
  const replay = { what: "replay this run", command: replayOf(told, out) };
  if (told.failure === undefined) return [replay];
  const smaller = smallerOf(told, out);
  return [
    replay,
    { what: "the run as it was found", command: asFound(told) },
    ...(smaller === undefined ? [] : [{ what: "goes on making it smaller", command: smaller }]),
  ];
}

function lanesOf(scenario: Scenario, trace: readonly TraceRecord[]): Lane[] {
  const lanes: Lane[] = [
    ...scenario.clients.map((id): Lane => ({ id, kind: "client", role: "client" })),
    ...scenario.servers.map(({ id, role, spare }): Lane => ({ id, kind: spare === true ? "spare" : "server", role })),
  ];
  const known = new Set(lanes.map(({ id }) => id));
  for (const { node } of trace) {
    if (node === "" || known.has(node)) continue;
    known.add(node);
    lanes.push({ id: node, kind: "server", role: "" });
  }
  return lanes;
}

/** A violation that was judged after the run gets a number between its neighbours', and the answer that it speaks of as its cause. */
function numbered(trace: readonly TraceRecord[]): readonly TraceRecord[] {
  return trace.map((record, i) => {
    if (record.kind !== "violation" || record.n !== 0) return record;
    const answer = trace.slice(0, i).findLast(({ kind, atUs }) => kind === "return" && atUs === record.atUs);
    return { ...record, n: (trace[i - 1]?.n ?? 0) + 0.5, cause: answer?.n ?? 0 };
  });
}

function diagram({ scenario, run }: Told, trace: readonly TraceRecord[]): Diagram {
  const drawn = trace.slice(-mostRecords);
  const firstN = drawn[0]?.n ?? 0;
  const values = new Values();
  const packed = pack(drawn, values);
  // What nodes were like before the first record that is drawn counts too.
  const states = run.states.map((state) => packState(state.n < firstN ? { ...state, n: firstN - 1 } : state, values));
  const violation = drawn.find(({ kind }) => kind === "violation");
  return {
    lanes: lanesOf(scenario, trace),
    trace: packed,
    states,
    left: trace.length - drawn.length,
    ...(violation === undefined ? {} : { violation: violation.n }),
  };
}
