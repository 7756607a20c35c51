import { describe, expect, it } from "vitest";
import type { FactSource, Monitor, NodeId } from "../../harness/protocol.ts";
import { invariants } from "./invariants.ts";

const cluster = { nodes: ["server1", "server2", "resource"], spares: [], role: () => "server" };

/** Hears synthetic facts, and keeps what the invariant says against them. */
class Hearing {
  readonly sentences: string[] = [];
  private readonly monitor: Monitor;
  private ms = 0;

  constructor(name: string) {
    const invariant = invariants.find((one) => one.name === name)!;
    this.monitor = invariant.monitor(cluster, (sentence) => this.sentences.push(sentence));
  }

  at(ms: number): this {
    this.ms = ms;
    return this;
  }

  hear(name: string, data: object, node: NodeId = "server1"): this {
    const hear = this.monitor.facts?.[name] as ((data: object, source: FactSource) => void) | undefined;
    hear?.(data, { node, atMs: this.ms });
    return this;
  }

  /** s1 counts on 1000 ms from now, less what two clocks may differ by. */
  lease(session = "s1", forMs = 1_000): this {
    return this.hear("lease", { session, forMs }, "c1");
  }

  ended(session = "s1", node = "server1"): this {
    return this.hear("session-ended", { session }, node);
  }

  locked(session: string, generation: number, node = "server1"): this {
    return this.hear("locked", { file: "f1", generation, session }, node);
  }

  acquired(session: string, generation: number): this {
    return this.hear("acquired", { file: "f1", generation, session, delayMs: 500 }, "c1");
  }
}

describe("session is kept", () => {
  const heard = (): Hearing => new Hearing("session is kept").lease();

  it("refuses the end of a session whose client counts on it, and a client who counts on one that has ended", () => {
    expect(heard().at(400).ended().sentences).toEqual([
      "server1 has ended the session s1, whose client counts on it for 590 ms more.",
    ]);
    expect(heard().at(1_000).ended().lease("s1", 20).sentences).toEqual([
      "c1 counts on its session s1 for 20 ms, but that has been ended.",
    ]);
  });

  it("lets a session end when its lease is over, whoever says so again", () => {
    expect(heard().at(1_000).ended().at(1_100).ended("s1", "server2").sentences).toEqual([]);
  });
});

describe("grace is given", () => {
  const heard = (): Hearing => new Hearing("grace is given").hear("jeopardy", { session: "s1", graceMs: 3_000 }, "c1");
  const expired = (hearing: Hearing): string[] => hearing.hear("expired", { session: "s1" }, "c1").sentences;

  it("refuses a session given up before its grace period is over, or out of the blue", () => {
    expect(expired(heard().at(1_000))).toEqual([
      "c1 gave its session s1 up, which lived, after 1000 ms of a grace period of 3000.",
    ]);
    expect(expired(heard().at(1_000).lease().at(4_000))).toHaveLength(1);
  });

  it("lets it go after that, or when it has been ended", () => {
    expect(expired(heard().at(3_000))).toEqual([]);
    expect(expired(heard().at(10).ended())).toEqual([]);
  });
});

describe("mutual-exclusion", () => {
  const heard = (): Hearing => new Hearing("mutual-exclusion").lease().locked("s1", 1);

  it("refuses a lock that goes to another session within the first one's lease", () => {
    expect(heard().at(400).locked("s2", 2).sentences).toEqual([
      "server1 gave the lock of f1 to s2, when s1 held it and counted on 590 ms more.",
    ]);
  });

  it("refuses one generation for two sessions", () => {
    expect(heard().at(2_000).locked("s2", 1, "server2").sentences).toHaveLength(1);
  });

  it("lets a lock go on when it was released, or the lease is over; and all servers say so", () => {
    expect(heard().hear("unlocked", { file: "f1", generation: 1 }).locked("s2", 2).sentences).toEqual([]);
    expect(heard().at(1_000).locked("s2", 2).locked("s1", 1, "server2").locked("s2", 2, "server2").sentences).toEqual([]);
  });
});

describe("lock-delay", () => {
  const heard = (): Hearing => new Hearing("lock-delay").lease().locked("s1", 1).acquired("s1", 1);

  it("refuses a lost holder's lock to others before its lease and the delay are over", () => {
    expect(heard().at(1_100).locked("s2", 2).sentences).toEqual([
      "server1 gave the lock of f1 to s2 110 ms after the lease of s1, which held it; its lock-delay is 500 ms.",
    ]);
  });

  it("lets it go then, or at once when it was released", () => {
    expect(heard().at(1_500).locked("s2", 2).sentences).toEqual([]);
    expect(heard().hear("unlocked", { file: "f1", generation: 1 }).locked("s2", 2).sentences).toEqual([]);
  });
});

describe("no-lost-write", () => {
  const accepted = (hearing: Hearing, session: string, generation: number): Hearing =>
    hearing.hear("accepted", { file: "f1", generation, session, value: generation }, "resource");
  const heard = (): Hearing => new Hearing("no-lost-write").locked("s1", 1).locked("s2", 2);

  it("refuses a write of an older holding after one of a newer, and lets them come in order, twice", () => {
    expect(accepted(accepted(heard(), "s2", 2), "s1", 1).sentences).toHaveLength(1);
    expect(accepted(accepted(accepted(heard(), "s1", 1), "s1", 1), "s2", 2).sentences).toEqual([]);
  });
});

describe("cache coherence", () => {
  const read = (cached: boolean): string[] =>
    new Hearing("cache coherence")
      .hear("written", { file: "f1", generation: 2 })
      .hear("written", { file: "f1", generation: 1 }, "server2")
      .hear("read", { session: "s1", file: "f1", generation: 1, cached, told: 0 }, "c1").sentences;

  it("refuses old content from a cache; an answer that was under way may be old", () => {
    expect(read(true)).toEqual(["c1 served generation 1 of f1 from its cache, when generation 2 had been written."]);
    expect(read(false)).toEqual([]);
  });
});

it("events are true: who was told of a generation reads no older one", () => {
  const read = (generation: number): string[] =>
    new Hearing("events are true").hear("read", { session: "s1", file: "f1", generation, cached: false, told: 2 }, "c1")
      .sentences;
  expect(read(1)).toHaveLength(1);
  expect(read(2)).toEqual([]);
});

it("one master an epoch: nobody takes office in an epoch that has a master, not even that one again", () => {
  const master = (hearing: Hearing, epoch: number, node: string): Hearing => hearing.hear("master", { epoch }, node);
  const heard = (): Hearing => master(new Hearing("one master an epoch"), 1, "server1");
  expect(master(heard(), 1, "server2").sentences).toHaveLength(1);
  expect(master(heard(), 1, "server1").sentences).toHaveLength(1);
  expect(master(heard(), 2, "server1").sentences).toEqual([]);
});
