/** The command line as a user meets it: each test starts the built command in a process of its own. */

import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";

const command = join(import.meta.dirname, "..", "dist", "harness", "cli.js");
const folder = mkdtempSync(join(tmpdir(), "seedquake-cli-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const env = { ...process.env, NO_COLOR: "1" };
delete (env as Record<string, string | undefined>)["FORCE_COLOR"];

function seedquake(...args: string[]): { status: number | null; out: string; err: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [command, ...args], { cwd: folder, encoding: "utf8", env });
  return { status, out: stdout, err: stderr };
}

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
  it("shows how it is used, with an example for every command", () => {
    expect(seedquake("--version").out).toMatch(/^\d+\.\d+\.\d+\n$/);
    const help = seedquake("--help");
    expect(help.status).toBe(0);
    for (const name of ["run", "replay", "mutants", "list", "schema"]) {
      expect(help.out).toContain(name);
      expect(seedquake(name, "--help").out).toContain("Examples:");
    }
  });

  it("exits 2 with a sentence for a wrong command, option or value", () => {
    for (const args of [
      ["rnu"],
      ["run", "--sede", "3"],
      ["run", "--runs", "many"],
      ["run", "--seed", "-1"],
      ["run", "--time", "5"],
    ]) {
      const { status, err } = seedquake(...args);
      expect([args, status]).toEqual([args, 2]);
      expect(err).toMatch(/\S.*[.)]/);
      expect(err).not.toContain("    at ");
    }
  });

  it("exits 0 when all is as expected, and writes summary, JUnit and a base seed", () => {
    const { status, out, err } = seedquake("run", file("calm.yaml", calm), "--out", "calm-reports");
    expect([status, err]).toEqual([0, ""]);
    expect(out).toContain("base seed 1");
    const summary = JSON.parse(readFileSync(join(folder, "calm-reports", "summary.json"), "utf8"));
    expect(summary).toMatchObject({ schemaVersion: 1, baseSeed: 1 });
    expect(readFileSync(join(folder, "calm-reports", "junit.xml"), "utf8")).toContain("<testsuite");
  });

  it("exits 1 for a violation, tells its story, and replays it in a new process to the same digest", () => {
    const { status, out } = seedquake("run", file("stale.yaml", stale("")), "--bail", "--out", "reports");
    expect(status).toBe(1);
    expect(out).toContain("linearizable is violated");
    const [, replayed] = /replay\s+npx seedquake replay (\S+)/.exec(out)!;
    const [, seed] = /as found\s+npx seedquake replay stale\.yaml --seed (\d+)/.exec(out)!;
    const again = seedquake("replay", replayed!);
    expect(again.status).toBe(1);
    expect(again.out).toContain("the digest is the one in");
    const found = seedquake("replay", "stale.yaml", "--seed", seed!);
    expect(found.status).toBe(1);
    expect(found.out).toContain("the digest is the one in");
    const report = replayed!.replace(/\/counterexample\.yaml$/, "");
    expect(readdirSync(join(folder, report)).sort()).toEqual(
      ["counterexample.yaml", "failure.json", "history.jsonl", "run.log", "story.txt", "timeline.txt", "trace.jsonl"].sort(),
    );
  });

  it("exits 0 for a violation that is expected, 1 when it is not found or another one is", () => {
    expect(seedquake("run", file("expected.yaml", stale("expect: { violation: linearizable }"))).status).toBe(0);
    expect(seedquake("run", file("other.yaml", stale("expect: { violation: election safety }"))).status).toBe(1);
    const right = stale("expect: { violation: linearizable, within: 30 runs }").replace("mutant: local-reads\n", "");
    const { status, out } = seedquake("run", file("not-found.yaml", right));
    expect(status).toBe(1);
    expect(out).toContain("within 30 runs, but 30 runs found none");
  });

  it("exits 3 for a campaign that proves nothing, and for a replay whose digest is not the recorded one", () => {
    const noEffect = `${calm}faults:\n  - { name: too-late, pause: n1, at: 1999ms, for: 1us }\n`;
    const { status, out } = seedquake("run", file("proves-nothing.yaml", noEffect), "--out", "proves");
    expect([status, out.includes("too-late")]).toEqual([3, true]);
    expect(seedquake("run", file("changed.yaml", stale("")), "--bail", "--out", "changed").status).toBe(1);
    const [report] = readdirSync(join(folder, "changed")).filter((name) => name.startsWith("changed-"));
    const failure = join(folder, "changed", report!, "failure.json");
    writeFileSync(failure, readFileSync(failure, "utf8").replace(/"digest": "[0-9a-f]{16}"/, '"digest": "0123456789abcdef"'));
    const replay = seedquake("replay", `changed/${report}/counterexample.yaml`);
    expect(replay.status).toBe(3);
    expect(replay.err).toContain("0123456789abcdef");
  });

  it("says in one sentence what is wrong with the input: missing file, wrong YAML, unwritable folder, nothing to grep", () => {
    const sentences = [
      ["run", "nowhere.yaml"],
      ["run", file("typo.yaml", calm.replace("workload", "wrokload"))],
      ["run", file("binary.yaml", "\u0000\u0001\u0002")],
      ["run", file("empty.yaml", "")],
      ["run", "calm.yaml", "--out", "calm.yaml"],
      ["run", "calm.yaml", "--grep", "zebra"],
      ["replay", "calm.yaml"],
    ].map((args) => seedquake(...args));
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
      { cwd: folder, env },
    );
    let out = "";
    child.stdout.on("data", (text) => {
      out += text;
    });
    // The first line is printed once the workers are about to start.
    while (!out.includes("base seed")) await new Promise((resolve) => setTimeout(resolve, 20));
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    child.kill("SIGINT");
    const status = await new Promise((resolve) => child.on("exit", resolve));
    expect(status).toBe(130);
    expect(existsSync(join(folder, "cut", "summary.json"))).toBe(true);
    const summary = JSON.parse(readFileSync(join(folder, "cut", "summary.json"), "utf8"));
    expect(summary.interrupted).toBe(true);
  });

  it("lists what there is, and prints the schema", () => {
    const { status, out } = seedquake("list", "calm.yaml");
    expect(status).toBe(0);
    for (const word of ["calm.yaml", "raft", "local-reads (R12)", "key-value", "partition"]) expect(out).toContain(word);
    const schema = JSON.parse(seedquake("schema").out);
    expect(schema.$schema).toContain("draft-07");
  });
});
