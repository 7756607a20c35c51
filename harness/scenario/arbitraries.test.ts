/** The arbitraries of a scenario's parts, in properties of one's own. */

import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { faults } from "../faults/index.ts";
import { workloads } from "../workloads/index.ts";
import { faultArbitrary, operationsArbitrary } from "./arbitraries.ts";

const clients = ["c1", "c2"];
const cluster = {
  servers: ["n1", "n2", "n3"].map((id) => ({ id, role: "server" })),
  clients,
  selectors: ["leader"],
};
const keyValue = workloads.find(({ name }) => name === "key-value")!;

describe("arbitraries", () => {
  it("draw what clients ask, as many as the settings state, in order of time", () => {
    fc.assert(
      fc.property(operationsArbitrary(keyValue, { operations: 12, within: "2s" }, clients), (operations) => {
        expect(operations).toHaveLength(12);
        for (const [i, { atUs, client }] of operations.entries()) {
          expect(clients).toContain(client);
          expect(atUs).toBeGreaterThanOrEqual(operations[i - 1]?.atUs ?? 0);
          expect(atUs).toBeLessThanOrEqual(2_000_000);
        }
      }),
      { seed: 1, numRuns: 30 },
    );
  });

  it("draw whom a fault hits", () => {
    const hit = new Set<string>();
    fc.assert(
      fc.property(faultArbitrary({ crash: "one" }, cluster, faults), ({ fault, params }) => {
        expect(fault).toBe("crash");
        hit.add(JSON.stringify(params["nodes"]));
      }),
      { seed: 1, numRuns: 50 },
    );
    expect([...hit].sort()).toEqual(['["n1"]', '["n2"]', '["n3"]']);
  });

  it("say what is wrong with what they are given", () => {
    expect(() => operationsArbitrary(keyValue, { operations: 12, within: "soon" }, clients)).toThrow(/key-value: at within: /);
    expect(() => faultArbitrary({ crush: "one" }, cluster, faults)).toThrow(/found crush; did you mean "crash"\?/);
    expect(() => faultArbitrary({ crash: "n9" }, cluster, faults)).toThrow(/^crash, at crash: /);
  });
});
