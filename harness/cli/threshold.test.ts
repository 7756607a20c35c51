/** What a user types to find where a scenario breaks, and where two runs part. On the built dist/. */

import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Said, type } from "../testing/command.ts";

const folder = mkdtempSync(join(tmpdir(), "seedquake-threshold-"));
const seedquake = (...args: string[]): Promise<Said> => type(folder, ...args);
const nap = "scenarios/nap.yaml";

beforeAll(() => {
  mkdirSync(join(folder, "scenarios"));
  writeFileSync(
    join(folder, nap),
    `
protocol: lock-redis
nodes: { redis: 1, resource: 1 }
clients: 3
workload: { lock: { operations: 6, within: 15s, lease: 5s, hold: 100ms..1s, write: resource } }
faults:
  - { name: nap, pause: holder, when: { fact: acquired, nth: 1..3 }, for: 3s..9s }
settle: 10s
check: [no-lost-write]
runs: 20
cases:
  bare: { expect: { violation: no-lost-write } }
  fenced: { options: { fencing: true }, expect: valid }
  article: { mutant: seed-article, check: [mutual-exclusion], expect: { violation: mutual-exclusion } }
`,
  );
});
afterAll(() => rmSync(folder, { recursive: true }));

describe("seedquake threshold", () => {
  it("finds both ends, proves them by runs, and gives a command that repeats the failing one", async () => {
    const said = await seedquake("threshold", nap, "--case", "bare", "--over", "nap", "--precision", "500ms", "--workers", "1");
    expect([said.status, said.err]).toEqual([0, ""]);
    const [, holds, fails, seed] =
      /nap\.for: holds to ([\d.]+)s \(20 runs\), fails from ([\d.]+)s: no-lost-write, seed (\d+)/.exec(said.out)!;
    expect(Number(fails) - Number(holds)).toBeLessThanOrEqual(0.5);
    const report = join(folder, "reports", "threshold-nap.bare-nap.for");
    expect(JSON.parse(readFileSync(join(report, "threshold.json"), "utf8"))).toMatchObject({
      over: "nap.for",
      unit: "us",
      threshold: { found: true, odd: [] },
    });
    expect(readFileSync(join(report, "threshold.txt"), "utf8")).toContain("holds  20 runs");
    const replay = /replay {2}npx seedquake (.*)/.exec(said.out)![1]!;
    expect(existsSync(join(folder, replay.split(" ")[1]!))).toBe(true);
    const drawn = await seedquake("replay", "reports/threshold-nap.bare-nap.for/fails.yaml", "--seed", seed!);
    expect(drawn.out).toContain("no-lost-write is violated");
  });

  it("says so when there is none", async () => {
    const args = ["--over", "nap.for", "--from", "1s", "--to", "8s", "--runs", "3", "--workers", "1"];
    const { status, out } = await seedquake("threshold", nap, "--case", "fenced", ...args);
    expect([status, out]).toEqual([
      3,
      expect.stringContaining("no threshold: every value of nap.for from 1s to 8s holds (3 runs a value)") as unknown,
    ]);
  });

  it.each([
    [["--over", "nap.four", "--case", "bare"], 'there is no amount "nap.four" in this scenario; did you mean "nap.for"?'],
    [["--over", "nip", "--case", "bare"], "expected one of nap.for, workload.operations"],
    [["--over", "nap.for", "--case", "bare", "--from", "3x"], "--from 3x: expected a value of nap.for, such as 500ms"],
    [["--over", "nap.for", "--case", "bare", "--from", "3s", "--to", "2s"], "expected the lesser value first"],
    [["--over", "nap.for"], "it has the cases bare, fenced, article; say which of them with --case <name>"],
  ])("tells what is wrong with %s", async (args, sentence) => {
    const { status, err } = await seedquake("threshold", nap, ...args);
    expect([status, err]).toEqual([2, expect.stringContaining(sentence) as unknown]);
  });
});

describe("seedquake diff", () => {
  it("shows where the wrong protocol parts from the right one, and what became of both", async () => {
    const { status, out } = await seedquake("diff", nap, "--seed", "2");
    expect(status).toBe(1);
    expect(out).toMatch(
      /^nap\.article, seed 2: right and seed-article are the same for \d+ records, and part at \d+\.\d+ ms:\n {2}right {9}.*\n {2}seed-article {2}/,
    );
    expect(out).toContain("\nled to by");
    expect(readFileSync(join(folder, "reports", "diff-nap.article-2", "diff.txt"), "utf8")).toContain("in the end\n");
  });

  it.each([
    [[nap], "expected --seed <n>"],
    [[nap, "--seed", "1", "--mutant", "seed-articel"], 'lock-redis has no such mutant; did you mean "seed-article"?'],
    [[nap, "--case", "bare", "--seed", "1"], "expected --mutant <name>, as this scenario has none of its own; lock-redis has "],
    [[nap, "--case", "a", "b", "c", "--seed", "1"], "expected one case or two, found 3"],
  ])("tells what is wrong with %s", async (args, sentence) => {
    const { status, err } = await seedquake("diff", ...args);
    expect([status, err]).toEqual([2, expect.stringContaining(sentence) as unknown]);
  });
});

describe("seedquake run --save", () => {
  it("keeps what failed, runs it first, and takes fresh seeds", async () => {
    const plain = readFileSync(join(folder, nap), "utf8").replace(/cases:[\s\S]*/, "");
    mkdirSync(join(folder, "own", "scenarios"), { recursive: true });
    writeFileSync(join(folder, "own", nap), plain);
    const own = join(folder, "own");
    const first = await type(own, "run", "--runs", "3", "--workers", "1", "--shrink", "none", "--save");
    expect([first.status, first.out]).toEqual([1, expect.stringContaining("saved as scenarios/regressions/nap-") as unknown]);
    const second = await type(own, "run", "--runs", "3", "--workers", "1", "--shrink", "none", "--seed", "next");
    expect(second.out).toMatch(/base seed 4, 1 worker\n✗ violation +regressions\/nap-\d +1 run/);
    const [seed] = /regressions\/nap-(\d)/.exec(second.out)!.slice(1);
    const again = await type(own, "replay", nap, "--seed", seed!, "--save", `nap-${seed}`);
    expect([again.status, again.err]).toEqual([
      2,
      expect.stringContaining("is there already; choose another name, or remove it") as unknown,
    ]);
  });
});
