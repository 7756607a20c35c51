/** The command line as a user meets it: the built command, in a process of its own where the process is the point. */

import { spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { command, environment, processOf, type Said, type } from "./testing/command.ts";

const folder = mkdtempSync(join(tmpdir(), "seedquake-cli-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const seedquake = (...args: string[]) => type(folder, ...args);
/** Where the number of threads is not the point. */
const one = ["--workers", "1"];

async function each(commands: readonly (readonly string[])[]): Promise<Said[]> {
  const said: Said[] = [];
  for (const args of commands) said.push(await seedquake(...args));
  return said;
}

const inProcess = (args: readonly string[], input = "") => processOf(folder, args, input);

function file(name: string, text: string): string {
  const path = join(folder, name);
  mkdirSync(join(path, ".."), { recursive: true });
  writeFileSync(path, text);
  return name;
}

const stale = (expectation: string): string => `
description: an old leader must not answer
protocol: raft
mutant: local-reads
nodes: 5
clients: 3
workload: { key-value: { operations: 40, within: 5s, keys: 2 } }
faults:
  - { partition: leader, with: one client, at: 1s..2s, for: 2s..3s }
runs: 200
${expectation}
`;
const calm =
  "protocol: abd-register\nworkload: { register: { operations: 20, within: 2s, mix: { read: 1, write: 1 } } }\nruns: 20\n";

describe("seedquake", () => {
  it("shows how it is used, with an example for every command", async () => {
    expect(inProcess(["--version"])).toMatchObject({ status: 0, out: expect.stringMatching(/^\d+\.\d+\.\d+\n$/) });
    const help = await seedquake("--help");
    expect(help.status).toBe(0);
    for (const name of ["run", "replay", "check", "mutants", "list", "schema"]) {
      expect(help.out).toContain(name);
      expect((await seedquake(name, "--help")).out).toContain("Examples:");
    }
  });

  it("exits 2 with a sentence for a wrong command, option or value", async () => {
    for (const args of [
      ["rnu"],
      ["run", "--sede", "3"],
      ["run", "--runs", "many"],
      ["run", "--seed", "-1"],
      ["run", "--time", "5"],
    ]) {
      const { status, err } = await seedquake(...args);
      expect([args, status]).toEqual([args, 2]);
      expect(err).toMatch(/\S.*[.)]/);
      expect(err).not.toContain("    at ");
    }
  });

  it("exits 0 when all is as expected, and writes summary, JUnit and a base seed", async () => {
    const { status, out, err } = await seedquake("run", file("calm.yaml", calm), "--out", "calm-reports", ...one);
    expect([status, err]).toEqual([0, ""]);
    expect(out).toContain("base seed 1");
    const summary = JSON.parse(readFileSync(join(folder, "calm-reports", "summary.json"), "utf8"));
    expect(summary).toMatchObject({ schemaVersion: 1, baseSeed: 1 });
    expect(readFileSync(join(folder, "calm-reports", "junit.xml"), "utf8")).toContain("<testsuite");
  });

  it("exits 1 for a violation, tells its story, and replays it in a new process to the same digest", async () => {
    const { status, out } = await seedquake("run", file("stale.yaml", stale("")), "--bail", "--out", "reports", ...one);
    expect(status).toBe(1);
    expect(out).toContain("linearizable is violated");
    const [, replayed] = /replay\s+npx seedquake replay (\S+)/.exec(out)!;
    const [, seed] = /as found\s+npx seedquake replay stale\.yaml --seed (\d+)/.exec(out)!;
    const again = inProcess(["replay", replayed!]);
    expect(again.status).toBe(1);
    expect(again.out).toContain("the digest is the one in");
    const found = await seedquake("replay", "stale.yaml", "--seed", seed!);
    expect(found.status).toBe(1);
    expect(found.out).toContain("the digest is the one in");
    const report = replayed!.replace(/\/counterexample\.yaml$/, "");
    expect(readdirSync(join(folder, report)).sort()).toEqual(
      [
        "counterexample.yaml",
        "failure.json",
        "history.jsonl",
        "report.html",
        "run.log",
        "story.txt",
        "timeline.txt",
        "trace.jsonl",
      ].sort(),
    );
  });

  it("exits 0 for a violation that is expected, 1 when it is not found or another one is", async () => {
    const run = (name: string, text: string) => seedquake("run", file(name, text), "--shrink", "none", ...one);
    expect(await run("expected.yaml", stale("expect: { violation: linearizable }"))).toMatchObject({ status: 0 });
    expect(await run("other.yaml", stale("expect: { violation: election safety }"))).toMatchObject({ status: 1 });
    const right = stale("expect: { violation: linearizable, within: 20 runs }").replace("mutant: local-reads\n", "");
    const { status, out } = await run("not-found.yaml", right);
    expect(status).toBe(1);
    expect(out).toContain("within 20 runs, but 20 runs found none");
  });

  it("exits 3 for a campaign that proves nothing, and for a replay whose digest is not the recorded one", async () => {
    const noEffect = `${calm}faults:\n  - { name: too-late, pause: n1, at: 1999ms, for: 1us }\n`;
    const { status, out } = await seedquake("run", file("proves-nothing.yaml", noEffect), "--out", "proves", ...one);
    expect([status, out.includes("too-late")]).toEqual([3, true]);
    const args = ["run", file("changed.yaml", stale("")), "--bail", "--shrink", "none", "--out", "changed", ...one];
    expect(await seedquake(...args)).toMatchObject({ status: 1 });
    const [report] = readdirSync(join(folder, "changed")).filter((name) => name.startsWith("changed-"));
    const failure = join(folder, "changed", report!, "failure.json");
    writeFileSync(failure, readFileSync(failure, "utf8").replace(/"digest": "[0-9a-f]{16}"/, '"digest": "0123456789abcdef"'));
    const replay = await seedquake("replay", `changed/${report}/counterexample.yaml`);
    expect(replay.status).toBe(3);
    expect(replay.err).toContain("0123456789abcdef");
  });

  it("says in one sentence what is wrong with the input: missing file, wrong YAML, unwritable folder, nothing to grep", async () => {
    const sentences = await each([
      ["run", "nowhere.yaml"],
      ["run", file("typo.yaml", calm.replace("workload", "wrokload"))],
      ["run", file("binary.yaml", "\u0000\u0001\u0002")],
      ["run", file("empty.yaml", "")],
      ["run", "calm.yaml", "--out", "calm.yaml"],
      ["run", "calm.yaml", "--grep", "zebra"],
      ["replay", "calm.yaml"],
    ]);
    for (const { status, err } of sentences) {
      expect(status).toBe(2);
      expect(err.trim().split("\n").length).toBeLessThanOrEqual(2);
      expect(err).not.toContain("    at ");
    }
    expect(sentences[1]!.err).toMatch(/^typo\.yaml:2:1: .*did you mean "workload"\?/);
  });

  it("keeps what was found when it is interrupted, and exits 130", async () => {
    const child = spawn(
      process.execPath,
      [command, "run", file("long.yaml", stale("")), "--runs", "1000000", "--workers", "1", "--out", "cut"],
      { cwd: folder, env: environment },
    );
    let out = "";
    child.stdout.on("data", (text) => {
      out += text;
    });
    // The first line is printed once the workers are about to start.
    while (!out.includes("base seed")) await new Promise((resolve) => setTimeout(resolve, 20));
    await new Promise((resolve) => setTimeout(resolve, 300));
    child.kill("SIGINT");
    const status = await new Promise((resolve) => child.on("exit", resolve));
    expect(status).toBe(130);
    expect(existsSync(join(folder, "cut", "summary.json"))).toBe(true);
    const summary = JSON.parse(readFileSync(join(folder, "cut", "summary.json"), "utf8"));
    expect(summary.interrupted).toBe(true);
  });

  it("lists what there is, and prints the schema", async () => {
    const { status, out } = await seedquake("list", "calm.yaml");
    expect(status).toBe(0);
    for (const word of ["calm.yaml", "raft", "local-reads (R12)", "key-value", "partition"]) expect(out).toContain(word);
    const schema = JSON.parse((await seedquake("schema")).out);
    expect(schema.$schema).toContain("draft-07");
  });
});

describe("seedquake check", () => {
  const line = (process: number, type: string, f: string, value: unknown, ms: number): string =>
    `${JSON.stringify({ process, type, f, value, time: ms * 1e6 })}\n`;
  const written = line(0, "invoke", "write", 5, 1) + line(0, "ok", "write", 5, 2);
  const fresh = written + line(1, "invoke", "read", null, 3) + line(1, "ok", "read", 5, 4);
  const stale = written + line(1, "invoke", "read", null, 3) + line(1, "ok", "read", null, 4);
  const check = (...args: string[]) => seedquake("check", ...args, "--model", "register");
  const piped = (input: string) => inProcess(["check", "-", "--model", "register"], input);

  it("exits 0 for a history that some order explains", async () => {
    const { status, out, err } = await check(file("fresh.jsonl", fresh));
    expect([status, err]).toEqual([0, ""]);
    expect(out).toMatch(/^fresh\.jsonl: valid {2}2 operations, register, /);
  });

  it("exits 1 for one that none does, and shows the operations that contradict each other", async () => {
    const { status, out } = await check(file("stale.jsonl", stale));
    expect(status).toBe(1);
    expect(out).toMatch(/^stale\.jsonl: invalid {2}2 operations, register, /);
    expect(out).toContain("line 1-2  [1.000 ms, 2.000 ms]  process 0  write 5");
    expect(out).toContain("line 3-4  [3.000 ms, 4.000 ms]  process 1  read -> null");
    expect(out).toContain("The longest linearizable prefix");
    expect(await check("stale.jsonl", "--initial", "5")).toMatchObject({ status: 1 });
  });

  it("exits 2 with file and line for what it cannot read, and judges the others all the same", async () => {
    const { status, out, err } = await check(file("torn.jsonl", `${fresh}{"process":`), "stale.jsonl", "nowhere.jsonl");
    expect(status).toBe(2);
    expect(err.trim().split("\n")).toEqual([
      'torn.jsonl:5: expected a JSON object such as {"process":0,"type":"invoke","f":"read","value":null}, found {"process":',
      "nowhere.jsonl: expected a readable history, found nothing there",
    ]);
    expect(out).toContain("stale.jsonl: invalid");
  });

  it("exits 3 when its time is up before it knows", async () => {
    const slow = `export default { init: 0, step(state) { const until = Date.now() + 5; while (Date.now() < until); return state; } };`;
    const many = Array.from({ length: 80 }, (_, i) => line(i, "invoke", "wait", i, i) + line(i, "ok", "wait", i, i)).join("");
    const args = ["check", file("many.jsonl", many), "--model", file("slow.mjs", slow).replace(/^/, "./"), "--timeout", "100ms"];
    const { status, out } = await seedquake(...args);
    expect(status).toBe(3);
    expect(out).toContain("its time was up");
  });

  it("prints one object a file with --json, and nothing else", async () => {
    const { status, out, err } = await check("fresh.jsonl", "stale.jsonl", "--json");
    expect([status, err]).toEqual([1, ""]);
    const rows = out
      .trim()
      .split("\n")
      .map((row) => JSON.parse(row) as Record<string, unknown>);
    expect(rows.map(({ file: name, model, verdict, operations }) => ({ name, model, verdict, operations }))).toEqual([
      { name: "fresh.jsonl", model: "register", verdict: "valid", operations: 2 },
      { name: "stale.jsonl", model: "register", verdict: "invalid", operations: 2 },
    ]);
    for (const row of rows)
      expect(Object.keys(row)).toEqual(["file", "model", "verdict", "ms", "operations", "engine", "reason"]);
  });

  it("reads standard input", async () => {
    expect(piped(stale)).toMatchObject({ status: 1, out: expect.stringContaining("standard input: invalid") });
    expect(piped("")).toMatchObject({ status: 2, err: "standard input: expected a history, found an empty file\n" });
  });

  it("shows an order that explains a valid history with --witness", async () => {
    const { status, out } = await check("fresh.jsonl", "--witness");
    expect(status).toBe(0);
    expect(out.indexOf("write 5")).toBeGreaterThan(0);
    expect(out.indexOf("read -> 5")).toBeGreaterThan(out.indexOf("write 5"));
  });

  it("draws a history with --html, one on a page", async () => {
    expect(await check("stale.jsonl", "--html", "stale.html")).toMatchObject({
      status: 1,
      out: expect.stringContaining("stale.html"),
    });
    expect(readFileSync(join(folder, "stale.html"), "utf8")).toContain('"headline":"not linearizable"');
    const { status, err } = await check("fresh.jsonl", "stale.jsonl", "--html", "both.html");
    expect([status, err]).toEqual([2, "--html both.html: expected one history, which fills a page, found 2\n"]);
  });

  it("says what is wrong with a model, an engine, a format, an initial value, a size", async () => {
    const sentences = await each(
      [
        ["--model", "regster"],
        ["--model", "./nowhere.mjs"],
        ["--model", "register", "--format", "xml"],
        ["--model", "register", "--memory", "much"],
        ["--model", "register", "--timeout", "5"],
        ["--model", "counter", "--initial", "many"],
        [],
      ].map((args) => ["check", "fresh.jsonl", ...args]),
    );
    expect(sentences.map(({ status }) => status)).toEqual([2, 2, 2, 2, 2, 2, 2]);
    expect(sentences[0]!.err).toBe('--model regster: there is no such model; did you mean "register"?\n');
    expect(sentences[1]!.err).toBe("./nowhere.mjs: expected a module with a model, found nothing there\n");
    expect(sentences[3]!.err).toContain('--memory takes a size such as 500MB or 2GB; found "much".');
    expect(sentences[5]!.err).toBe("--initial many: expected a number for the model counter\n");
  });
});
