/** What a search for a threshold found: a sentence, the table of everything that was tried, and how to see it again. */

import type { Threshold } from "../run/threshold.ts";
import { type Amount, written } from "../scenario/index.ts";
import { count, json } from "./text.ts";

/** Of stretches that came out alike so many are told from either end. */
const eachEnd = 4;

/** One value that was tried. */
export interface Tried {
  readonly value: number;
  readonly outcome: "holds" | "fails" | "refused";
  readonly runs: number;
  /** Of a failure, its check and seed; of others, what takes away from it. */
  readonly told: string;
  readonly check?: string;
  readonly seed?: number;
}

export interface ThresholdReport {
  /** The scenario's full name. */
  readonly scenario: string;
  readonly amount: Pick<Amount, "path" | "kind" | "sign">;
  /** Runs that a value had to stand. */
  readonly runs: number;
  readonly baseSeed: number;
  readonly threshold: Threshold;
  /** In the order in which they were tried. */
  readonly tried: readonly Tried[];
  /** Of the failing end. */
  readonly replay?: string;
}

/** "1.06x", of rates, beside the value itself. */
export function valueText({ kind, sign }: Pick<Amount, "kind" | "sign">, value: number): string {
  const own = String(written({ kind, sign }, value));
  if (kind !== "rate" || sign === 0) return own;
  const factor = 1_000_000 + sign * value;
  return `${own} (${(factor / 1_000_000).toFixed(6).replace(/\.?0+$/, "")}x)`;
}

/** The findings in sentences. */
export function thresholdSentences(report: ThresholdReport): string[] {
  const { amount, threshold, tried, runs } = report;
  const text = (value: number): string => valueText(amount, value);
  const of = (value: number): Tried => tried.find((one) => one.value === value)!;
  if (!threshold.found) {
    const { all, least, most } = threshold;
    const range = `from ${text(least)} to ${text(most)}`;
    return [
      all === "hold"
        ? `no threshold: every value of ${amount.path} ${range} holds (${count(runs, "run")} a value); widen the range with --from and --to, or run more with --runs`
        : `no threshold: every value of ${amount.path} ${range} fails; it is something else that breaks this scenario, or the range is to be widened with --from and --to`,
    ];
  }
  const { holds, fails, odd } = threshold;
  if (odd.length > 0) {
    const least = fails > holds;
    const broken = tried.flatMap(({ value, outcome }) => (outcome === "fails" ? [value] : []));
    const end = of(least ? Math.min(...broken) : Math.max(...broken));
    return [
      `no clear threshold of ${amount.path}: it ${stretches(report).join(", ")}; the ${least ? "smallest" : "largest"} value that was seen to break it: ${text(end.value)} (${end.told})`,
      ...odd.map((value) => oddSentence(report, of(value), Math.max(holds, fails))),
    ];
  }
  const bad = of(fails);
  const words = fails > holds ? ["holds to", "fails from"] : ["holds from", "fails to"];
  const noted = of(holds).told;
  return [
    `${amount.path}: ${words[0]} ${text(holds)} (${count(of(holds).runs, "run")}${noted === "" ? "" : `; ${noted}`}), ${words[1]} ${text(fails)}: ${bad.told}`,
  ];
}

function oddSentence({ amount }: ThresholdReport, { value, outcome, runs, told }: Tried, high: number): string {
  const side = value > high ? "above" : "below";
  const kind = outcome === "holds" ? `holds (${count(runs, "run")})` : `fails (${told})`;
  return `not monotone: ${valueText(amount, value)}, which is ${side}, ${kind}; look closer with --from and --to around it`;
}

/** The values in order of size, those together that came out alike: "holds from 58ms to 116ms", "fails at 117ms". */
function stretches({ amount, tried }: ThresholdReport): string[] {
  const all: { readonly outcome: Tried["outcome"]; readonly least: number; most: number }[] = [];
  for (const { value, outcome } of tried.toSorted((a, b) => a.value - b.value)) {
    const last = all.at(-1);
    if (outcome === "refused") continue;
    if (last?.outcome === outcome) last.most = value;
    else all.push({ outcome, least: value, most: value });
  }
  const text = (value: number): string => valueText(amount, value);
  const said = all.map(({ outcome, least, most }) =>
    least === most ? `${outcome} at ${text(least)}` : `${outcome} from ${text(least)} to ${text(most)}`,
  );
  const left = said.length - 2 * eachEnd;
  return left <= 1 ? said : [...said.slice(0, eachEnd), `turns ${left} more times`, ...said.slice(-eachEnd)];
}

/** The table: values in order of size, what came of each. */
export function triedLines({ amount, tried }: ThresholdReport): string[] {
  const rows = tried
    .toSorted((a, b) => a.value - b.value)
    .map(({ value, outcome, runs, told }) => [
      valueText(amount, value),
      outcome,
      outcome === "refused" ? "" : count(runs, "run"),
      told,
    ]);
  const widths = [0, 1, 2].map((i) => Math.max(...rows.map((row) => row[i]!.length)));
  return rows.map(([value, outcome, runs, told]) =>
    `${value!.padStart(widths[0]!)}  ${outcome!.padEnd(widths[1]!)}  ${runs!.padStart(widths[2]!)}  ${told}`.trimEnd(),
  );
}

export function thresholdText(report: ThresholdReport): string {
  const { scenario, replay, baseSeed } = report;
  const lines = [
    `${scenario}, base seed ${baseSeed}`,
    ...thresholdSentences(report),
    "",
    ...triedLines(report),
    ...(replay === undefined ? [] : ["", `replay  ${replay}`]),
  ];
  return `${lines.join("\n")}\n`;
}

/** The same for programs; values in microseconds, parts per million, or as numbers. */
export function thresholdJson({ amount, ...report }: ThresholdReport): string {
  const { path, kind, sign } = amount;
  const unit = { duration: "us", rate: "ppm", number: "" }[kind];
  return `${json({ schemaVersion: 1, over: path, unit, sign, ...report }, 2)}\n`;
}
