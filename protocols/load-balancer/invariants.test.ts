import { describe, expect, it } from "vitest";
import type { FactSource, Monitor, NodeId } from "../../harness/protocol.ts";
import { invariants } from "./invariants.ts";
import type { AssignedFact } from "./messages.ts";
import type { PolicyName } from "./policies.ts";

/** Hears synthetic facts of a balancer with three workers, and keeps what the invariant says against them. */
class Hearing {
  readonly sentences: string[] = [];
  private requests = 0;
  private readonly monitor: Monitor;

  constructor(name: string) {
    const cluster = {
      nodes: ["balancer", "w1", "w2", "w3"],
      spares: [],
      role: (node: NodeId) => (node === "balancer" ? "balancer" : "worker"),
    };
    const invariant = invariants.find((one) => one.name === name)!;
    this.monitor = invariant.monitor(cluster, (sentence) => this.sentences.push(sentence));
  }

  /** Until 800 ms. */
  assigned(assignment: string, worker: NodeId, not?: NodeId, more: Partial<AssignedFact> = {}): this {
    const fact = { assignment, worker, policy: "least-connections", key: "k1", boundPercent: 150, untilMs: 800 };
    return this.hear("assigned", { ...fact, ...more, ...(not !== undefined && { not }) });
  }

  /** By another policy: each a request of its own, that stays open. */
  chose(policy: PolicyName, worker: NodeId, more: Partial<AssignedFact> = {}): this {
    this.requests += 1;
    return this.assigned(`r${this.requests}/1`, worker, undefined, { policy, ...more });
  }

  checked(slept = false): this {
    return this.hear("checked", { noticedAfter: 3, slept });
  }

  draining(worker: NodeId): this {
    return this.hear("draining", { worker });
  }

  serving(worker: NodeId): this {
    return this.hear("serving", { worker });
  }

  restarted(node: NodeId): this {
    this.monitor.onRestart?.(node);
    return this;
  }

  over(assignment: string, worker: NodeId): this {
    return this.hear("over", { assignment, worker, why: "done" });
  }

  dead(worker: NodeId): this {
    return this.hear("dead", { worker });
  }

  alive(worker: NodeId): this {
    return this.hear("alive", { worker });
  }

  answered(request: string): this {
    return this.hear("answered", { request });
  }

  loads(w1: number, w2: number, w3: number, atMs = 100): this {
    return this.hear("loads", { atMs, open: { w1, w2, w3 } });
  }

  crashed(node: NodeId): this {
    this.monitor.onCrash?.(node);
    return this;
  }

  private hear(name: string, data: object): this {
    const hear = this.monitor.facts?.[name] as ((data: object, source: FactSource) => void) | undefined;
    hear?.(data, { node: "balancer", atMs: 0 });
    return this;
  }
}

describe("load is given back", () => {
  const heard = (): Hearing => new Hearing("load is given back");

  it("refuses a count that stays when what it counts is over", () => {
    expect(heard().assigned("a/1", "w1").loads(1, 0, 0).over("a/1", "w1").loads(1, 0, 0).sentences).toEqual([
      "balancer counts 1 request at w1, but waits for 0.",
    ]);
  });

  it("refuses one that was counted down too often", () => {
    expect(heard().assigned("a/1", "w2").over("a/1", "w2").loads(0, -1, 0).sentences).toEqual([
      "balancer counts -1 request at w2, but waits for 0.",
    ]);
  });

  it("refuses load of a worker that is held for dead", () => {
    expect(heard().assigned("a/1", "w1").dead("w1").loads(1, 0, 0).sentences).toEqual([
      "balancer holds w1 for dead, and still counts 1 request there.",
    ]);
  });

  it("refuses to wait for ever", () => {
    expect(heard().assigned("a/1", "w1").loads(1, 0, 0, 800).sentences).toEqual([]);
    expect(heard().assigned("a/1", "w1").loads(1, 0, 0, 900).sentences).toEqual([
      "balancer still waits for a/1 at w1, 100 ms after its time.",
    ]);
  });

  it("lets counts follow what is open, and begin anew after a crash of the balancer, but of nobody else", () => {
    const open = heard().assigned("a/1", "w1").assigned("b/1", "w2").loads(1, 1, 0).over("a/1", "w1").loads(0, 1, 0);
    expect(open.crashed("w2").loads(0, 1, 0).crashed("balancer").loads(0, 0, 0).sentences).toEqual([]);
  });
});

