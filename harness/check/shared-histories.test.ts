/** Judges recorded histories with known verdicts (Jepsen's, Porcupine's, Knossos's), when the folder with them is there. */

import { existsSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { describe, expect, it } from "vitest";
import type { Operation } from "./history.ts";
import { checkLinearizable } from "./linearizable.ts";
import type { Model } from "./model.ts";
import { type CasRegisterInput, casRegister, type Scalar } from "./models.ts";
import { knossosQueue, type MutexInput, mutex, type QueueInput, type StringInput, strings } from "./testing/models.ts";
import { type ForeignEvent, type Meaning, paired, readEdnHistory, readJepsenLog } from "./testing/read-foreign.ts";

const folder = resolve(import.meta.dirname, "../..", process.env["SEEDQUAKE_HISTORIES"] ?? "../shared/histories");
const table = resolve(folder, "verdicts.tsv");

interface Known {
  readonly path: string;
  readonly format: string;
  readonly model: string;
  readonly expected: string;
}

function known(): readonly Known[] {
  const [, ...rows] = readFileSync(table, "utf8").trim().split("\n");
  return rows.map((row) => {
    const [path, format, model, , expected] = row.split("\t");
    const verdict = expected === "true" ? "valid" : expected === "false" ? "invalid" : expected!;
    return { path: path!, format: format!, model: model!, expected: verdict };
  });
}

/** A nil that Knossos's registers read fits any value. */
const casMeaning = (nilFits: boolean): Meaning<CasRegisterInput, unknown> => ({
  input({ f, value }) {
    if (f === "read") return { f };
    if (f === "write") return { f, value: value as Scalar };
    const [from, to] = value as readonly Scalar[];
    return { f: "cas", from: from!, to: to! };
  },
  output({ type, f, value }) {
    if (f === "cas") return type === "ok";
    return f === "read" && !(nilFits && value === null) ? value : undefined;
  },
  failIsAnswer: ({ f, value }) => !nilFits && f === "cas" && Array.isArray(value),
});

const stringMeaning: Meaning<StringInput, unknown> = {
  input: ({ f, key, value }) => ({ f, key, ...(f !== "get" && { value }) }) as StringInput,
  output: ({ f, value }) => (f === "get" ? value : null),
};

const queueMeaning: Meaning<QueueInput, unknown> = {
  input: ({ f, value }) => (f === "enqueue" ? { f, value: value as number } : { f: "dequeue" }),
  output: ({ value }) => value ?? undefined,
};

const mutexMeaning: Meaning<MutexInput, unknown> = {
  input: ({ f }) => ({ f: f as "acquire" | "release" }),
  output: () => null,
};

function judge<In, Out>(
  { path, expected }: Known,
  read: (text: string) => readonly ForeignEvent[],
  meaning: Meaning<In, Out>,
  model: Model<unknown, In, Out>,
): void {
  const history: Operation<In, Out | undefined>[] = paired(read(readFileSync(resolve(folder, path), "utf8")), meaning);
  const { verdict, reason } = checkLinearizable(history, model);
  expect(verdict, `${path}: ${reason}`).toBe(expected);
}

describe.skipIf(!existsSync(table))("recorded histories", () => {
  const all = existsSync(table) ? known() : [];
  const of = (format: string, model: string) => all.filter((one) => one.format === format && one.model === model);

  it.each(of("etcd-log", "cas-register"))("etcd: $path is $expected", (one) => {
    judge(one, readJepsenLog, casMeaning(false), casRegister);
  });
  it.each(of("kv-log", "kv"))("strings by key: $path is $expected", (one) => {
    judge(one, readEdnHistory, stringMeaning, strings);
  });
  it.each(of("edn", "cas-register"))("Knossos: $path is $expected", (one) => {
    judge(one, readEdnHistory, casMeaning(true), { ...casRegister, init: one.path.startsWith("knossos/") ? 0 : null });
  });
  it.each(of("edn", "fifo-queue"))("Knossos: $path is $expected", (one) => {
    judge(one, readEdnHistory, queueMeaning, knossosQueue);
  });
  it.each(of("edn", "mutex"))("Knossos: $path is $expected", (one) => {
    judge(one, readEdnHistory, mutexMeaning, mutex);
  });
});

if (!existsSync(table)) {
  it.skip(`recorded histories are not here: no ${table}; set SEEDQUAKE_HISTORIES to the folder that has verdicts.tsv`, () => {});
}
