/** Which scenarios run: after changes in a real git repository, after failures, by what they import. */

import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, sep } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { summaryReporter } from "../report/summary.ts";
import { scenario, setting, suite } from "../report/testing/sample.ts";
import type { Scenario } from "../scenario/scenario.ts";
import { affectedBy, membersOf, standsOn } from "./affected.ts";
import { changedFiles, headCommit } from "./git.ts";
import { type Choice, select } from "./select.ts";
import { causeOf, foldersOf, nextRound, roundArgs } from "./watch.ts";

let home: string;
const before = process.cwd();
beforeEach(() => {
  home = realpathSync(mkdtempSync(join(tmpdir(), "seedquake-select-")));
  process.chdir(home);
});
afterEach(() => {
  process.chdir(before);
  rmSync(home, { recursive: true });
});

function write(path: string, text = ""): void {
  mkdirSync(join(home, path, ".."), { recursive: true });
  writeFileSync(join(home, path), text);
}

function git(...args: string[]): string {
  return execFileSync(
    "git",
    [
      "-c",
      "user.name=x",
      "-c",
      "user.email=x@example.org",
      "-c",
      "commit.gpgsign=false",
      "-c",
      "init.defaultBranch=main",
      ...args,
    ],
    {
      encoding: "utf8",
      stdio: "pipe",
    },
  );
}

const of = (file: string, own?: string): Scenario => ({
  ...scenario,
  file,
  name: file.replace(/^scenarios\/|\.yaml$/g, ""),
  ...(own === undefined ? {} : { case: own }),
});
const names = async (all: readonly Scenario[], choice: Partial<Choice>): Promise<string[]> => {
  const { scenarios, notes } = await select(all, { out: "reports", ...choice });
  return [...scenarios.map(({ name, case: own }) => (own === undefined ? name : `${name}.${own}`)), ...notes];
};

describe("what a scenario stands on", () => {
  it("is its file, what it names by path, and what that imports: not types, not packages", async () => {
    write("scenarios/a.yaml", "protocol: ./own/queue.ts\nworkload: { ../shared.ts: { operations: 3 } }\n");
    write("scenarios/b.yaml", "protocol: raft\n");
    write(
      "scenarios/own/queue.ts",
      'import { x } from "./inner.js";\nimport type { T } from "./types.ts";\nimport { z } from "zod";\nexport const protocol = { x, z } as T;\n',
    );
    write("scenarios/own/inner.ts", 'export * from "../../deep.ts"; export const x = 1;\n');
    write("scenarios/own/types.ts", "export type T = object;\n");
    write("deep.ts", "export const y = 2;\n");
    write("shared.ts", "this is no TypeScript (");
    write("protocols/raft/index.ts", 'import "../paxos/index.ts";\n');
    write("protocols/paxos/index.ts");
    const on = await standsOn(["scenarios/a.yaml", "scenarios/b.yaml"], "protocols");
    const below = (file: string): string[] => [...on.get(file)!].map((path) => path.slice(home.length + 1)).sort();
    expect(below("scenarios/a.yaml")).toEqual([
      "deep.ts",
      "scenarios/a.yaml",
      "scenarios/own/inner.ts",
      "scenarios/own/queue.ts",
      "shared.ts",
    ]);
    expect(below("scenarios/b.yaml")).toEqual(
      ["protocols/paxos/index.ts", `protocols/raft${sep}`, "protocols/raft/index.ts", "scenarios/b.yaml"].sort(),
    );
    // Compiled protocols, as --watch looks at them.
    write("dist/raft/index.js", 'import "../paxos/ballot.js";\n');
    write("dist/paxos/ballot.js");
    const compiled = await standsOn(["scenarios/a.yaml", "scenarios/b.yaml"], "dist");
    expect(affectedBy([join(home, "dist/raft/log.js")], compiled)).toEqual(["scenarios/b.yaml"]);
    expect(affectedBy([join(home, "dist/paxos/ballot.js")], compiled)).toEqual(["scenarios/b.yaml"]);
    expect(affectedBy([join(home, "dist/paxos/index.js")], compiled)).toEqual([]);
    expect(affectedBy([join(home, "deep.ts")], on)).toEqual(["scenarios/a.yaml"]);
    expect(affectedBy([join(home, "protocols/raft/mutants.ts")], on)).toEqual(["scenarios/b.yaml"]);
    expect(affectedBy([join(home, "scenarios/own/types.ts")], on)).toEqual([]);
  });
});

