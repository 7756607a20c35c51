import { describe, expect, it } from "vitest";
import type { FactSource, Monitor, NodeId } from "../../harness/protocol.ts";
import { invariants } from "./invariants.ts";

/** Hears synthetic facts of a balancer with three workers, and keeps what the invariant says against them. */
class Hearing {
  readonly sentences: string[] = [];
  private readonly monitor: Monitor;

  constructor(name: string) {
    const cluster = {
      nodes: ["balancer", "w1", "w2", "w3"],
      role: (node: NodeId) => (node === "balancer" ? "balancer" : "worker"),
    };
    const invariant = invariants.find((one) => one.name === name)!;
    this.monitor = invariant.monitor(cluster, (sentence) => this.sentences.push(sentence));
  }

  /** Until 800 ms. */
  assigned(assignment: string, worker: NodeId, not?: NodeId): this {
    return this.hear("assigned", { assignment, worker, untilMs: 800, ...(not !== undefined && { not }) });
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
