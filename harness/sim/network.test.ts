/** The network: what the weather does by itself, and what faults do to single links. */

import { describe, expect, it } from "vitest";
import type { Cluster } from "./cluster.ts";
import { Network } from "./network.ts";
import { at, boot, type Handlers, ms, records, type Setup } from "./testing/world.ts";
import type { Weather } from "./world.ts";

const link12 = { from: "n1", to: "n2" };
const link21 = { from: "n2", to: "n1" };

/** n1 sends "1", "2" ... to n2, one every millisecond, from 1 ms on. */
function chatter(setup: Setup = {}, more: Readonly<Record<string, Handlers>> = {}): Cluster {
  let n = 0;
  return boot(
    {
      n1: {
        onStart: (ctx) => ctx.setTimer("talk", 1),
        onTimer: (ctx) => {
          ctx.send("n2", { type: String(++n) });
          ctx.setTimer("talk", 1);
        },
      },
      n2: {},
      ...more,
    },
    setup,
  );
}

/** What n2 got, as "3 at 4". */
function got(cluster: Cluster, node = "n2"): string[] {
  return records(cluster, "deliver", node).map(({ message, atUs }) => `${(message as { type: string }).type} at ${atUs / 1000}`);
}

function fates(cluster: Cluster): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { fate } of records(cluster, "send")) counts[fate] = (counts[fate] ?? 0) + 1;
  return counts;
}

describe("the weather", () => {
  const draws = 40_000;

  function shares(weather: Partial<Weather>, perMs: number): { lost: number; doubled: number; lostTwice: number } {
    const network = new Network(42, ["n1", "n2"], {
      latency: { kind: "constant", us: 1 },
      lossPpm: 0,
      duplicatePpm: 0,
      ...weather,
    });
    let lost = 0;
    let doubled = 0;
    let lostTwice = 0;
    let before = false;
    for (let i = 0; i < draws; i++) {
      const fate = network.draw(network.index(0, 1), Math.floor(i / perMs) * 1_000, true, true);
      if (fate.lost) lost++;
      else if (fate.secondUs >= 0) doubled++;
      if (fate.lost && before) lostTwice++;
      before = fate.lost;
    }
    return { lost: lost / draws, doubled: doubled / draws, lostTwice: lostTwice / draws };
  }

  it.each([
    1, 10, 1_000,
  ])("loses and doubles as many as it says, one independent of the other, with %i messages a millisecond", (perMs) => {
    const { lost, doubled, lostTwice } = shares({ lossPpm: 200_000, duplicatePpm: 100_000 }, perMs);
    expect(lost).toBeCloseTo(0.2, 1.9);
    expect(doubled).toBeCloseTo(0.08, 1.9);
    expect(lostTwice).toBeCloseTo(0.04, 1.9);
  });

  it("loses nothing at 0 and everything at a million", () => {
    expect(shares({ lossPpm: 0, duplicatePpm: 0 }, 3)).toEqual({ lost: 0, doubled: 0, lostTwice: 0 });
    expect(shares({ lossPpm: 1_000_000 }, 3).lost).toBe(1);
    expect(shares({ duplicatePpm: 1_000_000 }, 3).doubled).toBe(1);
  });

  it("delays within its bounds, so that messages overtake each other", () => {
    const cluster = chatter({ weather: { latency: { kind: "uniform", minUs: 1_000, maxUs: 9_000 } } });
    cluster.runUntil(ms(2_000));
    const arrived = records(cluster, "deliver").map(({ message, atUs }) => {
      const sentMs = Number((message as { type: string }).type);
      const delay = atUs - ms(sentMs);
      expect(delay).toBeGreaterThanOrEqual(1_000);
      expect(delay).toBeLessThanOrEqual(9_000);
      return sentMs;
    });
    expect(arrived).not.toEqual([...arrived].sort((a, b) => a - b));
  });

  it("doubles a message so that it arrives twice, each copy with a delay of its own", () => {
    const cluster = chatter({ weather: { duplicatePpm: 1_000_000, latency: { kind: "uniform", minUs: 1_000, maxUs: 900_000 } } });
    cluster.runUntil(ms(1));
    cluster.runUntil(ms(950));
    const first = records(cluster, "deliver").filter(({ message }) => (message as { type: string }).type === "1");
    expect(first).toHaveLength(2);
    expect(first[0]!.atUs).not.toBe(first[1]!.atUs);
    expect(records(cluster, "send")[0]!.fate).toBe("doubled");
  });

  it("spares messages to oneself, but lets them travel", () => {
    const cluster = boot(
      { n1: { onStart: (ctx) => [1, 2, 3].forEach((n) => void ctx.send("n1", { type: String(n) })) }, n2: {} },
      { weather: { lossPpm: 1_000_000, duplicatePpm: 1_000_000 } },
    );
    cluster.cut("f", { from: "n1", to: "n1" });
    cluster.hold("f", { from: "n1", to: "n1" });
    cluster.worsen("f", { from: "n1", to: "n1" }, { lossPpm: 1_000_000 });
    cluster.runUntil(ms(5));
    expect(got(cluster, "n1")).toEqual(["1 at 1", "2 at 1", "3 at 1"]);
    expect(cluster.effectCounts.size).toBe(0);
  });

  it("never doubles on a client's link, in the weather or in a worse one", () => {
    const cluster = boot(
      { n1: { onRequest: (ctx, request) => ctx.reply(request, "done") } },
      { clients: 1, weather: { duplicatePpm: 1_000_000 } },
    );
    for (const link of [
      { from: "c1", to: "n1" },
      { from: "n1", to: "c1" },
    ]) {
      cluster.worsen("f", link, { duplicatePpm: 1_000_000 });
    }
    for (let i = 0; i < 5; i++) cluster.offer(ms(1), "c1", `o${i}`, i);
    cluster.runUntil(ms(100));
    expect(fates(cluster)).toEqual({ sent: 10 });
    expect(records(cluster, "deliver")).toHaveLength(10);
  });

  it("is as before after the heal, but loses and doubles nothing", () => {
    const cluster = chatter({ weather: { lossPpm: 500_000, duplicatePpm: 500_000 } });
    cluster.runUntil(ms(100));
    expect(Object.keys(fates(cluster)).sort()).toEqual(["doubled", "lost", "sent"]);
    cluster.heal();
    const before = records(cluster, "send").length;
    cluster.runUntil(ms(200));
    expect(
      new Set(
        records(cluster, "send")
          .slice(before)
          .map(({ fate }) => fate),
      ),
    ).toEqual(new Set(["sent"]));
  });
});