describe("a suite file", () => {
  it("stands on all that its regressions stand on, and leads to them", async () => {
    write(
      "scenarios/suite.yaml",
      "suite:\n  regressions:\n    - { file: regressions/lost.yaml, seed: 3 }\n    - { file: gone.yaml, seed: 4 }\n",
    );
    write("scenarios/regressions/lost.yaml", "protocol: ../own.ts\n");
    write("scenarios/own.ts");
    expect(membersOf("scenarios/suite.yaml")).toEqual(["scenarios/regressions/lost.yaml"]);
    expect(membersOf("scenarios/regressions/lost.yaml")).toEqual([]);
    const on = await standsOn(["scenarios/suite.yaml"]);
    expect(affectedBy([join(home, "scenarios/own.ts")], on)).toEqual(["scenarios/suite.yaml"]);
    expect(roundArgs(["run"], ["scenarios/suite.yaml"])).toEqual([
      "run",
      "--failed-first",
      "--only",
      "scenarios/suite.yaml",
      "--only",
      "scenarios/regressions/lost.yaml",
    ]);
  });
});

describe("--changed", () => {
  const all = [of("scenarios/a.yaml"), of("scenarios/b.yaml", "one"), of("scenarios/b.yaml", "two")];
  beforeEach(() => {
    for (const file of ["scenarios/a.yaml", "scenarios/b.yaml"])
      write(file, "protocol: ./p.ts\n".replace("./p", file.endsWith("a.yaml") ? "./pa" : "./pb"));
    for (const file of ["scenarios/pa.ts", "scenarios/pb.ts"]) write(file);
  });

  it("takes the scenarios whose file or code differs from the last commit, committed or not, and since a branch left another", async () => {
    git("init", "-q");
    git("add", ".");
    git("commit", "-qm", "first");
    expect(await names(all, { changed: true })).toEqual([
      "nothing that these scenarios stand on has changed since the last commit: none of them runs",
    ]);
    write("scenarios/pb.ts", "export const changed = 1;\n");
    expect(await names(all, { changed: true })).toEqual([
      "b.one",
      "b.two",
      "2 of 3 scenarios: what they stand on has changed since the last commit",
    ]);
    git("checkout", "-qb", "work");
    git("commit", "-qam", "second");
    expect(await names(all, { changed: true })).toHaveLength(1);
    expect(await names(all, { changed: "main" })).toEqual(["b.one", "b.two", expect.any(String)]);
    // What happened on the other branch meanwhile is none of ours.
    git("checkout", "-q", "main");
    write("scenarios/a.yaml", "protocol: ./pa.ts\n# later\n");
    git("commit", "-qam", "on main");
    git("checkout", "-q", "work");
    expect(await names(all, { changed: "main" })).toEqual(["b.one", "b.two", expect.any(String)]);
    write("scenarios/new.yaml");
    expect(changedFiles(join(home, "scenarios"), undefined)).toEqual([join(home, "scenarios/new.yaml")]);
    expect(headCommit(home, "trend.jsonl")).toMatchObject({
      subject: "second",
      dirty: false,
      hash: expect.stringMatching(/^[0-9a-f]{40}$/),
    });
    write("scenarios/pa.ts", "export const dirty = 1;\n");
    expect(headCommit(home, "trend.jsonl").dirty).toBe(true);
    expect(headCommit(home, "scenarios/pa.ts").dirty).toBe(false);
  });

  it("says what is missing: a repository, a commit, a ref; or that a path was taken for one", async () => {
    await expect(names(all, { changed: true })).rejects.toThrow("--changed: expected a git repository here, found none");
    git("init", "-q");
    await expect(names(all, { changed: true })).rejects.toThrow(
      "--changed: expected a commit to compare with, found none in this repository yet",
    );
    await expect(names(all, { changed: "origin/main" })).rejects.toThrow(
      "--changed origin/main: git knows no commit of that name; fetch it first",
    );
    await expect(names(all, { changed: "--output=x" })).rejects.toThrow("git knows no commit of that name");
    await expect(names(all, { changed: "scenarios" })).rejects.toThrow(
      "but there is a file or folder; those stand before the options",
    );
  });
});