describe("no request to the dead", () => {
  const heard = (): Hearing => new Hearing("no request to the dead");

  it("refuses a request to a worker that is held for dead", () => {
    expect(heard().dead("w1").assigned("a/1", "w1").sentences).toEqual(["balancer sent a/1 to w1, which it holds for dead."]);
  });

  it("lets it be sent to the others, and to the worker when it is back, or when the balancer has forgotten", () => {
    expect(heard().dead("w1").assigned("a/1", "w2").alive("w1").assigned("b/1", "w1").sentences).toEqual([]);
    expect(heard().dead("w1").crashed("balancer").assigned("a/1", "w1").sentences).toEqual([]);
  });
});

describe("fewest open requests", () => {
  const heard = (): Hearing => new Hearing("fewest open requests");

  it("refuses a choice while another worker has fewer", () => {
    expect(heard().assigned("a/1", "w1").assigned("b/1", "w1").sentences).toEqual([
      "balancer sent b/1 to w1, which had 1 request open, while w2 had 0.",
    ]);
  });

  it("lets ties go anywhere, and leaves out the dead and where it has just come to nothing", () => {
    expect(heard().assigned("a/1", "w3").assigned("b/1", "w1").assigned("c/1", "w2").assigned("d/1", "w2").sentences).toEqual([]);
    expect(heard().assigned("a/1", "w1").dead("w2").assigned("b/2", "w1", "w3").sentences).toEqual([]);
  });
});

describe("answered once", () => {
  it("refuses a second answer to one request, and no other", () => {
    expect(new Hearing("answered once").answered("c1#1").answered("c1#2").sentences).toEqual([]);
    expect(new Hearing("answered once").answered("c1#1").answered("c1#1").sentences).toEqual([
      "balancer answered c1#1 a second time.",
    ]);
  });
});

describe("the dead are noticed", () => {
  const heard = (): Hearing => new Hearing("the dead are noticed").checked().crashed("w1").checked().checked();

  it("refuses a request to a worker that has been down for three checks, whatever the balancer holds it for", () => {
    expect(heard().assigned("a/1", "w1").sentences).toEqual([]);
    expect(heard().checked().assigned("a/1", "w1").sentences).toEqual([
      "balancer sent a/1 to w1, which has been down for 3 health checks.",
    ]);
  });

  it("begins to count anew when the worker is back, or the balancer has slept or crashed", () => {
    expect(heard().restarted("w1").checked().assigned("a/1", "w1").sentences).toEqual([]);
    expect(heard().checked(true).checked().assigned("a/1", "w1").sentences).toEqual([]);
    expect(heard().crashed("balancer").checked().assigned("a/1", "w1").sentences).toEqual([]);
  });
});

describe("no request to the draining", () => {
  it("refuses a request to a worker that drains, until it serves again", () => {
    const heard = new Hearing("no request to the draining").draining("w1").assigned("a/1", "w2").assigned("b/1", "w1");
    expect(heard.sentences).toEqual(["balancer sent b/1 to w1, which is draining."]);
    expect(heard.serving("w1").assigned("c/1", "w1").sentences).toHaveLength(1);
    expect(heard.draining("w1").draining("w2").draining("w3").assigned("d/1", "w1").sentences).toHaveLength(1);
  });
});

