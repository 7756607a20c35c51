/** Strategies against mutants, as a table in Markdown and as a plot: how many runs it takes to find each. */

import { type Cell, type Summed, summed } from "../run/compare.ts";
import type { StrategyName } from "../scenario/index.ts";
import { count } from "./text.ts";
import { type Element, xml } from "./xml.ts";

/** Everything that was measured, by mutant and strategy, in the order in which they were asked for. */
export interface Comparison {
  readonly mutants: readonly string[];
  readonly strategies: readonly StrategyName[];
  readonly cells: readonly Cell[];
  /** Each campaign gave up after so many runs. */
  readonly cap: number;
}

/** What all others are measured against. */
const yardstick: StrategyName = "random";

export function table({ mutants, strategies, cells, cap }: Comparison): readonly string[] {
  const of = (mutant: string, strategy: StrategyName): Summed =>
    summed(cells.filter((cell) => cell.mutant === mutant && cell.strategy === strategy));
  const campaigns = Math.max(0, ...cells.map(({ campaign }) => campaign + 1));
  const lines = [
    `Runs until a mutant is found: median / 95th percentile of ${campaigns} campaigns (median seconds of one thread), each stopped at ${cap} runs and counted as that.`,
    "Seconds hold what a strategy needs to get ready; its few dry runs do not count as runs.",
    "",
    `| mutant | ${strategies.join(" | ")} | check | after shrinking |`,
    `|---|${strategies.map(() => "---:|").join("")}---|---|`,
  ];
  for (const mutant of mutants) {
    const all = strategies.map((strategy) => of(mutant, strategy));
    const [first] = all.filter(({ check }) => check !== undefined);
    const after = all.find((one) => one.after !== undefined)?.after;
    const size = after === undefined ? "" : `${after.nodes} nodes, ${after.operations} operations, ${after.faults} faults`;
    lines.push(`| ${mutant} | ${all.map(cellText).join(" | ")} | ${first?.check ?? ""} | ${size} |`);
  }
  lines.push("", ...ratios({ mutants, strategies, cells, cap }));
  return lines;
}

function cellText({ campaigns, missed, medianRuns, p95Runs, medianSeconds }: Summed): string {
  if (campaigns === 0) return "";
  const lost = missed === 0 ? "" : `, ${missed} missed`;
  return `${medianRuns} / ${p95Runs} (${medianSeconds.toFixed(2)} s${lost})`;
}

/** By how much each strategy needs fewer runs than the yardstick, or more: geometric means over the mutants. */
function ratios({ mutants, strategies, cells }: Comparison): readonly string[] {
  if (!strategies.includes(yardstick)) return [];
  return strategies
    .filter((strategy) => strategy !== yardstick)
    .flatMap((strategy) => {
      const pairs = mutants.map((mutant) => {
        const by = (one: StrategyName): Summed => summed(cells.filter((cell) => cell.mutant === mutant && cell.strategy === one));
        return [by(yardstick), by(strategy)] as const;
      });
      const both = pairs.filter(([a, b]) => a.campaigns > 0 && b.campaigns > 0);
      if (both.length === 0) return [];
      const mean = (of: (one: Summed) => number): number => geometricMean(both.map(([a, b]) => of(a) / of(b)));
      const medians = times(mean(({ medianRuns }) => medianRuns));
      const means = times(mean(({ meanRuns }) => meanRuns));
      // What took less than the clock can tell took as long as it can tell.
      const seconds = times(mean(({ medianSeconds }) => Math.max(0.001, medianSeconds)));
      return `${strategy} against ${yardstick}, geometric mean over ${count(both.length, "mutant")}: ${medians} runs by the medians, ${means} by the runs for each find, ${seconds} seconds.`;
    });
}

/** "2.20 times fewer", "10.00 times more"; what rounds to once is "as many". */
function times(ratio: number): string {
  const [factor, word] = ratio < 1 ? [1 / ratio, "more"] : [ratio, "fewer"];
  return factor.toFixed(2) === "1.00" ? "as many" : `${factor.toFixed(2)} times ${word}`;
}

function geometricMean(values: readonly number[]): number {
  return Math.exp(values.reduce((sum, value) => sum + Math.log(value), 0) / values.length);
}

const colours = ["#888888", "#0b6e4f", "#c8553d", "#1f5fa8", "#8a4fa8", "#b58900", "#2aa198", "#d33682", "#586e75"];
const row = 22;
const left = 300;
const width = 620;
const top = 40;

/** A row for each mutant, a logarithmic scale of runs: a dot at the median, a line to the 95th percentile. */
export function plot({ mutants, strategies, cells, cap }: Comparison): string {
  const x = (runs: number): number => Math.round(left + (Math.log(Math.max(1, runs)) / Math.log(cap)) * width);
  const height = top + mutants.length * row + 40;
  const children: Element[] = [{ name: "rect", attributes: { width: left + width + 40, height, fill: "#ffffff" } }];
  for (let runs = 1; runs <= cap; runs *= 10) {
    children.push(
      { name: "line", attributes: { x1: x(runs), x2: x(runs), y1: top - 6, y2: height - 34, stroke: "#dddddd" } },
      text(x(runs), top - 12, `${runs}`, "middle"),
    );
  }
  mutants.forEach((mutant, i) => {
    const y = top + i * row + row / 2;
    children.push(text(left - 10, y + 4, mutant, "end"));
    strategies.forEach((strategy, k) => {
      const { campaigns, medianRuns, p95Runs } = summed(
        cells.filter((cell) => cell.mutant === mutant && cell.strategy === strategy),
      );
      if (campaigns === 0) return;
      const at = y + (k - (strategies.length - 1) / 2) * (14 / strategies.length);
      const colour = colours[k % colours.length]!;
      children.push(
        { name: "line", attributes: { x1: x(medianRuns), x2: x(p95Runs), y1: at, y2: at, stroke: colour, "stroke-width": 1.5 } },
        { name: "circle", attributes: { cx: x(medianRuns), cy: at, r: 3.5, fill: colour } },
      );
    });
  });
  strategies.forEach((strategy, k) => {
    const at = left + k * 90;
    children.push(
      { name: "circle", attributes: { cx: at, cy: height - 16, r: 4, fill: colours[k % colours.length]! } },
      text(at + 8, height - 12, strategy, "start"),
    );
  });
  const attributes = {
    xmlns: "http://www.w3.org/2000/svg",
    width: left + width + 40,
    height,
    "font-family": "sans-serif",
    "font-size": 12,
  };
  return xml({ name: "svg", attributes, children });
}

function text(x: number, y: number, words: string, anchor: string): Element {
  return { name: "text", attributes: { x, y, "text-anchor": anchor, fill: "#222222" }, text: words };
}
