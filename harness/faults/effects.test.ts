import { beforeEach, describe, expect, test } from "vitest";
import { faults } from "./index.ts";
import { aheadMs, forget, happens, heard, known, notes, orders, starts, world } from "./testing/talkers.ts";

beforeEach(forget);

test("without a fault everybody hears everything, once and in time", () => {
  world(true).runUntil(200_000);
  expect(heard("n2", "n1", 0, 200)).toEqual(Array.from({ length: 19 }, (_, i) => i + 1));
});

describe("partition", () => {
  test("loses what is said across it, and nothing else", () => {
    expect(happens({ partition: "n1" })).toBe(20);
    expect(heard("n2", "n1", 105, 155)).toEqual([]);
    expect(heard("n1", "n2", 105, 155)).toEqual([]);
    expect(heard("n2", "n3", 105, 155)).toHaveLength(5);
    expect(heard("n2", "n1", 155, 200)).toEqual([16, 17, 18, 19]);
  });

  test("of the leader finds who said that it leads", () => {
    expect(happens({ partition: "leader", direction: "out" })).toBe(10);
    expect(heard("n2", "n1", 105, 155)).toEqual([]);
    expect(heard("n1", "n2", 105, 155)).toHaveLength(5);
  });

  test("has no effect where nobody says anything", () => {
    expect(happens({ partition: "n1" }, false)).toBe(0);
  });
});

describe("hold", () => {
  test("keeps messages, and delivers them in order afterwards", () => {
    expect(happens({ hold: "n1 -> n2" })).toBe(5);
    expect(heard("n2", "n1", 105, 154)).toEqual([]);
    expect(heard("n1", "n2", 105, 154)).toHaveLength(5);
    expect(heard("n2", "n1", 154, 155)).toEqual([11, 12, 13, 14, 15]);
  });

  test("has no effect where nobody says anything", () => {
    expect(happens({ hold: "n1" }, false)).toBe(0);
  });
});

describe("loss", () => {
  test("loses its share for good", () => {
    const lost = happens({ loss: "n1", direction: "out", share: "50%" });
    expect(lost).toBeGreaterThan(0);
    expect(heard("n2", "n1", 0, 200).length + heard("n3", "n1", 0, 200).length).toBe(38 - lost);
  });

  test("has no effect where nobody says anything, or when the share is nothing", () => {
    expect(happens({ loss: "all" }, false)).toBe(0);
    expect(happens({ loss: "all", share: "0%" })).toBe(0);
  });
});

describe("slow-link", () => {
  test("makes messages late, and loses none", () => {
    expect(happens({ "slow-link": "n1 -> n2", extra: "20ms" })).toBe(5);
    // Said at 110, 120 ... 150 ms, heard 21 ms later.
    expect(heard("n2", "n1", 105, 131)).toEqual([11]);
    expect(heard("n3", "n1", 105, 131)).toEqual([11, 12, 13]);
    expect(heard("n2", "n1", 0, 200).toSorted((a, b) => a - b)).toEqual(Array.from({ length: 19 }, (_, i) => i + 1));
  });

  test("has no effect where nobody says anything", () => {
    expect(happens({ "slow-link": "all" }, false)).toBe(0);
  });
});

describe("duplicate", () => {
  test("delivers twice", () => {
    expect(happens({ duplicate: "n1 -> n2", share: "100%" })).toBe(5);
    expect(heard("n2", "n1", 0, 200)).toHaveLength(19 + 5);
    expect(new Set(heard("n2", "n1", 0, 200)).size).toBe(19);
  });

  test("has no effect where nobody says anything", () => {
    expect(happens({ duplicate: "all" }, false)).toBe(0);
  });
});

describe("bias", () => {
  test("loses nothing, and counts what is sent on its links", () => {
    expect(happens({ bias: "n1 -> n2" })).toBe(5);
    expect(heard("n2", "n1", 0, 200)).toEqual(Array.from({ length: 19 }, (_, i) => i + 1));
  });

  test("has no effect where nobody says anything", () => {
    expect(happens({ bias: "all" }, false)).toBe(0);
  });
});

