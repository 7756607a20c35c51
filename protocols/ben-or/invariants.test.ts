import { describe, expect, it } from "vitest";
import type { FactSource, Monitor, NodeId } from "../../harness/protocol.ts";
import { invariants } from "./invariants.ts";

/** Hears synthetic facts about "d1" of five servers, and keeps what the invariant says against them. */
class Hearing {
  readonly sentences: string[] = [];
  private readonly monitor: Monitor;

  constructor(name: string) {
    const cluster = { nodes: ["n1", "n2", "n3", "n4", "n5"], spares: [], role: () => "server" };
    this.monitor = invariants.find((one) => one.name === name)!.monitor(cluster, (sentence) => this.sentences.push(sentence));
  }

  reports(node: NodeId, round: number, value: 0 | 1): this {
    return this.hear("report", { key: "d1", round, value }, node);
  }
  proposes(node: NodeId, round: number, value: 0 | 1 | "?"): this {
    return this.hear("proposal", { key: "d1", round, value }, node);
  }
  decides(node: NodeId, value: 0 | 1, round?: number, key = "d1"): this {
    return this.hear("decided", { key, value, ...(round !== undefined && { round }) }, node);
  }
  wiped(node: NodeId): this {
    this.monitor.onWipe?.(node);
    return this;
  }

  private hear(name: string, data: object, node: NodeId): this {
    const hear = this.monitor.facts?.[name] as ((data: object, source: FactSource) => void) | undefined;
    hear?.(data, { node, atMs: 0 });
    return this;
  }
}

describe("agreement", () => {
  it("refuses two decisions, also of one server, and not about two things", () => {
    expect(new Hearing("agreement").decides("n1", 0).decides("n2", 1).sentences).toEqual(["n2 has decided 1 for d1, and n1 0."]);
    expect(new Hearing("agreement").decides("n1", 0).decides("n1", 1).sentences).toHaveLength(1);
    expect(new Hearing("agreement").decides("n1", 0).decides("n2", 0).decides("n2", 1, 1, "d2").sentences).toEqual([]);
  });
});

describe("validity", () => {
  it("refuses what nobody brought along", () => {
    expect(new Hearing("validity").reports("n1", 1, 0).reports("n2", 2, 1).decides("n1", 1).sentences).toEqual([
      "n1 has decided 1 for d1, and nobody had that for its input.",
    ]);
    expect(new Hearing("validity").reports("n1", 1, 0).decides("n2", 0).sentences).toEqual([]);
  });
});

describe("one word a step", () => {
  it("refuses a server that comes back and says something else", () => {
    expect(new Hearing("one word a step").reports("n1", 2, 0).reports("n1", 2, 1).sentences).toEqual([
      "n1 had the report 0 in round 2 of d1, and has 1 now.",
    ]);
    expect(new Hearing("one word a step").proposes("n1", 2, "?").proposes("n1", 2, 1).sentences).toHaveLength(1);
  });

  it("lets it say the same again, another thing in another step, and anything after its disk is gone", () => {
    const all = new Hearing("one word a step").reports("n1", 2, 0).reports("n1", 2, 0).reports("n1", 3, 1).proposes("n1", 2, 1);
    expect(all.reports("n2", 2, 1).wiped("n1").reports("n1", 2, 1).sentences).toEqual([]);
  });
});

describe("majority behind a proposal", () => {
  it("refuses a proposal with half of the servers behind it, or with reports of another round", () => {
    const two = new Hearing("majority behind a proposal").reports("n1", 1, 0).reports("n2", 1, 0);
    expect(two.reports("n3", 2, 0).reports("n4", 1, 1).proposes("n1", 1, 0).sentences).toEqual([
      "n1 proposes 0 in round 1 of d1, which 2 of 5 servers have reported.",
    ]);
  });

  it("counts a server once, and asks nothing of who proposes nothing", () => {
    const two = new Hearing("majority behind a proposal").reports("n1", 1, 0).reports("n2", 1, 0);
    expect(two.reports("n2", 1, 0).proposes("n1", 1, "?").sentences).toEqual([]);
    expect(two.proposes("n1", 1, 0).sentences).toHaveLength(1);
    expect(two.reports("n5", 1, 0).proposes("n2", 1, 0).sentences).toHaveLength(1);
  });
});

describe("one proposal a round", () => {
  it("refuses two, lets some propose nothing, and takes each round for itself", () => {
    const heard = new Hearing("one proposal a round").proposes("n1", 1, 0).proposes("n2", 1, "?").proposes("n2", 2, 1);
    expect(heard.sentences).toEqual([]);
    expect(heard.proposes("n3", 1, 1).sentences).toEqual(["In round 1 of d1 n3 proposes 1, and n1 0."]);
  });
});

describe("decision binds", () => {
  const sentence = "n1 has decided 0 in round 2 of d1, but n2 reports 1 in round 3.";

  it("refuses another value in a later round, whichever was heard first", () => {
    expect(new Hearing("decision binds").decides("n1", 0, 2).reports("n2", 3, 1).sentences).toEqual([sentence]);
    expect(new Hearing("decision binds").reports("n2", 3, 1).decides("n1", 0, 2).sentences).toEqual([sentence]);
  });

  it("says nothing of earlier rounds, nor of who was told", () => {
    const heard = new Hearing("decision binds").reports("n2", 2, 1).decides("n1", 0, 2).reports("n3", 3, 0);
    expect(heard.decides("n4", 0).sentences).toEqual([]);
  });
});
