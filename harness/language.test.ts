/** The language as a user meets it on the command line: cases, files of one's own, and what shows a scenario. On the built dist/. */

import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { processOf, type } from "./testing/command.ts";

const folder = mkdtempSync(join(tmpdir(), "seedquake-language-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const seedquake = (...args: string[]) => type(folder, ...args);
/** Where the number of threads is not the point. */
const one = ["--workers", "1"];

function file(name: string, text: string): string {
  const path = join(folder, name);
  mkdirSync(join(path, ".."), { recursive: true });
  writeFileSync(path, text);
  return name;
}

const leader = `protocol: raft
nodes: 5
clients: 3
workload: { key-value: { operations: 40, within: 5s, keys: 2 } }
faults:
  - { name: lonely, partition: leader, with: one client, at: 1s..2s, for: 2s..3s }
runs: 200
`;
const calm = `protocol: abd-register
workload: { register: { operations: 20, within: 2s, mix: { read: 1, write: 1 } } }
runs: 20
`;

describe("cases", () => {
  const cases = `${leader}cases:
  right: { runs: 10 }
  stale: { mutant: local-reads, expect: { violation: linearizable } }
`;

  it("are rows of their own, with their own expectation, report and replay", async () => {
    const { status, out, err } = await seedquake("run", file("cases.yaml", cases), "--out", "cases", ...one);
    expect([status, err]).toEqual([0, ""]);
    expect(out).toMatch(/as expected\s+cases\.right\s+10 runs/);
    expect(out).toMatch(/as expected\s+cases\.stale/);
    const [report] = readdirSync(join(folder, "cases")).filter((name) => name.startsWith("cases.stale-"));
    const [, seed] = /-(\d+)$/.exec(report!)!;
    const summary = JSON.parse(readFileSync(join(folder, "cases", "summary.json"), "utf8"));
    expect(summary.campaigns.map(({ scenario }: { scenario: { case: string } }) => scenario.case)).toEqual(["right", "stale"]);
    expect(readFileSync(join(folder, "cases", "junit.xml"), "utf8")).toContain('name="cases.stale"');

    const again = await seedquake("replay", "cases.yaml", "--case", "stale", "--seed", seed!, "--out", "cases");
    expect([again.status, again.out.includes("the digest is the one in cases/summary.json")]).toEqual([0, true]);
    // What is found is a plain file, without cases.
    const found = await seedquake("replay", `cases/${report}/counterexample.yaml`);
    expect([found.status, found.out.includes("linearizable is violated")]).toEqual([0, true]);
  });

  it("are picked by their names", async () => {
    file("cases.yaml", cases);
    const some = await seedquake("run", "cases.yaml", "--grep", "cases.right", "--runs", "2", ...one);
    expect(some.out).toContain("1 scenario: 1 as expected");
    const without = await seedquake("replay", "cases.yaml", "--seed", "1");
    expect([without.status, without.err]).toEqual([
      2,
      "cases.yaml: it has the cases right, stale; say which of them with --case <name>\n",
    ]);
    const wrong = await seedquake("replay", "cases.yaml", "--case", "rihgt", "--seed", "1");
    expect([wrong.status, wrong.err]).toEqual([2, 'cases.yaml: there is no case "rihgt" in it; did you mean "right"?\n']);
    expect((await seedquake("list", "cases.yaml")).out).toContain("cases.yaml stale");
  });
});

describe("what shows a scenario", () => {
  it("why, show, points and fmt", async () => {
    const name = file(
      "shown.yaml",
      `${calm}faults: [{ name: nap, pause: any, at: 1s, for: 200ms }]\ncases: { one: { clients: 2 }, two: { clients: 4 } }\n`,
    );
    expect((await seedquake("why", name, "--case", "two")).out).toMatch(/5 nodes run abd-register\. 4 clients work for 2s/);
    const written = await seedquake("show", name, "--case", "two");
    expect(await seedquake("run", file("written.yaml", written.out), "--runs", "3", ...one)).toMatchObject({ status: 0 });
    const explicit = await seedquake("show", name, "--case", "one", "--explicit", "--seed", "7");
    const digest = (out: string): string | undefined => /digest ([0-9a-f]{16})/.exec(out)?.[1];
    const replayed = await seedquake("replay", file("explicit.yaml", explicit.out));
    expect(digest(replayed.out)).toBe(digest((await seedquake("replay", name, "--case", "one", "--seed", "7")).out));
    expect((await seedquake("points", name, "--case", "one")).out).toMatch(/^send: \S+ +\d+ {2}n1 \d+/m);

    const untidy = file("untidy.yaml", `runs:   3\n${calm.replace("runs: 20\n", "")}`);
    expect(await seedquake("fmt", untidy, "--check")).toMatchObject({
      status: 1,
      out: "untidy.yaml: would be laid out in another way\n",
    });
    expect(await seedquake("fmt", untidy)).toMatchObject({ status: 0 });
    expect(readFileSync(join(folder, untidy), "utf8")).toBe(calm.replace("runs: 20", "runs: 3"));
    expect(await seedquake("fmt", untidy, "--check")).toMatchObject({ status: 0 });
  });
});

describe("files of one's own", () => {
  const copies = `import type { Context, Node, Protocol, Request } from "seedquake";
type Op = { f: "read" } | { f: "write"; value: number };
class Copies implements Node<{ type: "copy"; value: number }, Op> {
  private value: unknown = null;
  private readonly ctx: Context;
  constructor(ctx: Context) {
    this.ctx = ctx;
  }
  onRequest(request: Request<Op>): void {
    if (request.op.f === "write") {
      this.value = request.op.value;
      this.ctx.broadcast({ type: "copy", value: request.op.value });
      this.ctx.fact("written");
    }
    this.ctx.reply(request, request.op.f === "read" ? this.value : null);
  }
  onMessage(_from: string, message: { value: number }): void {
    this.value = message.value;
  }
}
export const protocol: Protocol = {
  name: "copies", description: "copies that differ for a while", paper: "none", transport: "datagram",
  roles: [{ name: "server", default: 3, min: 1 }],
  workloads: ["register"],
  client: { target: "any", tryMs: 300, timeoutMs: 1500, retry: false },
  tolerates: () => ({ wiped: 0 }),
  create: (ctx) => new Copies(ctx),
  invariants: [], mutants: [],
};
`;
  const few = `enum Most { Writes = 3 }
export const invariant = {
  name: "few", states: "at most three writes",
  monitor: (_cluster: unknown, fail: (why: string) => void) => {
    let writes = 0;
    return { facts: { written: () => { if (++writes > Most.Writes) fail(\`\${writes} writes\`); } } };
  },
};
`;
  const last = `let last: string | undefined;
export const selector = {
  states: "who wrote last",
  track: () => { last = undefined; return { facts: { written: (_data: never, { node }: { node: string }) => { last = node; } }, current: () => last }; },
};
`;
  const scenario = `protocol: ../code/copies.ts
workload: { register: { operations: 30, within: 3s, mix: { read: 2, write: 1 } } }
faults: [{ pause: ../code/last.ts, at: 1s..2s, for: 500ms }]
runs: 50
cases:
  stale: { check: linearizable, expect: { violation: linearizable } }
  few: { check: [../code/few.ts], expect: { violation: ../code/few.ts } }
`;
  const all = (): void => {
    file("code/copies.ts", copies);
    file("code/few.ts", few);
    file("code/last.ts", last);
    file("own/own.yaml", scenario);
  };

  it("are found beside the scenario, run in every worker, and replayed from the report", async () => {
    all();
    const { status, out, err } = await seedquake("run", "own/own.yaml", "--workers", "2", "--out", "mine");
    expect([status, err]).toEqual([0, ""]);
    expect(out).toMatch(/found \.\/code\/few\.ts at seed/);
    expect(JSON.parse(readFileSync(join(folder, "mine", "summary.json"), "utf8")).own).toMatch(/^[0-9a-f]{64}$/);
    const [report] = readdirSync(join(folder, "mine")).filter((name) => name.startsWith("own-own.few-"));
    const again = await seedquake("replay", `mine/${report}/counterexample.yaml`);
    expect([again.status, again.out.includes("the digest is the one in")]).toEqual([0, true]);
  });

  it("may be what clients do and what goes wrong, too", async () => {
    all();
    file(
      "code/ticks.ts",
      `import * as fc from "fast-check";
import type { Workload } from "seedquake";
import { z } from "zod";
interface Settings { readonly writes: number }
export const workload: Workload<Settings> = {
  name: "register", doc: "One write a tenth of a second.",
  schema: z.strictObject({ writes: z.int().min(1).describe("how many") }),
  withinUs: ({ writes }) => writes * 100_000,
  check: () => [],
  draw: ({ writes }, clients) => fc.constant(Array.from({ length: writes }, (_, i) => ({ id: \`o\${i}\`, client: clients[0]!, atUs: i * 100_000, op: { f: "write", value: i } }))),
  probes: () => [{ f: "read" }],
  simpler: () => [],
  history: (op) => ({ f: op.f, value: null, ok: true }),
  describe: (op) => op.f,
};
`,
    );
    file(
      "code/nap.ts",
      `import { faults, type Fault } from "seedquake";
const pause = faults.find(({ word }) => word === "pause")! as Fault<{ pause: string }>;
export const fault: Fault<{ pause: string }> = { ...pause, doc: "A nap." };
`,
    );
    const ticks = `protocol: ../code/copies.ts
workload: { ../code/ticks.ts: { writes: 20 } }
faults: [{ name: nap, ../code/nap.ts: ../code/last.ts, at: 1s, for: 300ms }]
check: ../code/few.ts
expect: { violation: ../code/few.ts }
runs: 5
`;
    const { status, out, err } = await seedquake("run", file("own/ticks.yaml", ticks), "--workers", "1", "--out", "ticks");
    expect([status, err]).toEqual([0, ""]);
    expect(out).toMatch(/found \.\/code\/few\.ts at seed/);
    const wrong = ticks.replace("writes: 20", "writes: 0").replace("for: 300ms", "fro: 300ms");
    expect(await seedquake("run", file("own/wrong.yaml", wrong), "--out", "ticks")).toMatchObject({
      status: 2,
      err:
        "own/wrong.yaml:2:41: workload[../code/ticks.ts].writes: expected a whole number of at least 1, found the number 0.\n" +
        'own/wrong.yaml:3:64: faults[0].fro: there is no such key here; did you mean "for"?\n',
    });
  });

  it("that throw, do not compile, export nothing or are not there, are told with their own place", async () => {
    const told = async (name: string, text: string, alone = false): Promise<string> => {
      all();
      file(name, text);
      const args = ["run", "own/own.yaml", "--grep", "stale", "--out", "wrong", ...one];
      const { out, err } = alone ? processOf(folder, args) : await seedquake(...args);
      expect(err).not.toContain("    at ");
      return `${out}${err}`;
    };
    expect(
      await told(
        "code/copies.ts",
        copies.replace("this.value = message.value;", "this.value = (message as any).no.where;"),
        true,
      ),
    ).toMatch(/n\d threw in message copy: TypeError: .* \(code\/copies\.ts:18\)/);
    expect(await told("code/few.ts", "let 1x;\n")).toMatch(/^code\/few\.ts:1:\d+: this cannot be bundled: .*"x"/);
    expect(await told("code/few.ts", `${few}throw new Error("not today");\n`)).toContain("code/few.ts:9:7: not today");
    expect(await told("code/few.ts", "export const fewer = 1;\n")).toContain(
      "./code/few.ts: expected an export called protocol or workload or fault or selector or invariant, found only fewer",
    );
    expect(await told("own/own.yaml", scenario.replace("../code/last.ts", "./last.ts"))).toContain(
      "own/own.yaml: expected a file at ./last.ts, seen from this scenario or from the folder in which the command is typed, found none at ./own/last.ts and at ./last.ts; mend",
    );
  });
});
