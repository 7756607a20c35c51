/** Which amounts of a scenario can be varied, how each is named, and what the file is with another one. */

import { describe, expect, it } from "vitest";
import { protocols } from "../../protocols/index.ts";
import { faults } from "../faults/index.ts";
import { workloads } from "../workloads/index.ts";
import { type Amount, amountAt, readSize, spread, withAmount, written } from "./amounts.ts";
import type { Catalogue } from "./catalogue.ts";
import { loadScenario } from "./load.ts";

const catalogue: Catalogue = { protocols, workloads, faults };
const text = `
protocol: redlock
nodes: { redis: 5, resource: 1 }
clients: { count: 3, timeout: 2s }
workload:
  lock: { operations: 20, within: 20s, hold: 800ms..950ms }
network: { latency: 1ms..5ms, loss: 1% }
faults:
  - { name: skewed, clock-drift: [redis1, redis2], by: -5%..5% }
  - { name: late, clock-offset: redis1, by: -3s..-1s }
  - { slow: any, every: 1s..2s, for: 1s }
  - { crash: 2, at: 1s }
settle: 10s
cases:
  right: { expect: valid }
  longer: { workload: { lock: { lease: 7s } } }
`;
const parts = spread(text, "x.yaml", "longer", catalogue);
function one(path: string): Amount {
  const amount = amountAt(parts.amounts, path);
  if (typeof amount === "string") throw new Error(amount);
  return amount;
}

describe("the amounts of a scenario", () => {
  it("are named by the fault's name and its key, by workload, options and the rest", () => {
    const paths = parts.amounts.map(({ path }) => path);
    expect(paths).toEqual(
      expect.arrayContaining([
        "skewed.by",
        "slow-1.extra",
        "slow-1.every",
        "slow-1.for",
        "crash-1.crash",
        "workload.lease",
        "workload.hold",
      ]),
    );
    expect(paths).toEqual(
      expect.arrayContaining(["network.latency", "network.loss", "clients.timeout", "nodes.redis", "settle", "options.try"]),
    );
    expect(paths).not.toContain("skewed.name");
    expect(paths).not.toContain("skewed.at");
  });

  it("go by the fault's word too: `skewed.drift`, and by the item alone where it has one", () => {
    expect(one("skewed.drift")).toMatchObject({ path: "skewed.by", kind: "rate", sign: 0, size: 50_000 });
    expect(one("late.offset")).toMatchObject({ path: "late.by", kind: "duration", sign: -1, size: 3_000_000 });
    expect(one("slow-1.extra")).not.toHaveProperty("size");
  });

  it.each([
    ["skewed.by", 20_000, "by: -2%..2%"],
    ["late.offset", 250_000, "by: -250ms"],
    ["slow-1.extra", 7_000, "extra: 7ms"],
    ["crash-1.crash", 3, "crash: 3"],
    ["workload.lease", 1_500_000, "lease: 1.5s"],
    ["options.try", 90_000, "try: 90ms"],
    ["network.loss", 20_000, "loss: 2%"],
  ])("%s can be another one, and the file loads", (path, size, expected) => {
    const varied = withAmount(parts, one(path), size);
    expect(varied).toContain(expected);
    expect(loadScenario(varied, "x.yaml", catalogue).workload.settings).toMatchObject({ operations: 20 });
    expect(varied).not.toContain("cases");
  });

  it("that are not there are answered with those that may have been meant", () => {
    expect(amountAt(parts.amounts, "skewed.bye")).toContain('did you mean "skewed.by"?');
    expect(amountAt(parts.amounts, "late.for.ever")).toMatch(/expected one of .*late\.by/);
  });

  it("are read without their sign", () => {
    expect([readSize("-2%", one("skewed.by")), readSize("2s", one("late.by")), readSize("4", one("crash-1.crash"))]).toEqual([
      20_000, 2_000_000, 4,
    ]);
    expect([readSize("2s", one("skewed.by")), readSize("2%", one("late.by")), readSize("-4", one("crash-1.crash"))]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
    expect(written({ kind: "number", sign: 1 }, 3)).toBe(3);
  });
});