describe("what runs first, and what only", () => {
  const all = [of("scenarios/abd.yaml"), scenario, of("scenarios/regressions/lost-ack.yaml"), of("scenarios/zab.yaml")];
  const last = (): void => write("reports/summary.json", summaryReporter.render(suite, setting));

  it("saved bugs are first", async () => {
    expect(await names(all, {})).toEqual(["regressions/lost-ack", "abd", "mutants/raft-local-reads", "zab"]);
  });

  it("--last-failed: those that were not as expected, less what the baseline knew; where there are none, all, and it says so", async () => {
    const everything = ["regressions/lost-ack", "abd", "mutants/raft-local-reads", "zab"];
    expect(await names(all, { lastFailed: true })).toEqual([
      ...everything,
      "--last-failed: there is no reports/summary.json yet; all of them run",
    ]);
    last();
    expect(await names(all, { lastFailed: true })).toEqual([
      "mutants/raft-local-reads",
      "1 of 4 scenarios: those that were not as expected last time",
    ]);
    expect(await names(all.slice(0, 1), { lastFailed: true })).toEqual([
      "abd",
      "--last-failed: nothing of what failed last time is among these scenarios; all of them run",
    ]);
    const known = new Set([suite.campaigns[1]!]);
    write("reports/summary.json", summaryReporter.render(suite, { ...setting, baseline: { file: "b", known, fixed: [] } }));
    expect(await names(all, { lastFailed: true })).toEqual([
      ...everything,
      "--last-failed: nothing failed last time; all of them run",
    ]);
    write("reports/summary.json", "{");
    await expect(names(all, { lastFailed: true })).rejects.toThrow(
      "reports/summary.json: expected the summary of a run, found no JSON",
    );
  });

  it("--failed-first: all, in another order", async () => {
    last();
    await expect(names(all, { failedFirst: true, shard: "1/2" })).rejects.toThrow("every machine must share out the same order");
    expect(await names(all, { failedFirst: true })).toEqual(["mutants/raft-local-reads", "regressions/lost-ack", "abd", "zab"]);
  });

  it("what shards have chosen is what is put together, whatever has changed since", async () => {
    expect(await names(all, { chosen: ["zab", "abd"] })).toEqual(["abd", "zab"]);
  });

  it("--case leaves one case of each file, and says what there is when none has it", async () => {
    const cases = [of("scenarios/lock.yaml", "fenced"), of("scenarios/lock.yaml", "bare"), of("scenarios/raft.yaml")];
    const { scenarios } = await select(cases, { out: "reports", case: "bare" });
    expect(scenarios).toEqual([cases[1]]);
    await expect(select(cases, { out: "reports", case: "fence" })).rejects.toThrow(
      '--case fence: no file of these has such a case; did you mean "fenced"?',
    );
    await expect(select([cases[2]!], { out: "reports", case: "bare" })).rejects.toThrow(
      "--case bare: no file of these has cases",
    );
  });

  it("--grep says so when it leaves nothing", async () => {
    expect(await names(all, { grep: "zab" })).toEqual(["zab"]);
    await expect(names(all, { grep: "zebra" })).rejects.toThrow("--grep zebra: no scenario's name contains it");
  });
});

describe("--watch", () => {
  const on = new Map([
    ["a.yaml", new Set(["/s/a.yaml", "/s/code.ts"])],
    ["b.yaml", new Set(["/s/b.yaml", "/lib/x.ts", `/protocols/raft${sep}`])],
  ]);

  it("runs what a change concerns; a letter runs all, or the same again", () => {
    expect(nextRound(new Set(["/lib/x.ts", "/s/notes.md"]), on, [])).toEqual(["b.yaml"]);
    expect(nextRound(new Set(["/s/notes.md"]), on, ["a.yaml"])).toEqual([]);
    expect(nextRound("all", on, [])).toEqual(["a.yaml", "b.yaml"]);
    // A file that is gone is not run again.
    expect(nextRound("same", on, ["b.yaml", "c.yaml"])).toEqual(["b.yaml"]);
    expect(["a", "\r", "\n", "q", "\u0003", "x"].map(causeOf)).toEqual(["all", "same", "same", "quit", "quit", undefined]);
  });

  it("listens to the folders of all of it", () => {
    expect(foldersOf(on, [home])).toEqual(["/lib", "/protocols/raft", "/s", home].sort());
  });

  it("starts each round as the user typed it, the last failures first", () => {
    expect(roundArgs(["run", "scenarios", "--watch", "--runs", "3"], ["a.yaml"])).toEqual([
      "run",
      "--failed-first",
      "--only",
      "a.yaml",
      "scenarios",
      "--runs",
      "3",
    ]);
  });
});
