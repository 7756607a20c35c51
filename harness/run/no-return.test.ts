/** The point of no return: other futures of one past, how many of them fail, and the event that decides it. */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { protocols } from "../../protocols/index.ts";
import { faults } from "../faults/index.ts";
import { type Catalogue, loadScenario } from "../scenario/index.ts";
import { roots } from "../sim/index.ts";
import { workloads } from "../workloads/index.ts";
import { noReturn } from "./no-return.ts";
import { type Prepared, prepare, runTraced } from "./once.ts";

const catalogue: Catalogue = { protocols, workloads, faults };

function byHand(name: string, change: (text: string) => string = (text) => text): Prepared {
  const text = readFileSync(join(import.meta.dirname, "testing", "by-hand", `${name}.yaml`), "utf8");
  return prepare(loadScenario(change(text), `${name}.yaml`, catalogue), catalogue);
}

const seedOf = ({ scenario }: Prepared): number => scenario.explicit!.seed;
const small = { futures: 20, runs: 200, events: 100_000 };

describe("another chance from a moment on", () => {
  const prepared = byHand("raft-vote-not-persisted");
  const seed = seedOf(prepared);
  const first = runTraced(prepared, seed, { sites: false });
  const turnedAt = (event: number): typeof first =>
    runTraced(prepared, seed, {
      sites: false,
      step: (now, world) => {
        if (now === event) world.reroot(roots(4711));
      },
    });

  it("leaves the past as it is, record by record, and changes what comes", () => {
    const records = new Map<number, number>();
    runTraced(prepared, seed, { sites: false, step: (now, world) => void records.set(now, world.trace.length) });
    const [event, past] = [...records][6]!;
    const other = turnedAt(event);
    expect(past).toBeGreaterThan(5);
    expect(other.trace.slice(0, past)).toEqual(first.trace.slice(0, past));
    expect(other.digest).not.toBe(first.digest);
  });

  it("is another weather, too", () => {
    const noisy = byHand("raft-vote-not-persisted", (text) => text.replace("latency: 5ms", "latency: 5ms..50ms"));
    const arrivals = (weather: number): readonly number[] => {
      const { trace } = runTraced(noisy, seed, {
        sites: false,
        step: (_now, world) => world.reroot({ ...roots(seed), weather }),
      });
      return trace.filter(({ kind }) => kind === "deliver").map(({ atUs }) => atUs);
    };
    expect(arrivals(roots(4711).weather)).not.toEqual(arrivals(roots(seed).weather));
  });

  it("changes nothing when it is the same chance", () => {
    const same = runTraced(prepared, seed, { sites: false, step: (_now, world) => world.reroot(roots(seed)) });
    expect(same.digest).toBe(first.digest);
  });
});

describe("the point of no return", () => {
  it("is the vote that will be forgotten: before it hardly any future fails, and after it all or most do", () => {
    const prepared = byHand("raft-vote-not-persisted");
    const run = runTraced(prepared, seedOf(prepared));
    const { jump, prefixes } = noReturn(prepared, run, small)!;
    expect(prefixes[0]).toMatchObject({ handlers: 0 });
    expect(prefixes.at(-1)).toMatchObject({ failed: prefixes.at(-1)!.of });
    const share = ({ failed, of }: { readonly failed: number; readonly of: number }): number => failed / of;
    expect(share(jump!.after) - share(jump!.before)).toBeGreaterThan(0.3);
    expect(run.trace[jump!.n - 1]!.atUs).toBe(jump!.atUs);
    expect(prefixes.map(({ atUs }) => atUs)).toEqual([...prefixes.map(({ atUs }) => atUs)].sort((a, b) => a - b));
  });

  it("is told by what the deciding handler was called for, or did", () => {
    const prepared = byHand("raft-vote-not-persisted");
    const run = runTraced(prepared, seedOf(prepared), { sites: false });
    const { jump } = noReturn(prepared, run, small)!;
    const { node, kind, atUs } = run.trace[jump!.n - 1]!;
    // The election time-outs decide it, and a node draws its own when it starts.
    expect([node, kind, atUs]).toEqual(["n3", "start", 0]);
  });

  it("is nowhere where chance has no say", () => {
    const prepared = byHand("two-phase-commit-tells-before-it-logs");
    const { jump, prefixes } = noReturn(prepared, runTraced(prepared, seedOf(prepared)), small)!;
    expect(jump).toBe(undefined);
    expect(prefixes.every(({ failed, of }) => failed === of)).toBe(true);
  });

  it("is the same every time, and costs no more than it may", () => {
    const prepared = byHand("raft-vote-not-persisted");
    const run = runTraced(prepared, seedOf(prepared));
    const budget = { futures: 20, runs: 40, events: 100_000 };
    const found = noReturn(prepared, run, budget)!;
    expect(found.runs).toBeLessThanOrEqual(40);
    expect(noReturn(prepared, run, budget)).toEqual(found);
    expect(noReturn(prepared, run, { ...budget, events: 1 })!.runs).toBe(1);
  });
});
