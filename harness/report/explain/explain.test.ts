/** Every sentence that the sources can say has its explanation, and each explanation stands for something that is said. */

import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { describe, expect, it } from "vitest";
import { codes, codesOf } from "./index.ts";
import { blank, harvest, type Place, type Token, tokens } from "./testing/harvest.ts";

const root = join(import.meta.dirname, "..", "..", "..");

const shipped = readdirSync(join(root, "harness"), { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile() && /\.ts$/.test(entry.name))
  .map((entry) => relative(root, join(entry.parentPath, entry.name)).replaceAll("\\", "/"))
  .filter((file) => !/\.test\.ts$|\/testing\/|\/bench\/|\/report\/page\/|\/report\/explain\/|\/cli\/template\//.test(file))
  .sort();

const errors = [
  ...["UsageError", "LoadError", "OwnError", "HistoryFileError", "ReportError", "BaselineError", "SummaryError", "TrendError"],
  ...["InvalidArgumentError", "AmbientError"],
].map((call): Place => ({ call, argument: 0 }));

/** Where the sources make the sentences that somebody is told. */
const rules: readonly { readonly where: RegExp; readonly places: readonly Place[] }[] = [
  { where: /./, places: [...errors, { call: "complain", argument: 0 }] },
  { where: /^harness\/cli/, places: [{ call: "said", argument: 0 }] },
  { where: /^harness\/check\/formats\//, places: [{ call: "FormatError", argument: 1, as: `expected _, found ${blank}` }] },
  { where: /^harness\/check\/linearizable/, places: [{ made: "undecided", as: `${blank} is undecided: _` }] },
  {
    where: /^harness\/scenario\//,
    places: [
      { call: "report", argument: 1 },
      { call: "wrong", argument: 1 },
      { call: "flaw", argument: 1 },
      { name: "message" },
      { made: "told" },
      { made: "mistake" },
      { made: "badAlias" },
    ],
  },
  { where: /^harness\/(scenario|faults|workloads)\/|units-schema/, places: [{ property: "error", as: `_, found ${blank}` }] },
  // Of values that are texts of a certain form.
  {
    where: /^harness\/sim\/units-schema/,
    places: [{ call: "text", argument: 1, as: `x.yaml:1:1: a.b: expected _, found ${blank}` }],
  },
  { where: /^harness\/faults\//, places: [{ name: "error", as: `x.yaml:1:1: a.b: _, found ${blank}` }] },
  { where: /^harness\/(faults|workloads)\//, places: [{ property: "message" }] },
  {
    // Sentences with advice that helpers hand back.
    where: /^harness\/(faults|workloads|scenario|run)\//,
    places: [{ form: /^(?=.*[a-z]{3})[^;A-Z\n]+.*; (?:take|write|name|give|choose|expected|leave|…)(?!.*\(default)/ }],
  },
  { where: /^harness\/cli\/shard/, places: [{ form: /^--shard / }] },
  { where: /^harness\/report\/threshold/, places: [{ form: /^no (?:clear )?threshold/ }] },
  { where: /^harness\/run\/own/, places: [{ name: "wrong" }] },
  {
    where: /^harness\/sim\//,
    places: [
      { call: "broke", argument: 0 },
      { call: "break", argument: 0, as: `${blank} _, in ${blank}` },
      { call: "halt", argument: 2 },
      { property: "sentence" },
      { name: "sentence" },
    ],
  },
  {
    where: /^harness\/run\/(campaign|once|pool|worker|work|part)\.ts/,
    places: [
      ...["reason", "sentence"].flatMap((it): Place[] => [{ property: it }, { name: it }]),
      ...["unknown", "exceeded"].map((name): Place => ({ name })),
      ...["beyond", "unansweredSentence"].map((made): Place => ({ made })),
    ],
  },
];

/** What is found in those places, and needs no explanation of its own. */
const exceptions: readonly { readonly file: string; readonly text: string; readonly why: string }[] = [
  ...["cli/list.ts", "cli/run.ts"].map((file) => ({ file, text: "problem", why: "made by report() in scenario/" })),
  { file: "cli.ts", text: "what this means: seedquake explain …", why: "the way here" },
  { file: "cli/threshold.ts", text: "sentence", why: "made in report/threshold.ts" },
  ...["cli/run.ts", "cli/mutate.ts"].map((file) => ({ file, text: "reason", why: "of a campaign" })),
  { file: "cli/shard.ts", text: "otherwise", why: "the last argument of checked()" },
  { file: "run/campaign.ts", text: "told", why: "the reason and what beyond() adds" },
  { file: "run/campaign.ts", text: "this . whole . figures . exceeded ( )", why: "told behind `a limit is exceeded:`" },
  ...["run/histories.ts", "run/own.ts"].map((file) => ({
    file,
    text: file.includes("own") ? "…: …" : "……: …",
    why: "a place and a sentence made elsewhere",
  })),
  { file: "run/part.ts", text: "run . unknown !", why: "made in once.ts" },
  ...["one", "{ ... ( one . seed < exceeded . seed ? one : exceeded ) , runs : exceeded . runs + one . runs }"].map((text) => ({
    file: "run/part.ts",
    text,
    why: "no sentence but who has it",
  })),
  { file: "scenario/explain.ts", text: "…, found ……", why: "what was expected comes from the schema" },
  { file: "scenario/options.ts", text: "message", why: "handed on by range()" },
  { file: "sim/breach.ts", text: "…, in …: …", why: "a node and a sentence of guards.ts" },
  { file: "sim/cluster.ts", text: "sentence", why: "of a monitor, which is the protocol's" },
  { file: "sim/context.ts", text: "… …, in …", why: "the frame of break()" },
];

const read = new Map(shipped.map((file): [string, readonly Token[]] => [file, tokens(readFileSync(join(root, file), "utf8"))]));

/** The files that export what is imported here under this name. */
function exporting(importer: readonly Token[], name: string): readonly (readonly Token[])[] {
  const start = importer.findIndex(
    ({ text }, i) => text === "export" || (i > 0 && importer[i - 1]!.text === ";" && text !== "import"),
  );
  if (!importer.slice(0, start).some(({ kind, text }) => kind === "word" && text === name)) return [];
  return [...read.values()].filter((all) =>
    all.some(
      ({ text }, i) =>
        text === "export" &&
        all.slice(i + 1, i + 4).some((token, at) => token.text === name && ["const", "function"].includes(all[i + at]!.text)),
    ),
  );
}

const excepted = (file: string, text: string): boolean =>
  exceptions.some((one) => file === `harness/${one.file}` && one.text === text);

const found = [...read].map(([file, all]) =>
  harvest(
    file,
    all,
    rules.flatMap(({ where, places }) => (where.test(file) ? places : [])),
    (name) => exporting(all, name),
    (expression) => excepted(file, expression),
  ),
);
const said = found.flatMap((one) => one.said);
const unread = found.flatMap((one) => one.unread);

describe("what the tool says", () => {
  it("is explained, each sentence by one code", () => {
    const wrong = said
      .filter(({ file, sentence }) => !excepted(file, sentence))
      .map(({ file, line, sentence }) => ({ place: `${file}:${line}`, sentence, by: codesOf(sentence).map(({ code }) => code) }))
      .filter(({ by }) => by.length !== 1)
      .map(({ place, sentence, by }) =>
        by.length === 0 ? `${place}: no code explains: ${sentence}` : `${place}: explained by ${by.join(" and ")}: ${sentence}`,
      );
    expect(wrong).toEqual([]);
  });

  it("is read off the sources, but for what is made elsewhere", () => {
    const wrong = unread
      .filter(({ file, expression }) => !excepted(file, expression))
      .map(({ file, line, expression }) => `${file}:${line}: no sentence can be read here: ${expression}`);
    expect(wrong).toEqual([]);
  });

  it("is still said, where an exception stands for it", () => {
    const texts = new Set([
      ...said.map(({ file, sentence }) => `${file} ${sentence}`),
      ...unread.map(({ file, expression }) => `${file} ${expression}`),
    ]);
    expect(exceptions.filter(({ file, text }) => !texts.has(`harness/${file} ${text}`))).toEqual([]);
  });
});

/** Codes whose sentences are told apart by what is filled in, or are not ours. */
const filledIn: readonly string[] = ["other-violation", "stale", "command-line"];

describe("the catalogue", () => {
  it("holds nothing that nobody says", () => {
    const told = new Set(said.flatMap(({ sentence }) => codesOf(sentence).map(({ code }) => code)));
    expect(codes.filter(({ code }) => told.has(code) === filledIn.includes(code)).map(({ code }) => code)).toEqual([]);
  });

  it("gives every code a name of its own, and an example that it explains", () => {
    expect(new Set(codes.map(({ code }) => code)).size).toBe(codes.length);
    expect(
      codes.filter((one) => !/^[a-z]+(-[a-z]+)*$/.test(one.code) || !codesOf(one.example).includes(one)).map(({ code }) => code),
    ).toEqual([]);
  });
});
