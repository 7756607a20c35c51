/** seedquake mutants in a project of one's own: its protocols, its scenarios, what is kept of them, and what is no question to it. */

import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { type Said, type } from "../testing/command.ts";

const folder = mkdtempSync(join(tmpdir(), "seedquake-mutants-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const empty = join(folder, "empty");
mkdirSync(empty);

/** What `seedquake init` writes, but that both wrong variants are found at once. */
const mirror = readFileSync(join(import.meta.dirname, "template", "scenarios", "mirror.ts"), "utf8").replace(
  "new ReadsAnywhere",
  "new AnswersEarly",
);
const scenario = (protocol: string, more = ""): string => `protocol: ${protocol}
nodes: 3
clients: 1
workload: { register: { operations: 1, within: 20ms, mix: { write: 1 } } }
network: { latency: 1ms..10ms }
faults: [{ crash: any, every: 10ms..20ms, back-after: 5ms }]
settle: 2s
check: [linearizable, invariants]
${more}`;
const files: Readonly<Record<string, string>> = {
  "scenarios/mirror.ts": mirror,
  "scenarios/mirror.yaml": scenario(
    "./mirror.ts",
    "runs: 5\ncases:\n  right: { expect: valid }\n  early: { mutant: answers-early, expect: { violation: any, within: 5 runs } }\n",
  ),
  // Another one of the same protocol, which is called otherwise.
  "scenarios/other.yaml": scenario("./mirror.ts", "runs: 3\n"),
  "more/early.ts": mirror.replace("return 0;", "return 1;"),
  "more/early.yaml": scenario("./early.ts", "runs: 20\n"),
  "more/bare.ts": mirror.replace(/mutants: \[[\s\S]*\n {2}\],/, "mutants: [],"),
  "more/bare.yaml": scenario("./bare.ts", "runs: 4\n"),
  "more/plan.yaml": `format: 1
protocol: ../scenarios/mirror.ts
nodes: [n1, n2, n3]
clients: { names: [c1], target: leader, try: 200ms, timeout: 1s }
workload: { register: { operations: 1, within: 600ms, mix: { read: 3, write: 2 } } }
network: { latency: 5ms }
settle: 2s
seed: 1
heal: 600ms
faults: []
plan: [{ id: o1, client: c1, at: 100ms, f: read }]
`,
  "more/here.ts": 'export const selector = { states: "n1", track: () => ({ now: () => ["n1"] }) };',
  "more/here.yaml": scenario("../scenarios/mirror.ts", "runs: 4\n").replace("crash: any", "crash: ./here.ts"),
};
for (const [path, text] of Object.entries(files)) {
  mkdirSync(join(folder, path, ".."), { recursive: true });
  writeFileSync(join(folder, path), text);
}

const mutants = (...args: string[]): Promise<Said> => type(folder, "mutants", ...args, "--workers", "1");
const kept = (out = "reports"): unknown => {
  const path = join(folder, out, "mutants.json");
  return existsSync(path) ? (JSON.parse(readFileSync(path, "utf8")) as { protocols: unknown }).protocols : [];
};
const measured = { protocol: "./scenarios/mirror.ts", mutants: 2, found: 2, medianRuns: expect.any(Number), within: 5_000 };

describe("the wrong variants of one's own protocol", () => {
  it("are found by the scenario that is called as it is, and a green suite says so from then on", async () => {
    const { status, out, err } = await mutants("./scenarios/mirror.ts", "--slice");
    expect([status, err]).toEqual([0, ""]);
    const [right, head, early, anywhere, ...rest] = out.split("\n");
    expect(right).toBe(
      "mirror is right: mirror.right (scenarios/mirror.yaml) holds in 5 runs from seed 1 without any wrong variant",
    );
    expect(head).toMatch(/^mutant +id +runs to find/);
    expect(early).toMatch(/^mirror answers-early +\d+ +acknowledged is everywhere +3 /);
    expect(anywhere).toMatch(/^mirror reads-anywhere +\d+ +acknowledged is everywhere +3 /);
    expect(rest.join("\n")).toMatch(/^\n2 of 2 mutants found; median /);
    expect(kept()).toEqual([measured]);
    const green = await type(folder, "run", "scenarios/other.yaml", "--workers", "1");
    expect(green.out).toContain(", the general scenario finds 2 of 2 wrong variants, half of them within ");
  });

  it("are all meant where none is named; a part of them tells nothing of the protocol", async () => {
    const { status, out } = await mutants("--mutants", "mirror/answers-early", "--slice", "--out", "part");
    expect([status, out.split("\n").filter((line) => line.startsWith("mirror "))]).toEqual([
      0,
      [
        expect.stringContaining("mirror is right: mirror.right (scenarios/mirror.yaml)"),
        expect.stringContaining("answers-early"),
      ],
    ]);
    expect(kept("part")).toEqual([]);
  });

  it("are told of the one scenario that is named, when one is", async () => {
    expect((await mutants("scenarios/other.yaml", "--slice", "--out", "other")).status).toBe(0);
    expect(kept("other")).toEqual([{ ...measured, scenario: "other" }]);
  });

  it("are compared; what was measured stands until the code is another", async () => {
    const compare = (): Promise<Said> =>
      mutants("scenarios/mirror.yaml", "--compare", "--campaigns", "2", "--strategies", "random", "--mutants", "answers-early");
    const first = await compare();
    expect(first.status).toBe(0);
    expect(first.out).toMatch(/\| mirror answers-early \| \d+ \/ \d+ \(\d\.\d\d s\) \| acknowledged is everywhere \| 3 nodes, /);
    expect(existsSync(join(folder, "reports", "compare", "plot.svg"))).toBe(true);
    const before = /^2 campaigns were measured before .*; 0 are left$/m;
    expect(first.out).not.toMatch(before);
    expect((await compare()).out).toMatch(before);
    writeFileSync(join(folder, "scenarios", "mirror.ts"), mirror.replace("version + 1", "version + 2"));
    expect((await compare()).out).not.toMatch(/measured before/);
    writeFileSync(join(folder, "scenarios", "mirror.ts"), mirror);
  });
});

describe("no table", () => {
  it("is given where the right protocol fails: the violation is told", async () => {
    const { status, out } = await mutants("./more/early.ts", "--out", "early");
    expect(status).toBe(1);
    expect(out).toMatch(
      /^no table: more\/early fails without any wrong variant\. Seed \d violates acknowledged is everywhere: .+\nnpx seedquake replay more\/early\.yaml --seed \d\n$/,
    );
    expect(kept("early")).toEqual([]);
  });

  it.each([
    [
      "more/bare.yaml",
      /^more\/bare\.yaml: expected a protocol with wrong variants \(`mutants`\), found none in \.\/more\/bare\.ts; /,
    ],
    [
      "./more/here.ts",
      /^\.\/more\/here\.ts: expected a protocol's file, found one that more\/here\.yaml names as something else; /,
    ],
    ["paxoz", /^paxoz: expected a scenario \(\*\.yaml\), or a protocol that one in scenarios\/ names, found neither; /],
    ["raft", /^raft: expected its general scenario at scenarios\/raft-harsh\.yaml, found none there; /],
    ["primary-backup", /^primary-backup: expected a protocol with wrong variants /],
  ])("is given for %s, in a sentence", async (what, sentence) => {
    const { status, out, err } = await mutants(what);
    expect([status, out, err]).toEqual([2, "", expect.stringMatching(sentence)]);
  });

  it("is given for one plan that is written out", async () => {
    const { status, err } = await mutants("more/plan.yaml");
    expect([status, err]).toEqual([
      2,
      expect.stringMatching(/: expected a scenario that draws its runs, found an explicit one, /),
    ]);
  });

  it("is given in a folder without scenarios", async () => {
    const { status, err } = await type(empty, "mutants");
    expect([status, err]).toEqual([
      2,
      "scenarios: expected scenarios of protocols with wrong variants (`mutants`), found none; type `seedquake mutants <scenario or protocol>`, or `seedquake mutate <scenario>`, which plants bugs in any protocol\n",
    ]);
  });
});