describe("a cut link", () => {
  it("loses what is sent and what arrives while it is cut, one way only", () => {
    const cluster = boot({
      n1: {
        onStart: (ctx) => ctx.setTimer("talk", 1),
        onTimer: (ctx) => [ctx.broadcast({ type: "ping" }), ctx.setTimer("talk", 1)],
      },
      n2: { onMessage: (ctx, from, { type }) => type === "ping" && ctx.send(from, { type: "pong" }) },
    } as Record<string, Handlers>);
    at(cluster, 2.5, () => cluster.cut("f", link21));
    at(cluster, 5.5, () => cluster.uncut("f", link21));
    cluster.runUntil(ms(8));
    expect(got(cluster, "n2")).toHaveLength(7);
    // Pongs leave at 2, 3, 4 ... That of 2 is on its way when the link is cut; those of 3, 4 and 5 leave into the cut.
    expect(got(cluster, "n1").map((line) => line.slice(-1))).toEqual(["7", "8"]);
    expect(records(cluster, "drop").map(({ node, why, atUs }) => [node, why, atUs])).toEqual([["n1", "cut", ms(3)]]);
    expect(records(cluster, "send", "n2").map(({ fate }) => fate)).toEqual(["sent", "cut", "cut", "cut", "sent", "sent", "sent"]);
    expect(records(cluster, "send", "n2")[1]!.by).toEqual(["f"]);
    expect(cluster.effectCounts.get("f")).toBe(4);
  });

  it("stays cut until the last fault that cut it lets go, and counts for each", () => {
    const cluster = chatter();
    cluster.cut("f", link12);
    cluster.cut("g", link12);
    cluster.cut("g", link12);
    at(cluster, 3.5, () => cluster.uncut("f", link12));
    at(cluster, 6.5, () => cluster.uncut("g", link12));
    at(cluster, 6.6, () => cluster.uncut("h", link12));
    cluster.runUntil(ms(9));
    expect(got(cluster)).toEqual(["7 at 8", "8 at 9"]);
    expect([cluster.effectCounts.get("f"), cluster.effectCounts.get("g"), cluster.effectCounts.get("h")]).toEqual([
      3,
      6,
      undefined,
    ]);
  });

  it("that carries nothing has no effect", () => {
    const cluster = chatter();
    cluster.cut("f", link21);
    cluster.runUntil(ms(9));
    expect(cluster.effectCounts.has("f")).toBe(false);
  });
});

