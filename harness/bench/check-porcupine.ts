/** bench:check, part porcupine: the same files, in the same run, by Porcupine (see porcupine/main.go) and by us. */

import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { FormatName } from "../check/formats/index.ts";
import { checkLinearizable, type Operation } from "../check/index.ts";
import { models } from "../check/models/registry.ts";
import { atoms } from "../check/testing/atoms.ts";
import { simulated } from "../check/testing/simulated.ts";
import { best, milliseconds, number, print, read } from "./check-timing.ts";

interface Told {
  readonly file: string;
  readonly operations: number;
  readonly ms: number;
  readonly verdict: string;
}

interface Job {
  readonly name: string;
  readonly file: string;
  readonly format: FormatName;
  readonly model: string;
}

const widths = [-34, 10, 12, 10, 10, 12, -18] as const;

/** As `seedquake check` reads it. */
function jsonl(history: readonly Operation[]): string {
  const events: { readonly at: number; readonly line: string }[] = [];
  for (const { process, input, output, outcome, invoked, returned } of history) {
    const { f, key, value, from, to } = input as Readonly<Record<string, unknown>>;
    const event = (type: string, of: unknown) =>
      JSON.stringify({ process, type, f, ...(key !== undefined && { key }), value: of });
    const asked = f === "cas" ? [from, to] : (value ?? null);
    const answers = f === "read" || f === "get" || f === "dequeue";
    events.push({ at: invoked, line: event("invoke", asked) });
    if (outcome === "ok") events.push({ at: returned, line: event("ok", answers ? output : asked) });
  }
  events.sort((one, other) => one.at - other.at);
  return `${events.map(({ line }) => line).join("\n")}\n`;
}

function jobs(folder: string, histories: string, sizes: readonly number[]): readonly Job[] {
  const all: Job[] = [];
  for (const model of ["register", "kv", "fifo-queue"]) {
    for (const size of sizes) {
      for (const clients of [3, 10]) {
        for (const bad of [false, true]) {
          const name = `${model}, ${clients} clients, ${bad ? "bad" : "valid"}`;
          const file = join(folder, `${model}-${size}-${clients}-${bad ? "bad" : "valid"}.jsonl`);
          writeFileSync(file, jsonl(simulated(atoms[model]!(1, size), { operations: size, clients, seed: 7, bad })));
          all.push({ name, file, format: "jsonl", model });
        }
      }
    }
  }
  for (const [name, format, model] of [
    ["etcd-register", "etcd-log", "cas-register"],
    ["kv", "kv-log", "kv"],
  ] as const) {
    const at = join(histories, name);
    if (!existsSync(at)) console.log(`no ${at}: set SEEDQUAKE_HISTORIES to the folder that has it`);
    else for (const file of readdirSync(at)) all.push({ name: file, file: join(at, file), format, model });
  }
  return all;
}

/** Prints one row a history, the worst ratio first. True when verdicts differ. */
export function porcupine(binary: string, histories: string, sizes: readonly number[]): boolean {
  console.log(
    "\nthe same files by Porcupine (verdict only, 10 s each) and by us: best times without the reading, the worst ratio first\n",
  );
  const folder = mkdtempSync(join(tmpdir(), "seedquake-porcupine-"));
  try {
    const rows = jobs(folder, histories, sizes).map((job) => {
      const args = ["-model", job.model, "-format", job.format, job.file];
      const theirs = JSON.parse(execFileSync(binary, args, { encoding: "utf8" })) as Told;
      const history = read(job.file, job.format, job.model);
      const { ms, result } = best(() => checkLinearizable(history, models[job.model]!));
      return { job, theirs, ms, verdict: result.verdict, operations: history.length };
    });
    rows.sort((one, other) => one.theirs.ms / one.ms - other.theirs.ms / other.ms);
    print(["history", "operations", "Porcupine ms", "ours ms", "ratio", "verdict", "theirs"], widths);
    for (const { job, theirs, ms, verdict, operations } of rows) {
      const ratio = `${(theirs.ms / ms).toFixed(1)}${theirs.verdict === "unknown" ? "+" : ""}`;
      print([job.name, number(operations), milliseconds(theirs.ms), milliseconds(ms), ratio, verdict, theirs.verdict], widths);
    }
    const lost = rows.filter(({ theirs, ms }) => theirs.ms < ms);
    const sum = (of: readonly number[]): number => of.reduce((total, one) => total + one, 0);
    const ours = sum(rows.map(({ ms }) => ms));
    console.log(
      `\n${lost.length} of ${rows.length} are lost, by ${milliseconds(sum(lost.map(({ theirs, ms }) => ms - theirs.ms)))} ms in all;`,
    );
    console.log(`together ${milliseconds(sum(rows.map(({ theirs }) => theirs.ms)))} ms against ${milliseconds(ours)} ms`);
    return rows.some(({ theirs, verdict }) => theirs.verdict !== "unknown" && theirs.verdict !== verdict);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
