/** Whom the selectors pointed at, from a trace alone. */

import { describe, expect, it } from "vitest";
import type { Selector } from "../protocol.ts";
import type { TraceRecord } from "../sim/trace.ts";
import { holders } from "./holders.ts";

/** Who last said that it leads, until it goes down. */
const leader: Selector = {
  states: "who leads",
  track() {
    let now: string | undefined;
    const gone = (node: string): void => {
      if (node === now) now = undefined;
    };
    return {
      facts: {
        leads(_data: unknown, { node }) {
          now = node;
        },
      },
      onCrash: gone,
      onRestart: gone,
      current: () => now,
    };
  },
};

const record = (n: number, atUs: number, node: string, own: object): TraceRecord =>
  ({ n, atUs, node, cause: 0, ...own }) as TraceRecord;
const servers = ["n1", "n2"].map((id) => ({ id, role: "server" }));
const scenario = { servers, clients: ["c1"] };

describe("holders", () => {
  it("are followed through facts and crashes, to the end of the run", () => {
    const trace = [
      record(1, 0, "n1", { kind: "start" }),
      record(2, 0, "n2", { kind: "start" }),
      record(3, 100, "n1", { kind: "fact", name: "leads", data: {} }),
      record(4, 200, "n1", { kind: "fact", name: "leads", data: {} }),
      record(5, 300, "n1", { kind: "crash" }),
      record(6, 350, "c1", { kind: "crash" }),
      record(7, 500, "n2", { kind: "fact", name: "leads", data: {} }),
      record(8, 600, "n1", { kind: "restart" }),
    ];
    expect(holders({ selectors: { leader } }, scenario, trace, 900)).toEqual([
      { selector: "leader", node: "n1", fromUs: 100, toUs: 300 },
      { selector: "leader", node: "n2", fromUs: 500, toUs: 900 },
    ]);
  });

  it("are none where a protocol has no selectors", () => {
    expect(holders({}, scenario, [record(1, 0, "n1", { kind: "start" })], 900)).toEqual([]);
  });
});