describe("disconnect, of connections that stand since 101 ms", () => {
  test("breaks a connection, and both ends know that nothing gets through until it stands again", () => {
    expect(happens({ disconnect: "n1 <-> n2" }, true, "stream")).toBe(1);
    expect(heard("n2", "n1", 105, 200)).toEqual([]);
    expect(heard("n3", "n1", 105, 200)).toEqual([11, 12, 13, 14, 15, 16, 17, 18, 19]);
  });

  test.each([
    ["one", 1 + 4],
    ["none", 1 + 8],
  ])("heard by %s, it swallows what the others send until their time-outs", (heard, effects) => {
    // Said at 110, 120, 130 and 140 ms; the keep-alive notices at 146 ms.
    expect(happens({ disconnect: "n1 <-> n2", heard }, true, "stream")).toBe(effects);
  });

  test("of all breaks each connection once", () => {
    expect(happens({ disconnect: "all" }, true, "stream")).toBe(3);
    expect(notes.filter((note) => note.atUs > 105_000)).toEqual([]);
  });

  test("has no effect on datagrams, and is refused there", () => {
    expect(happens({ disconnect: "all" })).toBe(0);
    for (const word of ["disconnect", "half-open"]) {
      const fault = faults.find((one) => one.word === word)!;
      expect(fault.check({ [word]: "n1 <-> n2" }, { ...known, transport: "stream" })).toEqual([]);
      expect(fault.check({ [word]: "n1 <-> n2" }, { ...known, transport: "datagram" })).toEqual([
        {
          path: [word],
          message: `this protocol stands on datagrams, which have no connections: ${word} means nothing to it; cut or hold links instead, with partition or hold`,
        },
      ]);
    }
    const duplicate = faults.find((one) => one.word === "duplicate")!;
    expect(duplicate.check({ duplicate: "n1 -> n2" }, { ...known, transport: "stream" }).map(({ message }) => message)).toEqual([
      "this protocol stands on streams, on which every message arrives once: duplicate means nothing to it; take it out",
    ]);
  });

  test.each([
    ["n1 <-> n9", /no node "n9" in this cluster; expected one of/],
    ["n1 <-> n1", /no connection to itself/],
    ["n1 <-> c1", /c1 is a client/],
    ["c1", /c1 is a client/],
    [["n1 <-> n2", "n2 <-> n1"], /twice/],
    [["n1 <-> n2", "n3"], /"n3" is not a connection/],
    ["n1 -> n2", /is a link, and a connection has no direction; write it as n1 <-> n2/],
  ])("of %j is refused", (value, sentence) => {
    const fault = faults.find((one) => one.word === "disconnect")!;
    const problems = fault.check({ disconnect: value }, known);
    expect(problems).toHaveLength(1);
    expect(problems[0]!.message).toMatch(sentence);
  });
});

describe("half-open", () => {
  test("lets the target send in vain, while the other end knows", () => {
    expect(happens({ "half-open": "n1 <-> n2" }, true, "stream")).toBe(1 + 4);
    expect(happens({ "half-open": "leader" }, true, "stream")).toBe(2 * (1 + 4));
  });

  test("of a connection that does not stand has no effect", () => {
    expect(happens({ "half-open": "n1 <-> n2" })).toBe(0);
  });
});

describe("crash", () => {
  test("takes a node down for its time; its disk is still there", () => {
    expect(happens({ crash: "n1" })).toBe(1);
    expect(starts.filter((start) => start.node === "n1")).toEqual([
      { node: "n1", atUs: 0, stored: undefined },
      { node: "n1", atUs: 155_000, stored: 10 },
    ]);
    expect(heard("n1", "n2", 105, 155)).toEqual([]);
  });

  test("with a wiped disk starts from nothing", () => {
    expect(happens({ crash: "leader", disk: "wipe" })).toBe(2);
    expect(starts.at(-1)).toEqual({ node: "n1", atUs: 155_000, stored: undefined });
  });

  test("between effects cuts a handler: what came before is done, what comes after is not", () => {
    // timer tell: write, sync, send, send, set timer. After the first send:
    expect(happens({ crash: "n1", cut: { handler: "timer tell", after: 3 } })).toBe(1);
    expect([...heard("n2", "n1", 110, 160), ...heard("n3", "n1", 110, 160)]).toEqual([11]);
    expect(starts.at(-1)).toEqual({ node: "n1", atUs: 160_000, stored: 11 });
  });

  test.each(["effects", "persists", "sends"])("between %s finds such a handler", (between) => {
    expect(happens({ crash: "n1", between })).toBe(1);
    expect(starts.filter((start) => start.node === "n1")).toHaveLength(2);
  });

  test("has no effect where no handler has effects", () => {
    expect(happens({ crash: "n1", between: "effects" }, false)).toBe(0);
  });

  test("of a node that is down has none, and does not bring it back early", () => {
    const cluster = world(true);
    const fault = faults.find((one) => one.word === "crash")!;
    const params = { nodes: ["n1"], disk: "keep" };
    cluster.at(100_000, () => void fault.begin(cluster, "first", params, 80_000));
    cluster.at(120_000, () => void fault.begin(cluster, "second", params, 10_000));
    cluster.runUntil(200_000);
    expect(Object.fromEntries(cluster.effectCounts)).toEqual({ first: 1 });
    expect(starts.at(-1)).toMatchObject({ node: "n1", atUs: 180_000 });
  });
});

