/** Scores: a protocol whose source says beside every line what comes of its mutations, and what is found there. */

import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { faults } from "../faults/index.ts";
import { scoreMarkdown, scoreSentence, survivorSentence } from "../report/mutate.ts";
import { asExplicit, type Catalogue, loadScenario, writeExplicit } from "../scenario/index.ts";
import type { Scenario } from "../scenario/scenario.ts";
import { type Mutation, mutationId, parseMutation } from "../sim/index.ts";
import { workloads } from "../workloads/index.ts";
import {
  actLines,
  mutationsOf,
  neverExecuted,
  type Outcome,
  outcomeOf,
  type Planned,
  type Score,
  type Surveyed,
  survey,
  trial,
  verdictOf,
} from "./mutate.ts";
import { type Prepared, prepare, runOnce, runTraced } from "./once.ts";
import { notebook, notebookScenario } from "./testing/notebook.ts";

const catalogue: Catalogue = { protocols: [notebook], workloads, faults };
const scenario: Scenario = { ...loadScenario(notebookScenario, "scenarios/notebook.yaml", catalogue), strategy: "random" };
const file = "harness/run/testing/notebook.ts";
const source = readFileSync(new URL("testing/notebook.ts", import.meta.url), "utf8");

interface Scored {
  readonly prepared: Prepared;
  readonly stock: Surveyed;
  readonly planned: readonly Planned[];
  readonly outcomes: readonly Outcome[];
}

function scored(of: Scenario, runs: number): Scored {
  const prepared = prepare(of, catalogue);
  const stock = survey(prepared, { kind: "survey", scenario: of, firstSeed: 1, count: runs });
  const digests = new Map(stock.runs.map(({ seed, digest }) => [seed, digest]));
  const planned = mutationsOf(stock, of, notebook);
  const outcomes = planned.map((one) => {
    const { mutation, seeds } = one;
    const task = { kind: "trial", scenario: of, mutation, seeds, digests: seeds.map((seed) => digests.get(seed)!) } as const;
    return outcomeOf(one, trial(prepared, task), prepared, stock.runs);
  });
  return { prepared, stock, planned, outcomes };
}

const { prepared, stock, planned, outcomes } = scored(scenario, scenario.runs);
const score: Score = {
  scenario: { file: scenario.file, name: scenario.name },
  protocol: "notebook",
  baseSeed: 1,
  runs: scenario.runs,
  digest: verdictOf(prepared, stock.runs).digest,
  planned: planned.length,
  mutations: outcomes,
  neverExecuted: neverExecuted(stock.ways, new Map([[file, actLines(source)]])),
};
const of = (id: RegExp): Outcome => outcomes.find((one) => id.test(one.id))!;

describe("the score of a scenario", () => {
  it("is what stands beside each line of the protocol", () => {
    const written = source.split("\n").flatMap((line, i) => {
      const [, marks] = /\/\/ (.*)$/.exec(line) ?? [];
      return (marks ?? "")
        .split(", ")
        .flatMap((mark) => (/^[a-z-]+ (?:caught|survived|equivalent|unreached)$/.test(mark) ? [`${i + 1} ${mark}`] : []));
    });
    const found = outcomes.map(({ operator, places, outcome }) => `${places[0]!.slice(file.length + 1)} ${operator} ${outcome}`);
    expect(found.toSorted()).toEqual(written.toSorted());
  });

  it("has every operator caught or surviving somewhere, and lines that no run came by", () => {
    expect(new Set(outcomes.map(({ operator }) => operator)).size).toBe(10);
    const line = source.split("\n").findIndex((text) => text.endsWith("// never executed")) + 1;
    expect(score.neverExecuted).toEqual([`${file}:${line}`]);
  });

  it("is told in a sentence, and so is each survivor", () => {
    expect(scoreSentence(score)).toMatchInlineSnapshot(
      `"the scenario catches 11 of 20 mutations, 55%; 5 are equivalent; 1 never comes into play"`,
    );
    expect(survivorSentence(of(/^no-send:ack/))).toMatch(
      /^the send of ack at harness\/run\/testing\/notebook.ts:\d+ can be removed and nothing notices$/,
    );
    expect(survivorSentence(of(/^late-sync.*\+/))).toMatch(
      /^the sync at harness\/run\/testing\/notebook.ts:\d+ \(through notebook.ts:\d+\) can come after what is told next and nothing/,
    );
    expect(scoreMarkdown(score)).toContain("npx seedquake replay scenarios/notebook.yaml --seed");
  });

  it("counts what nobody crashes for as a gap, however quiet: only what has nothing to change is equivalent", () => {
    const calm = loadScenario(notebookScenario.replace(/faults:\n( .*\n)+/, ""), "calm.yaml", catalogue);
    const quiet = scored(calm, 3).outcomes.filter(({ operator }) => operator === "no-sync" || operator === "older");
    expect(quiet.map(({ operator, outcome, differed }) => `${operator} ${outcome} ${differed}`).toSorted()).toEqual([
      "no-sync equivalent 0",
      "no-sync survived 0",
      "no-sync survived 0",
      "no-sync survived 0",
      "older unreached 0",
      "older unreached 0",
      "older unreached 0",
    ]);
  });

  it("knows no mutation in a run that does not come by its place", () => {
    const { seeds, mutation } = planned.find(({ seeds: own }) => own.length > 0)!;
    const elsewhere: Mutation = { ...mutation, site: `${file}:1` };
    const [seed] = seeds as readonly [number];
    expect(runOnce(prepared, seed, { mutation: elsewhere })).toEqual(runOnce(prepared, seed));
  });
});

