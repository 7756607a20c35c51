/** What the faults really do in which a server lies; and that a lie counts only when somebody has handled it. */

import { beforeEach, describe, expect, test } from "vitest";
import { faults } from "./index.ts";
import { forget, happens, heard, known, type world } from "./testing/talkers.ts";

beforeEach(forget);

type World = ReturnType<typeof world>;
const truth = [11, 12, 13, 14, 15];

const nobodyElse = (cluster: World): void => {
  for (const node of ["n2", "n3"]) cluster.at(104_000, () => void cluster.crash("c", node));
};

describe("equivocate", () => {
  test("tells one of two something else than the other, and counts when that is handled", () => {
    expect(happens({ equivocate: "n1", to: "n2" })).toBe(5);
    // The lowest bit.
    expect(heard("n2", "n1", 105, 155)).toEqual([10, 13, 12, 15, 14]);
    expect(heard("n3", "n1", 105, 155)).toEqual(truth);
    expect(heard("n2", "n1", 155, 200)).toEqual([16, 17, 18, 19]);
    expect(heard("n2", "n3", 105, 155)).toEqual(truth);
  });

  test("is no lie when all are told the same", () => {
    expect(happens({ equivocate: "n1", to: ["n2", "n3"] })).toBe(0);
    expect(heard("n2", "n1", 105, 155)).toEqual(truth);
  });

  test("does so over streams as well", () => {
    expect(happens({ equivocate: "leader", to: "n3" }, true, "stream")).toBe(5);
    expect(heard("n3", "n1", 105, 155)).toEqual([10, 13, 12, 15, 14]);
    expect(heard("n2", "n1", 105, 155)).toEqual(truth);
  });
});

describe("corrupt", () => {
  test("changes its share of what a node sends", () => {
    expect(happens({ corrupt: "n1", share: "100%" })).toBe(10);
    expect(heard("n2", "n1", 105, 155)).toHaveLength(5);
    expect(heard("n2", "n1", 105, 155).filter((number, i) => number === truth[i])).toEqual([]);
    expect(heard("n2", "n1", 155, 200)).toEqual([16, 17, 18, 19]);
    forget();
    const some = happens({ corrupt: "n1", share: "40%" });
    expect(some).toBeGreaterThan(0);
    expect(some).toBeLessThan(10);
    const told = [...heard("n2", "n1", 105, 155), ...heard("n3", "n1", 105, 155)];
    expect(told.filter((number, i) => number === truth[i % 5])).toHaveLength(10 - some);
  });

  test("changes only fields of the name that is given", () => {
    expect(happens({ corrupt: "n1", share: "100%", field: "value" })).toBe(0);
    expect(heard("n2", "n1", 105, 155)).toEqual(truth);
  });
});

describe("replay", () => {
  test("sends old messages again, on datagrams and on streams, until it is over", () => {
    for (const transport of ["datagram", "stream"] as const) {
      forget();
      // Those of 110, 120 and 130 ms.
      expect(happens({ replay: "n1", share: "100%", later: "20ms" }, true, transport)).toBe(3 * 2);
      expect(heard("n2", "n1", 105, 200).toSorted((a, b) => a - b)).toEqual([11, 11, 12, 12, 13, 13, 14, 15, 16, 17, 18, 19]);
    }
  });
});

describe.each([
  { equivocate: "n1", to: "n2" },
  { corrupt: "n1", share: "100%" },
  { replay: "n1", share: "100%", later: "5ms" },
])("%j", (item) => {
  test("counts for nothing when nobody says anything, or nobody is there to hear it", () => {
    expect(happens(item, false)).toBe(0);
    expect(happens(item, true, "datagram", nobodyElse)).toBe(0);
  });

  test("ends with the heal", () => {
    const heals = (cluster: World): void => cluster.at(107_000, () => cluster.heal());
    expect(happens(item, true, "datagram", heals)).toBe(0);
    expect(heard("n2", "n1", 105, 155)).toEqual(truth);
  });

  test("is refused where the protocol does not claim to bear it, unless the item says beyond", () => {
    const word = Object.keys(item)[0]!;
    const fault = faults.find((one) => one.word === word)!;
    const complaints = (more: object, byzantine?: readonly ("equivocate" | "replay" | "corrupt")[]): string =>
      fault
        .check({ ...item, ...more }, byzantine === undefined ? known : { ...known, byzantine })
        .map(({ message }) => message)
        .join();
    expect(complaints({})).toBe("");
    expect(complaints({}, [word as "replay"])).toBe("");
    expect(complaints({ beyond: true }, [])).toBe("");
    expect(complaints({}, [])).toBe(
      `this protocol does not claim to bear ${word} (it bears no lies at all); take the item out, or write "beyond: true" to see what becomes of it then`,
    );
  });
});
