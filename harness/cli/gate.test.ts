/** The gate as CI meets it: exit statuses through every reporter, the baseline, --bail, --last-failed, --retries, the trend, --watch. */

import { execFileSync, spawn } from "node:child_process";
import { appendFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { baselineText } from "../report/baseline.ts";
import { reporters } from "../report/index.ts";
import { scenario } from "../report/testing/sample.ts";
import { command, environment, type Said, type } from "../testing/command.ts";
import { Gate } from "./baseline.ts";

const folder = mkdtempSync(join(tmpdir(), "seedquake-gate-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function file(name: string, text: string): void {
  mkdirSync(join(folder, name, ".."), { recursive: true });
  writeFileSync(join(folder, name), text);
}
const read = (name: string): string => readFileSync(join(folder, name), "utf8");
const run = (...args: string[]): Promise<Said> => type(folder, "run", ...args, "--workers", "1", "--shrink", "none");

/** Three scenarios of three runs each: two as expected, and one whose violation does not come. */
const calm =
  "protocol: abd-register\nworkload: { register: { operations: 6, within: 1s, mix: { read: 1, write: 1 } } }\nruns: 3\n";
const absent = `${calm}expect: { violation: linearizable, within: 3 runs }\n`;
beforeAll(() => {
  file("suite/a.yaml", calm);
  file("suite/b.yaml", absent);
  file("suite/c.yaml", calm);
});

describe("the exit status", () => {
  it("is the same through every reporter: on the terminal, in lines or as a document, and into files (console, GitHub: below)", async () => {
    const words = reporters.filter(({ name }) => name !== "dots").map(({ name }) => `${name}:out/${name}`);
    const { status, out, err } = await run("suite", "--reporter", "dots", ...words);
    expect([status, err]).toEqual([1, ""]);
    const own = { junit: read("reports/junit.xml"), json: read("reports/summary.json") };
    const tap = await run("suite/b.yaml", "--runs", "1", "--reporter", "tap");
    expect([tap.status, tap.err, tap.out.split("\n", 2)]).toEqual([1, "", ["TAP version 13", "1..1"]]);
    expect(out).toMatch(/^base seed 1, 1 worker\n\.F\.\n/);
    for (const [name, text] of Object.entries(own)) expect(read(`out/${name}`)).toBe(text);
    expect(read("out/console")).toContain("not found");
  });
});

describe("--bail", () => {
  it("ends the suite at the first scenario that is not as expected, and tells what did not run", async () => {
    const { status, out } = await run("suite", "--bail");
    expect(status).toBe(1);
    expect(out).toContain("1 scenario not run: the suite ended before, at a scenario that was not as expected (--bail)");
    expect(out).toMatch(/2 scenarios: 1 as expected, 1 not found;/);
    expect((JSON.parse(read("reports/summary.json")) as { notRun: unknown }).notRun).toEqual([
      { file: "suite/c.yaml", name: "suite/c" },
    ]);
    expect(read("reports/junit.xml")).toContain('<skipped type="not run"');
  });

  it("leaves --last-failed with the one that failed", async () => {
    const { status, out } = await run("suite", "--last-failed");
    expect([status, out]).toEqual([1, expect.stringContaining("1 of 3 scenarios: those that were not as expected last time")]);
    expect(out).toContain("1 scenario: 1 not found");
  });
});

describe("--baseline", () => {
  const baseline = ["--baseline", "suite/baseline.json"];

  it("keeps the gate open for what is known, shuts it for what is new, and says what is fixed", async () => {
    expect(await run("suite", ...baseline)).toMatchObject({
      status: 2,
      err: "--baseline suite/baseline.json: expected a baseline, found nothing there; --update-baseline writes one\n",
    });
    const written = await run("suite", ...baseline, "--update-baseline");
    expect([written.status, written.out]).toEqual([
      0,
      expect.stringContaining("suite/baseline.json: 1 known failure, 1 new, 0 gone\n  + suite/b: linearizable is not found"),
    ]);
    const known = await run("suite", ...baseline);
    expect(known).toMatchObject({
      status: 0,
      out: expect.stringContaining("known by suite/baseline.json, and no reason to fail: 1 scenario"),
    });
    // The same scenario, and another failure.
    file("suite/b.yaml", absent.replace("linearizable", "liveness"));
    const another = await run("suite", ...baseline);
    expect([another.status, another.out]).toEqual([
      1,
      expect.stringContaining("fixed, or not found with these seeds: suite/b: linearizable is not found"),
    ]);
    file("suite/b.yaml", absent);
  });
});

it("a scenario with a known failure does not end at its first one, behind which a new one may be", () => {
  const known = join(folder, "known.json");
  writeFileSync(known, baselineText([{ scenario: "mutants/raft-local-reads", verdict: "violation", check: "linearizable" }]));
  const gate = new Gate({ baseline: known, bail: true });
  expect([gate.bails(scenario), gate.bails({ ...scenario, name: "other" })]).toEqual([false, true]);
  expect(new Gate({ bail: true }).bails(scenario)).toBe(true);
  expect(new Gate({ baseline: known }).bails(scenario)).toBe(false);
  for (const part of [{ bail: true }, { shard: "1/2" }])
    expect(() => new Gate({ baseline: known, updateBaseline: true, ...part })).toThrow(
      /would be known in part only; leave --(bail|shard) away$/,
    );
});

describe("wrong input", () => {
  it("is told in a sentence: retries, a baseline to write without a name, one that is none, a place that cannot be written", async () => {
    file("no-baseline.json", "[]");
    const said = [];
    for (const args of [
      ["--retries", "3"],
      ["--retries"],
      ["--update-baseline"],
      ["--baseline", "no-baseline.json"],
      ["--reporter", "tap:no-baseline.json/x.tap"],
      ["--log-level", "loud"],
    ])
      said.push(await run("suite/a.yaml", ...args));
    expect(said.map(({ status }) => status)).toEqual([2, 2, 2, 2, 2, 2]);
    expect(said[0]!.err).toMatch(/^--retries: there are none, as a seed is a seed: the same run would fail again\./);
    expect(said[1]!.err).toBe(said[0]!.err);
    expect(said[2]!.err).toMatch(/^--update-baseline: expected to know which, found no --baseline <file>/);
    expect(said[3]!.err).toMatch(/^no-baseline\.json: expected a baseline as --update-baseline writes it .* found a mistake: /);
    expect(said[4]!.err).toMatch(
      /a file, where a folder was expected; mend that, or name another folder with --reporter, for no-baseline\.json\/x\.tap\.\n$/,
    );
  });
});

describe("on GitHub", () => {
  it("annotations come of themselves, and the job gets its summary", async () => {
    const summary = join(folder, "step.md");
    const env = { GITHUB_ACTIONS: "true", GITHUB_STEP_SUMMARY: summary, GITHUB_WORKSPACE: join(folder, "..") };
    Object.assign(environment, env);
    try {
      const { status, out } = await run("suite/b.yaml", "--runs", "1");
      expect(status).toBe(1);
      expect(out).toMatch(
        /\n::error file=[^/]+\/suite\/b\.yaml,line=1,title=suite\/b%3A not found::expected a violation of linearizable/,
      );
      expect(readFileSync(summary, "utf8")).toMatch(/^## seedquake: 1 of 1 scenario not as expected\n/);
    } finally {
      for (const name of Object.keys(env)) delete environment[name];
    }
  });
});

describe("seedquake trend", () => {
  it("keeps a line a commit, and tells what differs", async () => {
    const git = (...args: string[]): string =>
      execFileSync("git", ["-c", "user.name=x", "-c", "user.email=x@example.org", "-c", "commit.gpgsign=false", ...args], {
        cwd: folder,
        encoding: "utf8",
        stdio: "pipe",
      });
    const trend = (...args: string[]): Promise<Said> => type(folder, "trend", "--file", "trend.jsonl", ...args);
    expect(await trend("--out", "nowhere")).toMatchObject({
      status: 2,
      err: "seedquake trend: expected nowhere/summary.json, found none; `seedquake run` writes it\n",
    });
    const summary = read("reports/summary.json");
    file("t/summary.json", summary);
    expect(await trend("--out", "t")).toMatchObject({
      status: 2,
      err: "seedquake trend: expected a git repository here, found none\n",
    });
    git("init", "-q");
    git("add", "suite");
    git("commit", "-qm", "first");
    expect(await trend("--out", "t")).toMatchObject({ status: 0, out: expect.stringContaining("there is no line before it") });
    git("commit", "-qm", "second", "--allow-empty");
    file("t/summary.json", summary.replace('"runs": 1,', '"runs": 2,').replace('"digest": "', '"digest": "0'));
    const second = await trend("--out", "t");
    expect(second.out).toMatch(
      /^trend\.jsonl: 2 commits, this one [0-9a-f]{12}\nsince [0-9a-f]{12} \(first\):\n {2}suite\/b: 1 -> 2 runs/,
    );
    const lines = read("trend.jsonl");
    await trend("--out", "t");
    expect(read("trend.jsonl")).toBe(lines);
  });
});

describe("--watch", () => {
  it("runs, runs again what a change concerns, and ends with q", async () => {
    const child = spawn(
      process.execPath,
      [command, "run", "suite/a.yaml", "suite/c.yaml", "--watch", "--workers", "1", "--out", "watched"],
      {
        cwd: folder,
        env: environment,
      },
    );
    let out = "";
    child.stdout.on("data", (text) => {
      out += text;
    });
    child.stderr.on("data", (text) => {
      out += text;
    });
    const until = async (count: number): Promise<void> => {
      while (out.split("waiting for a change").length <= count && child.exitCode === null)
        await new Promise((resolve) => setTimeout(resolve, 20));
    };
    const gone = new Promise((resolve) => child.on("exit", resolve));
    await until(1);
    appendFileSync(join(folder, "suite/c.yaml"), "# changed\n");
    await until(2);
    child.stdin.write("q");
    expect(await gone).toBe(0);
    expect(out).toContain("2 of 2 files: all of them");
    expect(out).toContain("1 of 2 files: c.yaml has changed");
    expect(out).toMatch(/1 scenario: 1 as expected/);
    expect(existsSync(join(folder, "watched", "summary.json"))).toBe(true);
  });
});