describe("a catch", () => {
  const { id, by } = outcomes.find(({ outcome, operator }) => outcome === "caught" && operator === "no-sync")!;
  const mutated = { ...scenario, mutation: id };

  it("is played again by the mutation's name, with what was left out in its trace", () => {
    const run = runTraced(prepare(mutated, catalogue), by!.seed!);
    expect(run.violation).toMatchObject({ check: by!.check, sentence: by!.sentence });
    expect(run.digest).toBe(runOnce(prepare(mutated, catalogue), by!.seed!).digest);
    expect(run.trace.filter(({ kind }) => kind === "log")[0]).toMatchObject({ message: "mutation: here a sync is left out" });
  });

  it("can be written down", () => {
    const plan = prepare(scenario, catalogue).plan(by!.seed!);
    const text = writeExplicit(asExplicit(mutated, by!.seed!, plan, catalogue), catalogue);
    expect(text).toContain(`mutation: "${id}"\n`);
    const again = loadScenario(text, "caught.yaml", catalogue);
    expect(runOnce(prepare(again, catalogue), by!.seed!).violation?.sentence).toBe(by!.sentence);
    expect(() => loadScenario(text.replace(id, "no-sink@x"), "caught.yaml", catalogue)).toThrow(
      "expected a mutation as `seedquake mutate` names it, such as no-sync@mine/queue.ts:88 (no-sync, late-sync,",
    );
  });
});

describe("the name of a mutation", () => {
  it.each<Mutation>([
    { operator: "no-sync", name: "", site: "mine/mine.ts:88" },
    { operator: "late-write", name: "copy", site: "protocols/a/a.ts:8", via: "protocols/a/b.ts:9" },
    { operator: "no-timer", name: "ask again: 3@x", site: "own files/mine.ts:88" },
    { operator: "older", name: "*" },
    { operator: "twice", name: "message vote" },
  ])("leads back to it: $operator", (mutation) => {
    expect(parseMutation(mutationId(mutation))).toEqual(mutation);
  });

  it.each(["", "no-sync", "no-sink@a.ts:3", "older:x@a.ts:3", "no-sync@a.ts"])("%j is none", (id) => {
    expect(parseMutation(id)).toBeUndefined();
  });
});

describe("lines that look like an outside act", () => {
  it("are those with a call on ctx, a disk or a log", () => {
    const text = [
      "this.ctx.send(to, message);",
      "const { disk } = this.ctx;",
      "disk.sync();",
      '  this.disk.log<Entry>("log").append(entry);',
      "this.log.truncate(3);",
      "// ctx.send(to, message);",
      " * ctx.send(to, message);",
      "list.append(x); dialog.append(x); ctx.fact('x');",
    ].join("\n");
    expect(actLines(text)).toEqual([1, 3, 4, 5]);
  });
});
