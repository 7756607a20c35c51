/** What of a node's state makes a class of it, what is left out, and that to look at it changes nothing. */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { protocols } from "../../../protocols/index.ts";
import { faults } from "../../faults/index.ts";
import { type Catalogue, loadScenarios } from "../../scenario/index.ts";
import { workloads } from "../../workloads/index.ts";
import { prepare, runOnce } from "../once.ts";
import { StateClasses } from "./state-class.ts";

const classes = new StateClasses(["n1", "n2", "n3", "c1"]);
const of = (state: unknown, self = "n1"): number => classes.of({ inspected: (read) => read(state) }, self);

/** How many classes these values fall into, as the field of a state. */
const distinct = (values: readonly unknown[]): number => new Set(values.map((value) => of({ value }))).size;

describe("the class of a state", () => {
  it("keeps booleans, words, and whether there is anything", () => {
    expect(distinct([true, false, null, 0, "follower", "leader", [], {}])).toBe(8);
    expect(of({ value: undefined })).toBe(of({}));
    expect(of({ leader: true })).not.toBe(of({ ready: true }));
  });

  it("knows of a number whether it is none, one or more, and whether it is one at all", () => {
    expect(distinct([0, 1, 2, -1, Number.NaN])).toBe(5);
    expect(distinct([2, 14.5, 123_456, 7n, Number.POSITIVE_INFINITY])).toBe(1);
  });

  it("knows the node itself from others, and does not know the others apart", () => {
    expect(distinct(["n1", "n2", "n3"])).toBe(2);
    expect(of({ leader: "n2" }, "n2")).toBe(of({ leader: "n1" }, "n1"));
    expect(of({ leader: "n1" }, "n2")).toBe(of({ leader: "n2" }, "n1"));
    expect(distinct(["n2", null, "follower"])).toBe(3);
  });

  it("takes ids and long texts for data: of those it keeps whether there is one", () => {
    expect(distinct(["c1-17", "c1-18", "a sentence that is too long to be one of a few words"])).toBe(1);
    expect(distinct(["c1-17", ""])).toBe(2);
  });

  it("counts a collection as none, one or several, and knows the classes of its members, not their order", () => {
    const collections = (...lists: readonly unknown[][]) => distinct(lists);
    expect(collections([], [true], [true, true])).toBe(3);
    expect(collections([true, true], [true, true, true])).toBe(1);
    expect(collections([true, false], [false, true], [true, false, true])).toBe(1);
    expect(collections([true, true], [true, false], [false, false])).toBe(3);
    expect(collections([0, 5], [1, 5], [5, 6])).toBe(3);
    expect(distinct([new Set(["n2"]), new Set(["n1"]), new Set(["n2", "n3"]), new Set(["n2", "n1"])])).toBe(4);
    expect(distinct([new Map([["x", 1]]), new Map([["y", 1]])])).toBe(1);
  });

  it("takes a record whose keys are names or ids for a map", () => {
    expect(
      distinct([
        { n2: true, n3: true },
        { n1: true, n2: true },
        { "c1-4": true, "c1-5": true, "c1-6": true },
      ]),
    ).toBe(1);
    expect(distinct([{ n2: true }, { n2: false }, { granted: true }])).toBe(3);
    expect(
      distinct([
        { phase1: true, decided: false },
        { phase2: true, decided: false },
      ]),
    ).toBe(2);
  });

  it("looks into records and collections once, and not into those within them", () => {
    expect(distinct([{ inner: { term: 1 } }, { inner: { term: 2 } }, [{ term: 1 }], [{ term: 2 }]])).toBe(2);
    expect(distinct([{ term: 1 }, { term: 2 }, [1], [2]])).toBe(4);
  });

  it("does not depend on the order of fields", () => {
    expect(of({ role: "leader", term: 3 })).toBe(of({ term: 3, role: "leader" }));
  });

  it("ends somewhere, and bears whatever it is shown", () => {
    const circle: Record<string, unknown> = { name: "c" };
    circle["again"] = circle;
    const throws = {
      get field(): number {
        throw new Error("not now");
      },
    };
    const odd = [circle, throws, new Proxy({}, { ownKeys: () => [1] as never }), Object.create(null), Symbol("s"), () => 1];
    for (const state of [...odd, Number.NaN, undefined, 3, "text", new Uint8Array(9), new Date(0), new Map([[circle, circle]])]) {
      expect(of(state)).toBe(of(state));
      expect(of({ inner: [state] })).toEqual(expect.any(Number));
    }
    expect(of(Array.from({ length: 100_000 }, (_, i) => i))).toBe(of(Array.from({ length: 90_000 }, (_, i) => i)));
    const refuses = (): never => {
      throw new Error("inspect() itself");
    };
    expect(classes.of({ inspected: refuses }, "n1")).toBe(of(throws));
  });
});

describe("to look at every state after every handler", () => {
  const catalogue: Catalogue = { protocols, workloads, faults };
  const folder = join(import.meta.dirname, "..", "..", "..", "scenarios");

  it.each(["raft", "chubby", "load-balancer", "lock-redis"])("changes nothing in a run of %s, and tells states apart", (name) => {
    const [scenario] = loadScenarios(readFileSync(join(folder, `${name}-harsh.yaml`), "utf8"), name, catalogue);
    const prepared = prepare({ ...scenario!, strategy: "random" }, catalogue);
    const { servers, clients } = prepared.scenario;
    const classes = new StateClasses([...servers.map(({ id }) => id), ...clients]);
    const seen = new Set<number>();
    const plan = prepared.plan(1);
    const looked = runOnce(prepared, 1, {
      plan,
      scout: ({ id }, _handler, _effects, handled) => void seen.add(classes.of(handled, id)),
    });
    expect(looked).toEqual(runOnce(prepared, 1, { plan }));
    expect(seen.size).toBeGreaterThan(10);
  });
});
