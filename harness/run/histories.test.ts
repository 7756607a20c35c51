/** Recorded histories with known verdicts, judged as `seedquake check` judges them; and models that users write. */

import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { initialState } from "../check/formats/index.ts";
import { checkLinearizable } from "../check/index.ts";
import { models } from "../check/models/registry.ts";
import { importModel, readHistory } from "./histories.ts";

const shared = resolve(import.meta.dirname, "../..", process.env["SEEDQUAKE_HISTORIES"] ?? "../shared/histories");
const table = resolve(shared, "verdicts.tsv");
const folder = mkdtempSync(join(tmpdir(), "seedquake-histories-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Known {
  readonly path: string;
  readonly format: string;
  readonly model: string;
  readonly initial: string | undefined;
  readonly expected: string;
}

/** The rows that a model of ours can judge; the others are about transactions. */
function known(): readonly Known[] {
  const [, ...rows] = readFileSync(table, "utf8").trim().split("\n");
  return rows.flatMap((row) => {
    const [path, format, what, options, verdict] = row.split("\t");
    const model = what!.split(" ")[0]!;
    if (!(model in models)) return [];
    const expected = /^(?:true|valid)/.test(verdict!) ? "valid" : "invalid";
    const initial = /initial=(\{.*\}|\S+)/.exec(options!)?.[1];
    return [{ path: path!, format: format!, model, initial, expected }];
  });
}

async function judge({ path, model: name, initial }: Known) {
  const operations = await readHistory(resolve(shared, path), { format: "auto", model: name });
  const first = initial === undefined ? undefined : initialState(name, initial);
  if (first !== undefined && "expected" in first) throw new Error(`${path}: the initial value should be ${first.expected}`);
  const model = { ...models[name]!, ...(first !== undefined && { init: first.state }) };
  return checkLinearizable(operations, model);
}

describe.skipIf(!existsSync(table))("recorded histories", () => {
  const all = existsSync(table) ? known() : [];

  it("has those of every format and model", () => {
    const found = new Set(all.map(({ format, model }) => `${format} ${model}`));
    for (const one of ["etcd-log cas-register", "kv-log kv", "edn mutex", "edn multi-register", "jsonl lock", "jsonl set"])
      expect(found).toContain(one);
  });

  it.each(all)("$path ($model) is $expected", async (one) => {
    const { verdict, reason } = await judge(one);
    expect(verdict, reason).toBe(one.expected);
  });

  it.skipIf(!all.some(({ path }) => path === "real/redis-failover.jsonl"))(
    "tells the lost write of the Redis fail-over by at most six operations", // skipped where the histories are not here
    async () => {
      const { core, model } = await judge(all.find(({ path }) => path === "real/redis-failover.jsonl")!).then((result) => ({
        core: result.core!,
        model: models["cas-register"]!,
      }));
      expect(core.length).toBeGreaterThan(1);
      expect(core.length).toBeLessThanOrEqual(6);
      expect(checkLinearizable(core, model).verdict).toBe("invalid");
    },
  );
});

if (!existsSync(table)) {
  it.skip(`recorded histories are not here: no ${table}; set SEEDQUAKE_HISTORIES to the folder that has verdicts.tsv`, () => {});
}

function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

describe("the door to histories", () => {
  const reading = { format: "auto", model: "register" } as const;

  it("says what is wrong with a file, and where", async () => {
    const lines = '{"process":0,"type":"invoke","f":"read"}\n{"process":0,"type":"ok","f":"write","value":1}\n';
    await expect(readHistory(file("wrong.jsonl", lines), reading)).rejects.toThrow(
      /wrong\.jsonl:2: expected process 0 to hear of its read of line 1, found ok of a write$/,
    );
    await expect(readHistory(join(folder, "nowhere.jsonl"), reading)).rejects.toThrow(
      /nowhere\.jsonl: expected a readable history, found nothing there$/,
    );
    await expect(readHistory(folder, reading)).rejects.toThrow(/: expected a readable history, found a folder$/);
  });

  it("reads through a byte order mark", async () => {
    const path = file("marked.jsonl", '\uFEFF{"process":0,"type":"invoke","f":"read"}\n');
    expect(await readHistory(path, reading)).toMatchObject([{ input: { f: "read" }, outcome: "info" }]);
  });

  it("imports a model as default or as `model`, named after its file when it has no name", async () => {
    const step =
      "{ init: 0, step: (state, input, output) => (output === undefined || output === state + 1 ? state + 1 : undefined) }";
    const one = await importModel(file("ticket.mjs", `export default ${step};`));
    expect([one.name, one.init]).toEqual(["ticket", 0]);
    expect((await importModel(file("named.mjs", `export const model = { name: "tickets", ...${step} };`))).name).toBe("tickets");
    const typed = "export default { init: 0 as number, step: (state: number): number => state + 1 };";
    expect((await importModel(file("typed.ts", typed))).name).toBe("typed");
    const path = file("tickets.jsonl", ticket(0, 1) + ticket(1, 2) + ticket(0, 2));
    const operations = await readHistory(path, { format: "auto", model: "" });
    expect(checkLinearizable(operations, one)).toMatchObject({ verdict: "invalid" });
    expect(checkLinearizable(operations.slice(0, 2), one)).toMatchObject({ verdict: "valid" });
  });

  it.each([
    ["nothing.mjs", undefined, "expected a module with a model, found nothing there"],
    ["empty.mjs", "export {};", "expected a model as its default export or as `model`, found nothing exported"],
    ["other.mjs", "export const modle = {};", "expected a model as its default export or as `model`, found modle exported"],
    ["stateless.mjs", "export default { step() {} };", "expected the model to have `init`, its first state, found none"],
    ["stepless.mjs", "export default { init: 0 };", "expected the model's `step` to be a function, found undefined"],
    ["cut.ts", "export default {", "expected a module with a model, found "],
    ["thrown.mjs", "throw new Error('no luck');", "expected a module with a model, found an error when importing it: no luck"],
  ])("refuses %s", async (name, text, sentence) => {
    const path = text === undefined ? join(folder, name) : file(name, text);
    await expect(importModel(path)).rejects.toThrow(`${path}: ${sentence}`);
  });
});

function ticket(process: number, answer: number): string {
  const event = (type: string, value: unknown) => `${JSON.stringify({ process, type, f: "take", value })}\n`;
  return event("invoke", null) + event("ok", answer);
}
