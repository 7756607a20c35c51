import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Cluster, Fault, Params } from "./fault.ts";
import { faults } from "./index.ts";
import { FakeWorld } from "./testing/fake-world.ts";
import { items, type JsonSchema, jsonSchema } from "./testing/items.ts";

const cluster: Cluster = {
  servers: [
    { id: "coordinator", role: "coordinator" },
    ...[1, 2, 3, 4].map((i) => ({ id: `participant${i}`, role: "participant" })),
  ],
  clients: ["c1", "c2", "c3"],
  zones: { east: ["coordinator", "participant1"], west: ["participant2", "c1"], south: ["participant3"] },
  selectors: ["leader", "holder"],
  orders: ["hand-over"],
};

/** Items of each fault, drawn once for all tests: most of what its schema allows is refused, which takes its time. */
const drawnItems = new Map<Fault, readonly unknown[]>();

function itemsOf(fault: Fault): readonly unknown[] {
  const known = drawnItems.get(fault) ?? fc.sample(items(fault, cluster), { numRuns: 80, seed: 7 });
  drawnItems.set(fault, known);
  return known;
}

/** What a plan may hold, drawn from a drawn item (which stands in a counterexample beside it). */
function drawn(fault: Fault): fc.Arbitrary<{ readonly item: unknown; readonly params: Params }> {
  return fc.constantFrom(...itemsOf(fault)).chain((item) => fault.draw(item, cluster).map((params) => ({ item, params })));
}

function check(fault: Fault, property: (params: Params) => void): void {
  fc.assert(
    fc.property(drawn(fault), ({ params }) => {
      property(params);
    }),
    { numRuns: 80, seed: 7 },
  );
}

/** As the run draws: without bias. */
function sample<T>(arbitrary: fc.Arbitrary<T>, count: number, seed: number): T[] {
  return fc.sample(arbitrary, { numRuns: count, seed, unbiased: true });
}

function begun(
  fault: Fault,
  params: Params,
  forUs: number | undefined,
): { readonly world: FakeWorld; readonly undo: () => void } {
  const world = new FakeWorld(cluster);
  world.selected.set("leader", "participant2").set("holder", "c1");
  return { world, undo: fault.begin(world, "f", params, forUs) };
}

test("faults are listed in the order of their words, each once", () => {
  const words = faults.map((fault) => fault.word);
  expect(words).toEqual([...new Set(words)].sort());
});

