/** seedquake mutate as a user meets it: a score, its files, a gate, an interrupted one that goes on, and what is no score. */

import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { processOf, type Said, type } from "../testing/command.ts";

const folder = mkdtempSync(join(tmpdir(), "seedquake-mutate-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const scenario = (more = ""): string => `protocol: abd-register
nodes: 3
clients: 2
workload: { register: { operations: 16, within: 1s, mix: { read: 1, write: 1 } } }
faults: [{ crash: any, between: persists, every: 100ms..200ms, back-after: 5ms..20ms }]
check: [linearizable, invariants]
runs: 3
${more}`;
mkdirSync(join(folder, "scenarios"));
writeFileSync(join(folder, "scenarios", "abd-register-harsh.yaml"), scenario());
writeFileSync(
  join(folder, "wrong.yaml"),
  scenario("mutant: never-syncs\nexpect: { violation: any, within: 50 runs }\n").replace("runs: 3", "runs: 50"),
);
writeFileSync(join(folder, "idle.yaml"), scenario("reach: [majority only after asking again]\n").replace(/faults.*\n/, ""));

const one = ["--workers", "1"];
const mutate = (...args: string[]): Promise<Said> => type(folder, "mutate", ...args, ...one);
const scoreOf = (reports: string): string => join(folder, reports, "abd-register-harsh-mutate", "score.json");
interface Scored {
  complete: boolean;
  readonly score: { readonly caught: number; readonly of: number };
  mutations: { id: string; outcome: string; readonly by?: { readonly seed: number } }[];
  timing?: unknown;
}
function read(reports: string): Scored {
  const { timing: _wall, ...score } = JSON.parse(readFileSync(scoreOf(reports), "utf8")) as Scored;
  return score;
}

describe("seedquake mutate", () => {
  let said: Said;
  beforeAll(async () => {
    said = await mutate("abd-register");
  });

  it("says what share a scenario catches, each survivor by file and line, and what no run came by", () => {
    expect([said.status, said.err]).toEqual([0, ""]);
    expect(said.out).toMatch(/^abd-register-harsh holds in 3 runs from seed 1; \d+ mutations, up to 3 runs each\n/);
    expect(said.out).toMatch(/the scenario catches \d+ of \d+ mutations, [\d.]+%/);
    expect(said.out).toMatch(/ {2}the \S+.* at \S*abd-register\/abd\.[jt]s:\d+ can be removed and nothing notices\n/);
    expect(said.out).toMatch(/never executed\n {2}\S*abd\.[jt]s:\d+\n/);
    expect(readFileSync(join(folder, "reports", "abd-register-harsh-mutate", "score.md"), "utf8")).toContain("## Survivors");
    // A green suite in the same folder says so from then on.
    const kept = JSON.parse(readFileSync(join(folder, "reports", "mutants.json"), "utf8")) as { readonly scenarios: unknown };
    expect(kept.scenarios).toEqual([
      { scenario: "abd-register-harsh", caught: read("reports").score.caught, of: read("reports").score.of },
    ]);
  });

  it("comes to the same in another process, with other workers", () => {
    const args = ["mutate", "scenarios/abd-register-harsh.yaml", "--workers", "2", "--out", "others", "--json"];
    const other = processOf(folder, args);
    expect(other.status).toBe(0);
    expect(read("others")).toEqual(read("reports"));
    expect(JSON.parse(other.out)).toMatchObject(read("others"));
  });

  it("goes on where it was interrupted, and keeps what was found; it fails below the share that is asked for", async () => {
    const whole = read("reports");
    const half = { ...whole, complete: false, mutations: whole.mutations.slice(0, 5) };
    const [first, ...others] = half.mutations as [Scored["mutations"][number]];
    // What has been decided is not tried again: even what is wrong stands.
    const marked = { ...half, mutations: [{ ...first, id: first.id, outcome: "unreached" }, ...others] };
    writeFileSync(scoreOf("reports"), JSON.stringify(marked));
    const again = await mutate("abd-register", "--at-least", "100%");
    expect(again.status).toBe(1);
    expect(again.err).toMatch(/^the scenario catches \d+ of \d+ mutations, [\d.]+%.*; --at-least asks for 100%\n$/);
    expect(again.out).toContain("going on with an interrupted score: 5 are decided\n");
    expect(read("reports").mutations.map(({ id, outcome }) => `${id} ${outcome}`)).toEqual(
      whole.mutations.map(({ id, outcome }, i) => `${id} ${i === 0 ? "unreached" : outcome}`),
    );
  });

  it("plays a catch again by the mutation's name", async () => {
    const { id, by } = read("reports").mutations.find(
      (mutation) => mutation.outcome === "caught" && mutation.id.startsWith("no-"),
    )!;
    const replay = await type(folder, "replay", "scenarios/abd-register-harsh.yaml", "--seed", `${by!.seed}`, "--mutation", id);
    expect(replay.status).toBe(1);
    expect(replay.out).toContain("is violated");
    const moved = id.replace(/\d+$/, "9999");
    const nobody = await type(folder, "replay", "scenarios/abd-register-harsh.yaml", "--seed", "1", "--mutation", moved);
    expect([nobody.status, nobody.err]).toEqual([
      3,
      expect.stringMatching(/^--mutation no-\S+:9999: nothing in this run came by it, so it was the protocol as it is; /),
    ]);
    const none = await type(folder, "replay", "scenarios/abd-register-harsh.yaml", "--seed", "1", "--mutation", "no-sink");
    expect(none).toMatchObject({
      status: 2,
      err: expect.stringMatching(/^--mutation no-sink: expected a mutation as `seedquake mutate` names it, such as/),
    });
  });
});

describe("no score", () => {
  it("is given where the protocol fails as it is: the violation is told", async () => {
    const { status, out } = await mutate("wrong.yaml");
    expect(status).toBe(1);
    expect(out).toMatch(
      /^no score: wrong fails without any mutation\. Seed \d+ violates [\w ]+: .+\nnpx seedquake replay wrong\.yaml --seed \d+\n$/,
    );
    expect(existsSync(join(folder, "reports", "wrong-mutate"))).toBe(false);
  });

  it("is given where the scenario proves nothing", async () => {
    const { status, out } = await mutate("idle.yaml");
    expect([status, out]).toEqual([
      3,
      'no score: idle is not as expected without any mutation: 3 runs never reached the goal "majority only after asking again", which the scenario is to reach\n',
    ]);
  });

  it("is given for what is no scenario and no protocol", async () => {
    expect(await mutate("paxoz")).toMatchObject({
      status: 2,
      err: "paxoz: expected a scenario (*.yaml), or a protocol that one in scenarios/ names, found neither; `seedquake list` shows what there is\n",
    });
    const { status, err } = await mutate("abd-register", "--at-least", "many");
    expect([status, err.split("\n")[0]]).toEqual([
      2,
      "error: option '--at-least <share>' argument 'many' is invalid. --at-least takes a share such as 80%; found \"many\".",
    ]);
  });
});