describe("pause", () => {
  test("stops a node, which then hears everything at once", () => {
    expect(happens({ pause: "n1" })).toBeGreaterThan(0);
    expect(heard("n1", "n2", 105, 154)).toEqual([]);
    expect(heard("n1", "n2", 154, 155)).toEqual([11, 12, 13, 14, 15]);
    expect(heard("n2", "n1", 105, 155)).toEqual([]);
  });

  test("has no effect on a node that had nothing to do", () => {
    expect(happens({ pause: "n1" }, false)).toBe(0);
  });
});

describe("operate", () => {
  test("hands the protocol's only order to a node, once", () => {
    expect(happens({ operate: "n2" })).toBe(1);
    expect(orders).toEqual(["n2 at 105: hand-over"]);
  });

  test("finds who said that it leads", () => {
    expect(happens({ operate: "leader", order: "hand-over" })).toBe(1);
    expect(orders).toEqual(["n1 at 105: hand-over"]);
  });

  test("reaches a node that is paused when it goes on, and one that is down never", () => {
    const cluster = world(true);
    const fault = faults.find((one) => one.word === "operate")!;
    for (const [i, node] of ["n1", "n2", "n3"].entries()) {
      cluster.at(100_000, () => void fault.begin(cluster, `o${i + 1}`, { nodes: [node], order: "hand-over" }));
    }
    cluster.at(90_000, () => cluster.pause("p", "n1"));
    cluster.at(95_000, () => void cluster.crash("c", "n2"));
    cluster.at(130_000, () => cluster.resume("p", "n1"));
    cluster.at(130_000, () => void cluster.restart("c", "n2"));
    cluster.runUntil(200_000);
    expect(orders).toEqual(["n3 at 100: hand-over", "n1 at 130: hand-over"]);
    expect([1, 2, 3].map((i) => cluster.effectCounts.get(`o${i}`) ?? 0)).toEqual([1, 0, 1]);
  });
});

describe("slow", () => {
  test("makes a node late, and only it", () => {
    expect(happens({ slow: "n1", extra: "4ms" })).toBeGreaterThan(0);
    expect(heard("n2", "n1", 105, 155).length).toBeLessThan(heard("n2", "n3", 105, 155).length);
  });

  test("has no effect on a node that had nothing to do", () => {
    expect(happens({ slow: "n1", extra: "4ms" }, false)).toBe(0);
  });
});

describe("clocks", () => {
  test("a jump stays", () => {
    expect(happens({ "clock-jump": "n2", by: "300ms" })).toBeGreaterThan(0);
    expect(aheadMs("n2", 99)).toBe(0);
    expect(aheadMs("n2", 140)).toBe(300);
    expect(aheadMs("n2", 200)).toBe(300);
  });

  test("an offset is taken back", () => {
    expect(happens({ "clock-offset": "n2", by: "-300ms" })).toBeGreaterThan(0);
    expect(aheadMs("n2", 140)).toBe(-300);
    expect(aheadMs("n2", 200)).toBe(0);
  });

  test("a drift makes timers come sooner", () => {
    expect(happens({ "clock-drift": "n1", by: "100%" })).toBeGreaterThan(0);
    expect(heard("n2", "n1", 105, 155)).toHaveLength(10);
    expect(heard("n2", "n3", 105, 155)).toHaveLength(5);
    expect(heard("n2", "n1", 165, 200).length).toBeLessThan(5);
  });

  test.each([
    { "clock-jump": "all" },
    { "clock-offset": "all" },
    { "clock-drift": "all" },
  ])("%j has no effect when nobody looks at a clock", (item) => {
    expect(happens(item, false)).toBe(0);
  });
});

test("a new fault has its effect shown here before it is listed", () => {
  expect(faults.map((fault) => fault.word)).toEqual([
    "bandwidth",
    "bias",
    "bit-rot",
    "clock-drift",
    "clock-freeze",
    "clock-jump",
    "clock-offset",
    "corrupt",
    "crash",
    "crash-loop",
    "disconnect",
    "duplicate",
    "equivocate",
    "full-disk",
    "half-open",
    "hold",
    "jam",
    "loss",
    "lost-sync",
    "old-disk",
    "operate",
    "partition",
    "pause",
    "read-error",
    "reorder",
    "replay",
    "resubmit",
    "rolling-restart",
    "slow",
    "slow-lane",
    "slow-link",
    "slow-sync",
    "swizzle",
    "torn-write",
  ]);
});

test.each<Record<string, unknown>>([
  { slow: "all", extra: "0s" },
  { "slow-sync": "all", extra: "0s" },
  { "slow-link": "all", extra: "0s" },
  { "slow-lane": "all", share: "100%", extra: "0s" },
  { "clock-drift": "all", by: "0%" },
  { "clock-drift": { n1: "0%", n2: "0%" } },
  { "clock-jump": "all", by: "0s" },
  { "clock-offset": "all", by: "0s" },
  { loss: "all", share: "0%" },
  { duplicate: "all", share: "0%" },
])("%j makes nothing otherwise, and counts as no effect", (item) => {
  expect(happens(item)).toBe(0);
});