describe.each(faults.map((fault) => [fault.word, fault] as const))("%s", (word, fault) => {
  test("says in sentences what it does and what counts as its effect", () => {
    expect(fault.doc).toMatch(/^[A-Z].*\.$/);
    expect(fault.effect).not.toBe("");
  });

  test("has a strict schema, whose every field tells an editor what it is", () => {
    const schema = jsonSchema(fault);
    expect(schema).toMatchObject({ type: "object", additionalProperties: false });
    expect(schema.required).toEqual([word]);
    const described = (at: JsonSchema): void => {
      for (const [name, field] of Object.entries(at.properties ?? {})) {
        expect(field.description, name).toBeTruthy();
        described(field);
      }
    };
    described(schema);
  });

  test("refuses an option that it does not know", () => {
    expect(fault.schema.safeParse({ [word]: "any", nonsense: 1 }).success).toBe(false);
  });

  test("takes any, and refuses nodes that do not exist", () => {
    expect(fault.check({ [word]: "any" }, cluster)).toEqual([]);
    const problems = fault.check({ [word]: "leadr" }, cluster);
    expect(problems.map((problem) => problem.path)).toEqual([[word]]);
    expect(problems[0]?.message).toContain('did you mean "leader"?');
    for (const wrong of [["participant1", "participant1"], ["n77"], 6, "n1 -> n77"]) {
      expect(fault.check({ [word]: wrong }, cluster), String(wrong)).not.toEqual([]);
    }
  });

  test("draws plain JSON, the same for the same seed and another for another", () => {
    check(fault, (params) => expect(JSON.parse(JSON.stringify(params))).toStrictEqual(params));
    const arbitrary = fault.draw({ [word]: "any" }, cluster);
    expect(sample(arbitrary, 40, 1)).toEqual(sample(arbitrary, 40, 1));
    expect(sample(arbitrary, 40, 1)).not.toEqual(sample(arbitrary, 40, 2));
  });

  test("writes what was drawn in the scenario's language, and reads the same from it", () => {
    check(fault, (params) => {
      const item = fault.explicit(params);
      expect(fault.schema.parse(item)).toStrictEqual(item);
      expect(fault.check(item, cluster)).toEqual([]);
      for (const again of sample(fault.draw(item, cluster), 4, 3)) expect(again).toStrictEqual(params);
    });
  });

  test("lasts as long as its items say, or until the heal", () => {
    const usual = fault.usualForUs?.({ [word]: "any" });
    if (usual === undefined) return;
    for (const us of sample(usual, 200, 1)) expect(Number.isSafeInteger(us) && us > 0).toBe(true);
  });

  test("has simpler variants that are valid themselves, and an end to them", () => {
    fc.assert(
      fc.property(drawn(fault), fc.infiniteStream(fc.nat()), ({ params }, choices) => {
        let now: { readonly fault: string; readonly params: Params } = { fault: word, params };
        for (let steps = 0; ; steps++) {
          const kind = faults.find((one) => one.word === now.fault)!;
          const simpler = kind.simpler(now.params, cluster);
          expect(simpler).not.toContainEqual(now);
          expect(new Set(simpler.map((one) => JSON.stringify(one))).size).toBe(simpler.length);
          if (simpler.length === 0) break;
          expect(steps).toBeLessThan(150);
          now = simpler[choices.next().value! % simpler.length]!;
          const other = faults.find((one) => one.word === now.fault)!;
          expect(other.check(other.schema.parse(other.explicit(now.params)), cluster)).toEqual([]);
          expect(sample(other.draw(other.explicit(now.params), cluster), 1, 1)).toStrictEqual([now.params]);
        }
      }),
      { numRuns: 25, seed: 7 },
    );
  });

  test("does without nodes that were taken away", () => {
    const all = [...cluster.servers.map((server) => server.id), ...cluster.clients];
    fc.assert(
      fc.property(drawn(fault), fc.subarray(all.slice(1)), ({ params }, gone) => {
        const left = fault.without(params, new Set(gone));
        if (left === undefined) return;
        const servers = cluster.servers.filter((server) => !gone.includes(server.id));
        const smaller = { ...cluster, servers, clients: cluster.clients.filter((client) => !gone.includes(client)) };
        expect(fault.check(fault.explicit(left), smaller)).toEqual([]);
        if (gone.length === 0) expect(left).toStrictEqual(params);
      }),
      { numRuns: 80, seed: 7 },
    );
    const everybody = fault.without(sample(fault.draw({ [word]: "any" }, cluster), 1, 1)[0]!, new Set(all));
    expect(everybody).toBeUndefined();
  });

  test.each(["at once", "after a while", "never"] as const)("leaves nothing behind when a handler runs %s", (when) => {
    check(fault, (params) => {
      const { world, undo } = begun(fault, params, when === "at once" ? undefined : 700_000);
      if (when === "after a while") world.pass(300_000);
      if (when !== "never") for (const { id } of cluster.servers) world.handle(id);
      // An amount of nothing does nothing.
      if (!/"(?:extraUs|by)":-?0\b|"each":\{(?:"\w+":-?0,?)+\}/.test(JSON.stringify(params))) expect(world.calls).not.toEqual([]);
      if (when === "never" && fault.forFrom === "effect") world.pass(60_000_000);
      undo();
      const left = world.unfinished();
      // What happens at one moment is not undone.
      if (fault.lasts === "for") expect(left).toEqual([]);
    });
  });

  test("waits for a selector that points at nobody, and does nothing when nobody comes", () => {
    for (const stops of ["by its undo", "by itself"] as const) {
      const params = sample(fault.draw({ [word]: "leader" }, cluster), 1, 1)[0]!;
      const world = new FakeWorld(cluster);
      const undo = fault.begin(world, "f", params, 200_000);
      world.pass(100_000);
      expect(world.calls).toEqual([]);
      if (stops === "by its undo") {
        undo();
        world.selected.set("leader", "participant3");
        world.pass(10_000_000);
        expect(world.calls).toEqual([]);
      } else {
        world.selected.set("leader", "participant3");
        world.pass(100_000);
        expect(world.calls.join()).toContain("participant3");
        undo();
        if (fault.lasts === "for") expect(world.unfinished()).toEqual([]);
      }
    }
  });
});
