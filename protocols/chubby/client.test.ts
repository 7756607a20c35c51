import { describe, expect, it } from "vitest";
import type { ClientContext, Node } from "../../harness/protocol.ts";
import { Seat } from "../lock-consensus/testing/seat.ts";
import { client } from "./nodes.ts";
import { options } from "./testing/master.ts";

/** c1 with its session c1#1.1 in epoch 1, for 990 ms; it has asked for a read of f1. */
class Client {
  private readonly seat: Seat;
  private keepAlive = 1;

  constructor(more: object = {}) {
    this.seat = new Seat(
      "c1",
      ["server1", "server2", "resource"],
      (ctx) => client(ctx as ClientContext, { ...options, ...more }) as Node,
    );
  }

  opened(): this {
    this.asks({ f: "read", file: "f1" }).hears({ type: "answer", id: "c1#1.1", epoch: 1, result: "c1#1.1", cacheable: false });
    this.told();
    return this;
  }

  /** Has read null in generation 0, which it may cache. */
  caching(): this {
    this.opened().answered(2, { value: null, generation: 0 }, true);
    this.told();
    return this;
  }

  asks(op: object, serial = 1): this {
    this.seat.asked(op, serial);
    return this;
  }

  reads(serial: number): string | undefined {
    return this.asks({ f: "read", file: "f1" }, serial).told().at(-1);
  }

  answered(n: number, result: unknown, cacheable = false, serial = 1, epoch = 1): this {
    return this.hears({ type: "answer", id: `c1#${serial}.${n}`, epoch, result, cacheable });
  }

  /** Its latest keep-alive is answered. */
  kept(events: readonly object[] = [], heldMs = 0, epoch = 1): this {
    const numbered = events.map((news, i) => ({ number: i + 1, news }));
    const n = this.keepAlive++;
    return this.hears({ type: "kept", session: "c1#1.1", epoch, n, heldMs, leaseMs: 1_000, events: numbered });
  }

  hears(message: object, from = "server1"): this {
    this.seat.hears(from, message);
    return this;
  }

  after(ms: number): this {
    this.seat.after(ms);
    return this;
  }

  asleep(ms: number): this {
    this.seat.asleep(ms);
    return this;
  }

  told(): string[] {
    return this.seat.told();
  }

  facts(): string[] {
    return this.told().filter((line) => line.startsWith("fact"));
  }
}