describe("the better of two", () => {
  const heard = (): Hearing => new Hearing("the better of two").chose("two-choices", "w1", { among: ["w1", "w2"] });

  it("refuses the busier of the two, and lets a third be freer still", () => {
    expect(heard().chose("two-choices", "w1", { among: ["w1", "w2"] }).sentences).toEqual([
      "balancer sent r2/1 to w1, which had 1 request open, while w2, drawn with it, had 0.",
    ]);
    expect(heard().chose("two-choices", "w2", { among: ["w1", "w2"] }).sentences).toEqual([]);
  });

  it("refuses to look at one only, where there are two", () => {
    expect(heard().chose("two-choices", "w2", { among: ["w2"] }).sentences).toEqual([
      "balancer sent r2/1 to w2, having looked at 1 of 3 workers.",
    ]);
    expect(
      heard()
        .dead("w1")
        .dead("w3")
        .chose("two-choices", "w2", { among: ["w2"] }).sentences,
    ).toEqual([]);
  });
});

describe("in turn", () => {
  const heard = (): Hearing => new Hearing("in turn").chose("round-robin", "w1");

  it("refuses to pass over somebody in service", () => {
    expect(heard().chose("round-robin", "w3").sentences).toEqual(["balancer sent r2/1 to w3, but it was the turn of w2."]);
    expect(heard().chose("round-robin", "w1").sentences).toEqual(["balancer sent r2/1 to w1, but it was the turn of w2."]);
  });

  it("lets the dead and the draining be passed over, and begins anywhere after a crash", () => {
    expect(heard().dead("w2").chose("round-robin", "w3").chose("round-robin", "w1").sentences).toEqual([]);
    expect(heard().crashed("balancer").chose("round-robin", "w3").sentences).toEqual([]);
  });
});

describe("shares by weight", () => {
  const turns = (...workers: NodeId[]): readonly string[] =>
    workers.reduce((heard, worker) => heard.chose("weighted", worker), new Hearing("shares by weight")).sentences;

  it("refuses a round in which a worker got more or less than its weight", () => {
    expect(turns("w3", "w2", "w3", "w1", "w2", "w3")).toEqual([]);
    expect(turns("w3", "w2", "w3", "w3", "w2", "w3")).toEqual([
      "balancer sent r6/1 to w3, and so w1 got 0 of 6 requests, where its weight is 1.",
    ]);
  });
});

describe("a key moves only with cause", () => {
  const heard = (): Hearing => new Hearing("a key moves only with cause").chose("hash", "w1", { key: "k1" });

  it("refuses to move a key between two workers that were there all the time", () => {
    expect(heard().chose("hash", "w2", { key: "k2" }).chose("hash", "w2", { key: "k1" }).sentences).toEqual([
      "balancer sent r3/1 to w2, but k1 was with w1, which is in service, as w2 was before.",
    ]);
  });

  it("lets it leave a worker that is gone, come back to one that has come back, and overflow", () => {
    expect(heard().dead("w1").chose("hash", "w2").alive("w1").chose("hash", "w1").sentences).toEqual([]);
    expect(heard().chose("hash", "w2", { overflow: true }).chose("hash", "w1").sentences).toEqual([]);
  });
});

describe("bounded load", () => {
  const heard = (): Hearing => new Hearing("bounded load").chose("hash", "w1");

  it("refuses more than the bound, and an overflow while there is room", () => {
    expect(heard().chose("hash", "w1").sentences).toEqual([
      "balancer sent r2/1 to w1, which had 1 request open, where 1 are its bound.",
    ]);
    expect(new Hearing("bounded load").chose("hash", "w2", { overflow: true }).sentences).toEqual([
      "balancer sent r1/1 to w2, as an overflow, while nobody had the 1 request that are the bound.",
    ]);
  });

  it("lets who is full pass on to the next", () => {
    expect(heard().chose("hash", "w2", { overflow: true }).sentences).toEqual([]);
  });
});