describe("a held link", () => {
  it("keeps what arrives, and gives it in order of arrival once released", () => {
    const cluster = chatter();
    at(cluster, 2.5, () => cluster.hold("f", link12));
    at(cluster, 5.5, () => cluster.release("f", link12));
    cluster.runUntil(ms(7));
    expect(got(cluster)).toEqual(["1 at 2", "2 at 5.5", "3 at 5.5", "4 at 5.5", "5 at 6", "6 at 7"]);
    expect(cluster.effectCounts.get("f")).toBe(3);
    expect(records(cluster, "send").map(({ fate }) => fate)).toEqual(["sent", "sent", "held", "held", "held", "sent", "sent"]);
  });

  it("waits for the last fault that holds it, and for the heal at the latest", () => {
    const cluster = chatter();
    cluster.hold("f", link12);
    cluster.hold("g", link12);
    at(cluster, 2.5, () => cluster.release("f", link12));
    at(cluster, 4.5, () => cluster.release("g", link12));
    at(cluster, 4.6, () => cluster.hold("h", link12));
    cluster.runUntil(ms(6));
    expect(got(cluster)).toEqual(["1 at 4.5", "2 at 4.5", "3 at 4.5"]);
    cluster.heal();
    cluster.runUntil(ms(7));
    expect(got(cluster).slice(3)).toEqual(["4 at 6", "5 at 6", "6 at 7"]);
  });

  it("that is cut at its release loses what waited", () => {
    const cluster = chatter();
    cluster.hold("f", link12);
    at(cluster, 3.4, () => cluster.cut("g", link12));
    at(cluster, 3.5, () => cluster.release("f", link12));
    at(cluster, 3.6, () => cluster.uncut("g", link12));
    cluster.runUntil(ms(5));
    expect(got(cluster)).toEqual(["3 at 4", "4 at 5"]);
    expect(cluster.effectCounts.get("g")).toBe(2);
  });

  it("loses what waited for a node that has crashed by then", () => {
    const cluster = chatter();
    cluster.hold("f", link12);
    at(cluster, 2.5, () => cluster.crash("g", "n2"));
    at(cluster, 2.6, () => cluster.release("f", link12));
    cluster.runUntil(ms(2.7));
    expect(records(cluster, "drop").map(({ why }) => why)).toEqual(["down"]);
  });
});

describe("a worsened link", () => {
  it("loses and delays in addition to its weather, and says which fault had a hand in it", () => {
    const cluster = chatter();
    cluster.worsen("slow", link12, { extraLatency: { kind: "constant", us: 5_000 } });
    cluster.worsen("lossy", link12, { lossPpm: 300_000 });
    cluster.runUntil(ms(1_000));
    const sends = records(cluster, "send");
    const lost = sends.filter(({ fate }) => fate === "lost");
    expect(lost.length / sends.length).toBeCloseTo(0.3, 1.3);
    expect(lost.every(({ by }) => by?.includes("lossy"))).toBe(true);
    expect(cluster.effectCounts.get("lossy")).toBe(lost.length);
    for (const { atUs, message } of records(cluster, "deliver"))
      expect(atUs).toBe(ms(Number((message as { type: string }).type)) + 6_000);
  });

  it("adds up the delays of several faults, and takes them away one by one", () => {
    const cluster = chatter();
    cluster.worsen("f", link12, { extraLatency: { kind: "constant", us: 500 } });
    cluster.worsen("g", link12, { extraLatency: { kind: "constant", us: 100 } });
    at(cluster, 1.5, () => cluster.mend("f", link12));
    at(cluster, 2.5, () => cluster.mend("g", link12));
    cluster.runUntil(ms(4));
    expect(got(cluster)).toEqual(["1 at 2.6", "2 at 3.1", "3 at 4"]);
    expect([cluster.effectCounts.get("f"), cluster.effectCounts.get("g")]).toEqual([1, 2]);
  });

  it("doubles, and has no effect on what it leaves alone", () => {
    const cluster = chatter();
    cluster.worsen("f", link12, { duplicatePpm: 250_000 });
    cluster.runUntil(ms(4_000));
    const { doubled, sent } = fates(cluster);
    expect(doubled! / (doubled! + sent!)).toBeCloseTo(0.25, 1.6);
    expect(cluster.effectCounts.get("f")).toBe(doubled);
  });

  it.each(["weather", "another fault"])("delays both copies of a message that is doubled by %s", (by) => {
    const cluster = chatter(by === "weather" ? { weather: { duplicatePpm: 1_000_000 } } : {});
    if (by !== "weather") cluster.worsen("before", link12, { duplicatePpm: 1_000_000 });
    cluster.worsen("slow", link12, { extraLatency: { kind: "constant", us: 5_000 } });
    if (by !== "weather") cluster.worsen("after", link12, { duplicatePpm: 1_000_000 });
    cluster.runUntil(ms(8));
    expect(got(cluster)).toEqual(["1 at 7", "1 at 7", "2 at 8", "2 at 8"]);
  });
});

describe("a node that is down", () => {
  it("misses what arrives, also after a quick restart what is still on its way arrives", () => {
    const cluster = chatter();
    at(cluster, 2.5, () => cluster.crash("f", "n2"));
    at(cluster, 4.5, () => cluster.restart("f", "n2"));
    cluster.runUntil(ms(6));
    expect(got(cluster)).toEqual(["1 at 2", "4 at 5", "5 at 6"]);
    expect(records(cluster, "drop").map(({ atUs, why }) => [atUs, why])).toEqual([
      [ms(3), "down"],
      [ms(4), "down"],
    ]);
  });
});
