import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { failuresOf } from "./baseline.ts";
import { reporters, runFiles } from "./index.ts";
import { readSummary } from "./summary-schema.ts";
import { failure, setting, suite, trace } from "./testing/sample.ts";
import { tellFailures } from "./told.ts";
import { trendLine } from "./trend.ts";

const readme = readFileSync(new URL("../../reports/README.md", import.meta.url), "utf8");

/** The part under a heading. */
const part = (name: string): string => readme.split(/^## /m).find((text) => text.startsWith(`${name}\n`)) ?? "";
const missing = (names: Iterable<string>, text: string): string[] =>
  [...new Set(names)].filter((name) => !text.includes(`\`${name}\``));
const keysOf = (value: object): string[] => Object.keys(value);

it("reports/README.md has a part for every file that is written", () => {
  const files = [...runFiles.map(({ name }) => name), ...reporters.flatMap(({ file }) => file ?? [])];
  expect(files.filter((name) => part(name) === "")).toEqual([]);
});

it("explains every field of failure.json, summary.json, history.jsonl, trace.jsonl and run.log", () => {
  const told = tellFailures(suite.campaigns).get(failure)!;
  const text = (name: string): string => runFiles.find((file) => file.name === name)!.render(told, setting)!;
  const lines = (name: string): string[] =>
    text(name)
      .trimEnd()
      .split("\n")
      .flatMap((line) => keysOf(JSON.parse(line) as object));
  const summary = JSON.parse(reporters.find(({ file }) => file === "summary.json")!.render(suite, setting)) as {
    campaigns: { failures: object[] }[];
  };
  expect(missing(keysOf(JSON.parse(text("failure.json")) as object), part("failure.json"))).toEqual([]);
  expect(missing([...keysOf(summary), ...keysOf(summary.campaigns[1]!)], part("summary.json"))).toEqual([]);
  expect(missing(keysOf(summary.campaigns[1]!.failures[0]!), part("failure.json") + part("summary.json"))).toEqual([]);
  expect(missing(lines("history.jsonl"), part("history.jsonl"))).toEqual([]);
  expect(missing(lines("trace.jsonl"), part("trace.jsonl"))).toEqual([]);
  expect(missing(lines("run.log"), part("run.log"))).toEqual([]);
  expect(
    missing(
      trace.map(({ kind }) => kind),
      part("trace.jsonl"),
    ),
  ).toEqual([]);
});

it("explains every field of a baseline and of the trend", () => {
  const [known] = failuresOf(suite.campaigns[1]!);
  expect(missing([...keysOf(known!), "note"], part("The baseline"))).toEqual([]);
  const summary = reporters.find(({ file }) => file === "summary.json")!.render(suite, setting);
  const commit = { hash: "a", date: "", subject: "", dirty: true };
  const line = trendLine(readSummary(summary, "summary.json"), commit);
  expect(missing([...keysOf(line), ...keysOf(line.scenarios["abd"]!)], part("The trend"))).toEqual([]);
});
