/** npm run bench:check: what the checker takes for histories of a thousand to a million operations, part by part, each in a process of its own. */

import { execFileSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import type { FormatName } from "../check/formats/index.ts";
import { checkLinearizable } from "../check/index.ts";
import { models } from "../check/models/registry.ts";
import { atoms, fewValues } from "../check/testing/atoms.ts";
import { falsified, simulated } from "../check/testing/simulated.ts";
import { explain } from "./check-explain.ts";
import { porcupine } from "./check-porcupine.ts";
import { milliseconds, number, peakMb, print, read, timed, type Verdict, watch } from "./check-timing.ts";

const usage = `
npm run bench:check -- [--part forms|engine|etcd|explain]... [--model NAME]... [--sizes 1000,10000] [--clients 5,100]
npm run bench:check -- --part porcupine --porcupine ./porcupine-bench
npm run bench:check -- --files history.jsonl --files etcd.log --model cas-register [--format NAME]

forms    every model on generated histories, valid and with one wrong answer after 95 %
engine   cas-register with 5 values, 10 clients, 10,000 operations, 0 to 20 of them crashed
etcd     the etcd logs of SEEDQUAKE_HISTORIES (default ../shared/histories), all together, once warm
explain  a verdict with its explanation against the bare verdict
porcupine  the same files by Porcupine (a binary made of harness/bench/porcupine/main.go) and by us
--files  times the given files, without the reading`;

const { values: flags } = parseArgs({
  options: {
    part: { type: "string", multiple: true, default: ["forms", "engine", "etcd", "explain"] },
    model: { type: "string", multiple: true, default: Object.keys(atoms) },
    sizes: { type: "string", default: "1000,10000,100000,1000000" },
    clients: { type: "string", default: "5,100" },
    files: { type: "string", multiple: true, default: [] },
    format: { type: "string", default: "auto" },
    porcupine: { type: "string" },
    child: { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  },
});

const sizes = flags.sizes.split(",").map(Number);
const clients = flags.clients.split(",").map(Number);

const histories = resolve(process.env["SEEDQUAKE_HISTORIES"] ?? "../shared/histories");

/** What a child tells of one history. */
interface Row {
  readonly model: string;
  readonly clients: number;
  readonly bad: boolean;
  readonly operations: number;
  readonly ms: number;
  readonly engine: string;
  readonly verdict: Verdict;
  /** Of the process until then, with the history itself and its making. */
  readonly peakMb: number;
}

/** What a closed form may take for a million operations, and the engine and all etcd logs together. */
const MOST_MS = 3_000;
const MOST_MB = 1_500;
const ENGINE_MS = 1_000;
const ETCD_MS = 60;

let wrong = 0;

/** Tells of a history that is valid, and of the same with one wrong answer. */
function measure(name: string, busy: number, size: number): readonly Row[] {
  const atom = atoms[name]!(1, size);
  const valid = simulated(atom, { operations: size, clients: busy, seed: 2 });
  return [false, true].map((bad) => {
    const history = bad ? falsified(valid, atom) : valid;
    const { ms, result } = timed(history, models[name]!);
    const { engine, verdict } = result;
    return { model: name, clients: busy, bad, operations: history.length, ms, engine, verdict, peakMb: peakMb() };
  });
}

/** Each model and number of clients in a process of its own, so that the peak is its own. */
function child(name: string, busy: number): readonly Row[] {
  const args = ["--child", "--model", name, "--clients", `${busy}`, "--sizes", flags.sizes];
  const text = execFileSync(process.execPath, [fileURLToPath(import.meta.url), ...args], {
    encoding: "utf8",
    maxBuffer: 1 << 26,
    stdio: ["ignore", "pipe", "inherit"],
  });
  return text
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Row);
}

const columns = [-15, 7, -7, 10, 9, 12, 8, -8, -30] as const;

function forms(): void {
  console.log("\nclosed forms: generated histories\n");
  print(["model", "clients", "history", "operations", "ms", "operations/s", "peak MB", "verdict", "engine"], columns);
  for (const name of flags.model) {
    for (const busy of clients) {
      const rows = child(name, busy);
      for (const bad of [false, true]) {
        const some = rows.filter((row) => row.bad === bad);
        for (const row of some) {
          const speed = (1000 * row.operations) / row.ms;
          const expected = expectedOf(bad);
          const slow = row.ms > MOST_MS;
          const large = row.peakMb > MOST_MB;
          if (row.verdict !== expected || slow || large) wrong++;
          const verdict = row.verdict === expected ? row.verdict : `${row.verdict}!`;
          print(
            [
              name,
              busy,
              bad ? "bad" : "valid",
              number(row.operations),
              `${milliseconds(row.ms)}${slow ? "!" : ""}`,
              number(speed),
              `${row.peakMb}${large ? "!" : ""}`,
              verdict,
              row.engine,
            ],
            columns,
          );
        }
        const exponent = growth(some.filter(({ operations }) => operations >= 5_000));
        if (exponent !== undefined) print(["", "", "", "", "", "", "", "", `time grows as n^${exponent.toFixed(2)}`], columns);
      }
    }
  }
}

function expectedOf(bad: boolean): Verdict {
  return bad ? "invalid" : "valid";
}

/** The slope of time over size, both as logarithms; from 5,000 operations on, for below that a start costs more than the work. */
function growth(rows: readonly Row[]): number | undefined {
  if (rows.length < 2) return undefined;
  const x = rows.map(({ operations }) => Math.log(operations));
  const y = rows.map(({ ms }) => Math.log(ms));
  const mean = (numbers: readonly number[]): number => numbers.reduce((sum, one) => sum + one, 0) / numbers.length;
  const [mx, my] = [mean(x), mean(y)];
  const up = x.reduce((sum, one, i) => sum + (one - mx) * (y[i]! - my), 0);
  return up / x.reduce((sum, one) => sum + (one - mx) ** 2, 0);
}

function engine(): void {
  console.log("\nthe engine: cas-register, 5 values, 10 clients, 10,000 operations\n");
  const widths = [7, -7, 10, 9, -8, 12, 8, -60];
  print(["crashed", "history", "operations", "ms", "verdict", "steps", "peak MB", "why"], widths);
  for (const crashed of [0, 1, 2, 5, 10, 15, 20]) {
    for (const bad of [false, true]) {
      // Compare-and-sets that failed did not happen: about a sixth of all.
      const history = simulated(fewValues(3, 5), { operations: 12_500, clients: 10, seed: 4, bad, crashed });
      const { ms, result } = timed(history, models["cas-register"]!);
      const expected = expectedOf(bad);
      if (result.verdict !== expected && (result.verdict !== "unknown" || !bad)) wrong++;
      if (!bad && ms > ENGINE_MS) wrong++;
      const why = result.verdict === "unknown" ? result.reason : "";
      print(
        [
          crashed,
          bad ? "bad" : "valid",
          number(history.length),
          milliseconds(ms),
          result.verdict,
          number(result.steps),
          peakMb(),
          why,
        ],
        widths,
      );
    }
  }
}

function etcd(): void {
  const folder = join(histories, "etcd-register");
  console.log(`\nthe etcd logs in ${folder}\n`);
  if (!existsSync(folder)) {
    console.log("they are not here: set SEEDQUAKE_HISTORIES to the folder that has etcd-register/");
    return;
  }
  const files = readdirSync(folder).filter((name) => name.endsWith(".log"));
  const logs = files.map((name) => read(join(folder, name), "etcd-log", "cas-register"));
  const model = models["cas-register"]!;
  const rounds: number[] = [];
  const verdicts = new Map<Verdict, number>();
  const slowest: [string, number][] = [];
  for (let n = 0; n < 10; n++) {
    verdicts.clear();
    slowest.length = 0;
    const round = watch();
    for (const [i, history] of logs.entries()) {
      const log = watch();
      const { verdict } = checkLinearizable(history, model);
      verdicts.set(verdict, (verdicts.get(verdict) ?? 0) + 1);
      slowest.push([files[i]!, log()]);
    }
    rounds.push(round());
  }
  if (verdicts.has("unknown") || Math.min(...rounds) > ETCD_MS) wrong++;
  slowest.sort(([, a], [, b]) => b - a);
  console.log(`${files.length} logs: ${[...verdicts].map(([verdict, count]) => `${count} ${verdict}`).join(", ")}`);
  console.log(`first round ${milliseconds(rounds[0]!)} ms, best of ten ${milliseconds(Math.min(...rounds))} ms`);
  console.log(
    `slowest: ${slowest
      .slice(0, 5)
      .map(([name, ms]) => `${name} ${milliseconds(ms)} ms`)
      .join(", ")}`,
  );
}

function explanations(): void {
  wrong += explain(flags.model, [100, ...sizes]);
}

function sideBySide(): void {
  if (flags.porcupine === undefined)
    throw new Error("--part porcupine takes --porcupine, the binary made of harness/bench/porcupine/main.go.");
  if (
    porcupine(
      flags.porcupine,
      histories,
      sizes.filter((size) => size <= 100_000),
    )
  )
    wrong++;
}

function timeFiles(): void {
  const widths = [-50, 10, 10, 10, -8, -30];
  print(["file", "operations", "first ms", "best ms", "verdict", "engine"], widths);
  const [name] = flags.model;
  let sum = 0;
  for (const file of flags.files) {
    const history = read(file, flags.format as FormatName | "auto", name!);
    const elapsed = watch();
    checkLinearizable(history, models[name!]!);
    const first = elapsed();
    const { ms, result } = timed(history, models[name!]!);
    sum += ms;
    print([file, number(history.length), milliseconds(first), milliseconds(ms), result.verdict, result.engine], widths);
  }
  console.log(`together ${milliseconds(sum)} ms at best, peak ${peakMb()} MB`);
}

if (flags.help) {
  console.log(usage.trim());
} else if (flags.child) {
  // What is measured first must not pay for the compiling.
  for (let i = 0; i < 2; i++) measure(flags.model[0]!, clients[0]!, 5_000);
  for (const size of sizes) for (const row of measure(flags.model[0]!, clients[0]!, size)) console.log(JSON.stringify(row));
} else if (flags.files.length > 0) {
  timeFiles();
} else {
  const parts: Readonly<Record<string, () => void>> = { forms, engine, etcd, explain: explanations, porcupine: sideBySide };
  for (const part of flags.part) {
    const run = parts[part];
    if (run === undefined) throw new Error(`--part takes ${Object.keys(parts).join(", ")}; found "${part}".`);
    run();
  }
  console.log(wrong === 0 ? "\neverything is as it should be" : `\n${wrong} rows are not as they should be`);
  if (wrong > 0) process.exitCode = 1;
}
