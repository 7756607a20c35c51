/** One suite on several machines, or killed on the way: what comes out is what one machine would have written. On the built dist/. */

import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Said, type } from "../testing/command.ts";

const folder = mkdtempSync(join(tmpdir(), "seedquake-merge-"));
const text = `
protocol: lock-redis
nodes: { redis: 1, resource: 1 }
clients: 3
workload: { lock: { operations: 4, within: 10s, lease: 5s, hold: 100ms..1s, write: resource } }
faults:
  - { name: nap, pause: holder, when: { fact: acquired, nth: 1..3 }, for: 5s..7s }
settle: 10s
check: [no-lost-write]
limits: { latency.p95: 60s }
runs: 130
cases:
  fenced: { options: { fencing: true }, expect: valid }
  bare: { expect: { violation: no-lost-write, within: 120 runs }, faults: { nap: { for: 4s..5600ms } } }
  too-short: { expect: { violation: no-lost-write, within: 60 runs }, faults: { nap: { for: 1s } } }
`;
const seedquake = (...args: string[]): Promise<Said> => type(folder, ...args);
const run = (out: string, ...more: string[]): Promise<Said> =>
  seedquake("run", "scenarios", "--workers", "1", "--shrink", "none", "--out", out, ...more);
/** summary.json without what the wall clock says. */
const summary = (out: string): unknown =>
  JSON.parse(readFileSync(join(folder, out, "summary.json"), "utf8").replaceAll(`${out}/`, "out/"), (key, value: unknown) =>
    key === "timing" ? undefined : value,
  ) as unknown;

let whole: Said;
beforeAll(async () => {
  mkdirSync(join(folder, "scenarios"));
  writeFileSync(join(folder, "scenarios", "nap.yaml"), text);
  whole = await run("whole");
});
afterAll(() => rmSync(folder, { recursive: true }));

describe("a suite on three machines", () => {
  it("merges to the report and the exit status of one; no shard is red for what only the whole can lack", async () => {
    expect([whole.status, whole.out]).toEqual([1, expect.stringContaining("too-short") as unknown]);
    for (const index of [1, 2, 3]) {
      const said = await run(`part${index}`, "--shard", `${index}/3`);
      expect([said.status, said.err]).toEqual([0, ""]);
    }
    const merged = await seedquake("merge", "part2", "part3", "part1", "--shrink", "none", "--out", "merged", "--workers", "1");
    expect(merged.status).toBe(1);
    expect(summary("merged")).toEqual(summary("whole"));
  });

  it("has its failures made small where it is merged, when no shard did it", async () => {
    const shrunk = (out: string): unknown[] => {
      const { campaigns } = summary(out) as { campaigns: { failures: { shrinkRuns: number; minimal: boolean }[] }[] };
      return campaigns.flatMap(({ failures }) => failures.map(({ shrinkRuns, minimal }) => shrinkRuns > 0 && minimal));
    };
    await seedquake("merge", "part1", "part2", "part3", "--out", "small", "--workers", "1");
    expect([shrunk("merged"), shrunk("small")]).toEqual([[false], [true]]);
  });

  it.each([
    [["part1", "part3"], "shard 2 is missing, of 3; name the reports of all of them"],
    [["part1", "part1", "part2"], "are both of shard 1; leave one of them away"],
    [["whole"], "expected a folder with a journal.jsonl"],
  ])("tells what is wrong with %s", async (folders, sentence) => {
    const { status, err } = await seedquake("merge", ...folders);
    expect([status, err]).toEqual([2, expect.stringContaining(sentence) as unknown]);
  });

  it("refuses shards of other runs", async () => {
    const other = await run("other", "--shard", "2/3", "--seed", "7", "--runs", "1");
    expect(other.status).toBe(0);
    const { status, err } = await seedquake("merge", "part1", "other", "part3");
    expect([status, err]).toEqual([2, expect.stringContaining("they differ in --seed: 1 there, 7 here") as unknown]);
  });
});

describe("a suite that was killed", () => {
  it("goes on where its journal ends, even in the middle of a line, and comes to the same", async () => {
    await run("killed", "--shard", "1/1");
    const journal = join(folder, "killed", "journal.jsonl");
    const lines = readFileSync(journal, "utf8").split("\n");
    expect(lines.length).toBeGreaterThan(5);
    writeFileSync(journal, `${lines.slice(0, 3).join("\n")}\n${lines[3]!.slice(0, 50)}`);
    const other = await run("killed", "--shard", "1/1", "--resume", "--bail");
    expect([other.status, other.err]).toEqual([
      2,
      expect.stringContaining("they differ in --bail: false there, true here") as unknown,
    ]);
    expect((await run("killed", "--shard", "1/1", "--resume")).status).toBe(0);
    expect(readFileSync(journal, "utf8").split("\n").slice(1, 3)).toEqual(lines.slice(1, 3));
    await seedquake("merge", "killed", "--shrink", "none", "--out", "revived", "--workers", "1");
    expect(summary("revived")).toEqual(summary("whole"));
  });

  it("is left alone by another run, as long as it lives", async () => {
    const journal = join(folder, "killed", "journal.jsonl");
    const before = readFileSync(journal, "utf8");
    writeFileSync(journal, before.replace(/"pid":\d+/, `"pid":${process.ppid}`));
    const { status, err } = await run("killed", "--shard", "1/1", "--resume");
    const sentence = `killed: another run (process ${process.ppid}) writes its reports here; wait for its end, or name another folder`;
    expect([status, err]).toEqual([2, expect.stringContaining(sentence) as unknown]);
    writeFileSync(journal, before);
  });

  it.runIf(process.platform === "linux")("is not kept by one who is dead and was never buried", async () => {
    const journal = join(folder, "killed", "journal.jsonl");
    const before = readFileSync(journal, "utf8");
    const careless = spawn("sh", ["-c", "true & echo $!; exec sleep 60"]);
    const [pid] = (await once(careless.stdout, "data")) as [Buffer];
    writeFileSync(journal, before.replace(/"pid":\d+/, `"pid":${Number(pid.toString())}`));
    expect((await run("killed", "--shard", "1/1", "--resume")).status).toBe(0);
    careless.kill();
    writeFileSync(journal, before);
  });

  it("is told when the code has changed since, and when there is nothing to go on with", async () => {
    const journal = join(folder, "killed", "journal.jsonl");
    const before = readFileSync(journal, "utf8");
    writeFileSync(journal, before.replace(/"digest":"[0-9a-f]{16}"/, '"digest":"0000000000000000"'));
    const changed = await run("killed", "--shard", "1/1", "--resume");
    expect([changed.status, changed.err]).toEqual([3, expect.stringContaining("has changed since; run it again") as unknown]);
    const none = await run("nothing", "--resume");
    expect([none.status, none.err]).toEqual([2, expect.stringContaining("found none") as unknown]);
  });
});