describe("the session", () => {
  it("is opened when it is first needed, and kept by one keep-alive after the other", () => {
    const c1 = new Client().asks({ f: "read", file: "f1" });
    expect(c1.told().at(-1)).toBe(
      "server1 <- call id=c1#1.1 serial=1048577 epoch=0 op={f:open-session,session:c1#1.1,client:c1}",
    );
    c1.hears({ type: "answer", id: "c1#1.1", epoch: 1, result: "c1#1.1", cacheable: false });
    expect(c1.told()).toEqual([
      "fact lease session=c1#1.1 forMs=990",
      "server1 <- keep-alive session=c1#1.1 epoch=1 n=1 taken=0",
      "server1 <- call id=c1#1.2 serial=1048578 epoch=1 op={f:read,session:c1#1.1,file:f1}",
    ]);
    expect(c1.after(100).kept().told().at(-1)).toContain("keep-alive session=c1#1.1 epoch=1 n=2");
  });

  it("counts its lease from when the keep-alive was sent, and how long the master says it kept it", () => {
    expect(new Client().opened().after(600).kept([], 500).facts()).toEqual(["fact lease session=c1#1.1 forMs=885"]);
    expect(new Client().opened().after(600).kept([], 0).facts()).toEqual([]);
  });

  it("is in jeopardy when that is over, and comes through when a master answers within the grace period", () => {
    const c1 = new Client().caching().after(990);
    expect(c1.facts()).toEqual(["fact jeopardy session=c1#1.1 graceMs=3000"]);
    c1.after(2_900).told();
    // Keep-alives every 200 ms; the latest has just been sent.
    const n = 1 + 1 + Math.floor(2_900 / 200) + 1;
    c1.hears({ type: "kept", session: "c1#1.1", epoch: 2, n, heldMs: 0, leaseMs: 1_000, events: [] });
    expect(c1.facts()[0]).toMatch(/^fact lease session=c1#1.1/);
    expect(c1.reads(2)).toContain("epoch=2 op={f:read");
  });

  it("has expired when the grace period is over, or a master says that it is", () => {
    expect(
      new Client()
        .opened()
        .after(990 + 2_999)
        .facts(),
    ).toHaveLength(1);
    expect(
      new Client()
        .opened()
        .after(990 + 3_000)
        .facts(),
    ).toContain("fact expired session=c1#1.1");
    expect(new Client().opened().hears({ type: "session-over", session: "c1#1.1" }).facts()).toEqual([
      "fact expired session=c1#1.1",
    ]);
  });

  it("is opened anew for a read that it was lost under; what became of a write nobody knows", () => {
    const reading = new Client().opened().hears({ type: "session-over", session: "c1#1.1" });
    expect(reading.told().at(-1)).toContain("op={f:open-session,session:c1#1.3,client:c1}");
    const writing = new Client().caching().asks({ f: "write", file: "f1", value: 7 }, 2);
    writing.hears({ type: "session-over", session: "c1#1.1" });
    expect(writing.told().at(-1)).toBe("info c1#2: the session expired before the write was answered");
  });

  it("follows who is master, and takes up a new epoch", () => {
    const c1 = new Client().opened().hears({ type: "not-master", master: "server2" });
    expect(c1.told().map((line) => line.slice(0, 18))).toEqual(["server2 <- call id", "server2 <- keep-al"]);
    c1.hears({ type: "new-epoch", epoch: 2 }, "server2");
    expect(c1.told().map((line) => /epoch=\d/.exec(line)?.[0])).toEqual(["epoch=2", "epoch=2"]);
  });
});

describe("the cache", () => {
  it("serves what it was told that it may", () => {
    expect(new Client().caching().reads(2)).toBe("reply c1#2 null");
    expect(new Client().opened().answered(2, { value: null, generation: 0 }, false).reads(2)).toContain("op={f:read");
  });

  it.each([
    ["it is told to let go of it", (c1: Client) => c1.kept([{ kind: "invalidate", file: "f1", generation: 0 }])],
    ["there is a new master", (c1: Client) => c1.kept([{ kind: "fail-over" }])],
    ["there is a new epoch", (c1: Client) => c1.hears({ type: "new-epoch", epoch: 2 })],
  ])("lets go of it when %s", (_when, happens) => {
    expect(happens(new Client().caching()).reads(2)).toContain("op={f:read");
  });

  it("serves nothing when its lease is over, even if no timer has rung yet", () => {
    const c1 = new Client().caching().asleep(990);
    c1.told();
    expect(c1.asks({ f: "read", file: "f1" }, 2).told()).toEqual([]);
  });

  it("does not keep what an invalidation has overtaken", () => {
    const c1 = new Client().opened().kept([{ kind: "invalidate", file: "f1", generation: 0 }]);
    expect(c1.answered(2, { value: null, generation: 0 }, true).reads(2)).toContain("op={f:read");
  });

  it("tells with the next keep-alive what it has taken in", () => {
    const c1 = new Client().caching().kept([{ kind: "fail-over" }, { kind: "modified", file: "f1", generation: 3 }]);
    expect(c1.told().at(-1)).toContain("n=2 taken=2");
  });
});

describe("a lock", () => {
  const use = { f: "use", file: "f1", hold: 300, write: "resource", value: 7 };
  /** It has asked for the lock, and has been given it. */
  const holding = (): Client => {
    const c1 = new Client().caching().asks(use, 2).answered(1, { granted: 3 }, false, 2);
    c1.told();
    return c1;
  };

  it("is held, written under with its sequencer, and given back", () => {
    const c1 = holding().after(300);
    expect(c1.told()).toEqual(["resource <- write id=c1#2 session=c1#1.1 sequencer={file:f1,generation:3} value=7"]);
    c1.hears({ type: "accepted", id: "c1#2" }, "resource");
    expect(c1.told().at(-1)).toContain("op={f:release,session:c1#1.1,file:f1,generation:3}");
    expect(c1.answered(2, true, false, 2).told()).toEqual(['reply c1#2 {"generation":3}']);
  });

  it("is asked for again when another has it", () => {
    const c1 = new Client().caching().asks(use, 2).answered(1, { taken: 3 }, false, 2);
    c1.told();
    expect(c1.after(50).told()[0]).toContain("op={f:acquire,session:c1#1.1,file:f1}");
  });

  it("is not written under in jeopardy, but when the session is safe again", () => {
    const c1 = new Client()
      .caching()
      .asks({ ...use, hold: 1_100 }, 2)
      .answered(1, { granted: 3 }, false, 2);
    expect(
      c1
        .after(1_100)
        .told()
        .filter((line) => line.startsWith("resource")),
    ).toEqual([]);
    c1.hears({ type: "kept", session: "c1#1.1", epoch: 1, n: 3, heldMs: 0, leaseMs: 1_000, events: [] });
    expect(c1.told().filter((line) => line.startsWith("resource"))).toHaveLength(1);
  });

  it("is gone with the session", () => {
    const c1 = holding().hears({ type: "session-over", session: "c1#1.1" });
    expect(c1.told().at(-1)).toBe("fail c1#2: the session expired before anything was written");
  });
});
