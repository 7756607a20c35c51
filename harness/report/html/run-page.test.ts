/** The page of a run as data: what the browser is given. `vitest -u` writes the golden file anew. */

import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { register } from "../../check/models.ts";
import type { Campaign, TracedRun } from "../../run/run.ts";
import type { Scenario } from "../../scenario/scenario.ts";
import { stormy } from "../../sim/testing/stormy.ts";
import type { TraceRecord } from "../../sim/trace.ts";
import type { Words } from "../reporter.ts";
import { failure, run, scenario, setting, suite, trace, traceOf, words } from "../testing/sample.ts";
import { json } from "../text.ts";
import { tellFailures, tellRun } from "../told.ts";
import { htmlDocument } from "./document.ts";
import { faultBands } from "./fault-bands.ts";
import { runHistory } from "./history-part.ts";
import { pack, packState, unpack, unpackState, Values } from "./pack.ts";
import { mostRecords, runPage } from "./run-page.ts";
import { storyStepsOf } from "./steps.ts";
import { suitePage } from "./suite-page.ts";

const told = tellFailures(suite.campaigns).get(failure)!;

describe("the page of a failure", () => {
  it("is the same data for the same run, down to the byte", async () => {
    // A row of the trace a line, else nobody can read the difference.
    const text = json(runPage(told, setting), 1).replace(/\[\s+(-?[\d.]+(?:,\s+-?[\d.]+)*)\s+\]/g, (row) =>
      row.replace(/\s+/g, " "),
    );
    await expect(`${text}\n`).toMatchFileSnapshot(join(import.meta.dirname, "testing", "page.golden"));
    expect(json(runPage(told, setting))).toBe(json(runPage(told, setting)));
  });

  it("says what the violated check demands: an invariant's theorem, else what every reader should know", () => {
    const asked = { ...setting, demands: () => "At most one leader is elected in a term." };
    expect(runPage(told, asked).demands).toBe("At most one leader is elected in a term.");
    expect(runPage(told, setting).demands).toMatch(/^There is one order/);
  });

  it("has the violation in its place among the records, led to by the answer that it speaks of", () => {
    const { diagram } = runPage(told, setting);
    const records = unpack(diagram!.trace);
    const place = records.findIndex(({ n }) => n === diagram!.violation);
    expect(records[place]).toMatchObject({ kind: "violation", atUs: 203_000, n: 37.5 });
    expect(records.find(({ n }) => n === records[place]!.cause)).toMatchObject({ kind: "return", op: "o4" });
    expect(records.map(({ n }) => n)).toEqual(records.map(({ n }) => n).sort((a, b) => a - b));
  });

  it("leaves out the earliest records of a run that is too long, and counts them", () => {
    const many = traceOf(Array.from({ length: mostRecords + 7 }, (_, i) => [i, "n1", { kind: "sync" }] as const));
    const { diagram } = runPage(tellRun(scenario, { ...run, trace: many }), setting);
    expect([diagram!.left, diagram!.trace.rows.length]).toEqual([8, mostRecords]);
  });

  it("cannot be ended, nor led to load anything, by what a protocol sends", () => {
    const evil = "</script><script src=https://example.org/x.js></script><!--";
    const { violation: _none, ...rest } = run;
    const bad: TracedRun = {
      ...rest,
      verdict: "unknown",
      unknown: evil,
      trace: traceOf([[0, "n1", { kind: "log", message: evil }]]),
    };
    const html = htmlDocument(runPage(tellRun({ ...scenario, name: evil }, bad), setting), { script: "done()", style: "" });
    expect(html.match(/<script/g)).toHaveLength(2);
    expect(html.match(/<\/script>/g)).toHaveLength(2);
    expect(html).not.toContain("<!--");
    expect(html).toContain("default-src 'none'");
    expect(html).not.toMatch(/(?:src|href)="(?!data:)/);
  });

  it("says so when it was built without its script", () => {
    expect(htmlDocument(runPage(told, setting), setting.page)).toContain("npm run build");
  });
});

describe("a packed trace", () => {
  it("is unpacked as it was, bigints and all", () => {
    expect(unpack(JSON.parse(json(pack(trace))) as ReturnType<typeof pack>)).toEqual(trace);
    const storm = stormy(1, true);
    const packed = JSON.parse(json(pack(storm.trace))) as ReturnType<typeof pack>;
    expect(unpack(packed)).toEqual(storm.trace);
    expect(json(packed).length).toBeLessThan(json(storm.trace).length / 3);
  });

  it("has room for every kind of record", () => {
    const rare: TraceRecord[] = traceOf([
      [1, "n1", { kind: "clock", offsetUs: -5, ppm: 0, by: "skew" }],
      [1, "n1", { kind: "connect", peer: "n2", connection: 1 }],
      [2, "n1", { kind: "disconnect", peer: "n2", connection: 1, why: "fault", by: ["cut"] }],
      [3, "n1", { kind: "order", order: "hand-over", by: "operator" }],
      [4, "n1", { kind: "truncate", log: "log", length: 0 }],
      [4, "n1", { kind: "fact", name: "nothing", data: null }],
    ]);
    expect(unpack(pack(rare))).toEqual(rare);
  });

  it("keeps the states of nodes beside it", () => {
    const values = new Values();
    const state = { n: 7, node: "n1", first: true, changed: { term: 3n, log: [] }, gone: ["vote"] };
    const packed = packState(state, values);
    expect(unpackState(packed, JSON.parse(json(values.all)) as unknown[])).toEqual(state);
  });
});

describe("the steps of its story", () => {
  const step = (n: number, who: string, what: string) =>
    ({ n, atUs: n, who, rank: 3, text: what, parts: { what, why: ", on Vote of n3", where: " (raft.ts:7)" } }) as const;

  it("tell once what several nodes did one after the other, and keep the occasion apart", () => {
    expect(storyStepsOf([step(1, "n1", "term 2"), step(2, "n2", "term 2"), step(3, "n1", "term 3")])).toEqual([
      { n: 1, atUs: 1, who: "n1, n2", weight: "fact", text: "term 2", aside: "on Vote of n3 (raft.ts:7)", also: [2] },
      { n: 3, atUs: 3, who: "n1", weight: "fact", text: "term 3", aside: "on Vote of n3 (raft.ts:7)" },
    ]);
  });

  it("do not join what the same node did twice", () => {
    expect(storyStepsOf([step(1, "n1", "term 2"), step(2, "n1", "term 2")])).toHaveLength(2);
  });
});

describe("the bands of its faults", () => {
  it("end where they end, a crash where its node is back, and say which node or links felt them", () => {
    const [crash, ...rest] = faultBands(run).sort((a, b) => a.toUs - b.toUs);
    expect(crash).toMatchObject({ id: "crash-1", fromUs: 130_000, toUs: 150_000, effects: 1, where: "n3" });
    expect(rest).toMatchObject([{ id: "lonely-leader", fromUs: 100_000, toUs: 300_000, effects: 3, where: "n1" }]);
    // One that lasted as far as its plan knows has its end recorded at the heal only.
    const late = run.trace.map((record) =>
      record.kind === "fault" && record.id === "crash-1" && record.phase === "end" ? { ...record, atUs: 300_000 } : record,
    );
    expect(faultBands({ ...run, trace: late }).find(({ id }) => id === "crash-1")).toMatchObject({ toUs: 150_000 });
    const endless = run.trace.filter(({ kind }) => kind !== "fault" || kind === undefined);
    const begun = [...endless, ...run.trace.filter((record) => record.kind === "fault" && record.phase === "begin")];
    begun.sort((a, b) => a.n - b.n);
    expect(faultBands({ ...run, trace: begun }).map(({ toUs }) => toUs)).toEqual([300_000, 150_000]);
  });
});

describe("its history", () => {
  const judging: Words = { ...words, model: register } as Words;

  it("is judged anew where the scenario asks for it: what cannot be placed, what it contradicts, an order up to there", () => {
    const { judged, operations } = runHistory(run, judging, true);
    expect(judged).toMatchObject({ verdict: "invalid", culprit: 3 });
    expect(judged!.core.map((place) => operations[place]!.id)).toEqual(["o1", "o2", "o4"]);
    expect(judged!.order.map(({ operation, state }) => [operations[operation]!.id, state])).toEqual([
      ["o1", "1"],
      ["o2", "2"],
    ]);
    expect(runHistory(run, judging, false).judged).toBeUndefined();
  });
});

describe("the page of a suite", () => {
  it("has a row for each scenario, with the way to each failure, and wall-clock time in one place only", () => {
    const page = suitePage(suite, setting);
    expect(page.scenarios.map(({ name, good, failures }) => [name, good, failures.map(({ folder }) => folder)])).toEqual([
      ["abd", true, []],
      ["mutants/raft-local-reads", false, ["mutants-raft-local-reads-408"]],
    ]);
    expect(page.timing).toEqual({ wallMs: [990, 3210], workers: 2 });
    const slower = {
      ...suite,
      campaigns: suite.campaigns.map((campaign) => ({ ...campaign, timing: { wallMs: 9, workers: 9 } })),
    };
    expect({ ...suitePage(slower, setting), timing: undefined }).toEqual({ ...page, timing: undefined });
  });

  it("names what did not get its turn, and why", () => {
    expect(suitePage(suite, setting).notRun).toBeUndefined();
    const { notRun } = suitePage(
      { ...suite, notRun: [{ ...scenario, name: "zab", case: "calm", file: "scenarios/zab.yaml" }] },
      setting,
    );
    expect(notRun?.why).toBe("not run: the suite ended before, at a scenario that was not as expected (--bail)");
    expect(notRun?.scenarios.map(({ name, file }) => [name, file])).toEqual([["zab.calm", "scenarios/zab.yaml"]]);
  });

  it("tells what each limited figure came to, whether that was too much, and that faults went beyond what is borne", () => {
    const [campaign] = suite.campaigns;
    const limits: Scenario["limits"] = [
      { figure: "failover", quantile: "p95", most: 2_000_000 },
      { figure: "messages", quantile: "max", most: 40 },
      { figure: "latency", quantile: "p50", most: 1_000 },
    ];
    const dear: Campaign = {
      ...campaign!,
      scenario: { ...campaign!.scenario, limits },
      figures: { "failover.p95": 2_400_000, messages: 12.34 },
      exceeded: { runs: 3, seed: 77, sentence: "more durable state was destroyed than abd states that it bears" },
    };
    const [row] = suitePage({ ...suite, campaigns: [dear] }, setting).scenarios;
    expect(row!.limits).toEqual([
      { name: "failover.p95", most: "2s", was: "2.4s", exceeded: true },
      { name: "messages", most: "40", was: "12.3", exceeded: false },
      { name: "latency.p50", most: "1ms", exceeded: false },
    ]);
    const wrong = { ...dear, scenario: { ...dear.scenario, expect: { kind: "violation", check: "any", within: 5 } } } as const;
    expect(suitePage({ ...suite, campaigns: [wrong] }, setting).scenarios[0]!.limits).toEqual([]);
    expect(row!.beyond).toBe(
      `in 3 of ${dear.runs} runs more durable state was destroyed than abd states that it bears (seed 77)`,
    );
    expect(suitePage(suite, setting).scenarios.map(({ limits: none, beyond }) => [none, beyond])).toEqual([
      [[], undefined],
      [[], undefined],
    ]);
  });
});
