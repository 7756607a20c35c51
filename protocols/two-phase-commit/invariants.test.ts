import { describe, expect, it } from "vitest";
import type { FactSource, Monitor, NodeId } from "../../harness/protocol.ts";
import { invariants, type Recovered } from "./invariants.ts";
import type { Txn } from "./messages.ts";

/** Hears synthetic facts, and keeps what the invariant says against them. */
class Hearing {
  readonly sentences: string[] = [];
  private nowMs = 0;
  private readonly monitor: Monitor;

  constructor(name: string) {
    const nodes = ["coordinator", "participant1", "participant2"];
    const role = (node: NodeId): string => (node === "coordinator" ? node : "participant");
    this.monitor = invariants
      .find((one) => one.name === name)!
      .monitor({ nodes, spares: [], role }, (sentence) => this.sentences.push(sentence));
  }

  decided(txn: Txn, outcome: "commit" | "abort"): this {
    return this.hear("decided", { txn, outcome, participants: ["participant1", "participant2"] }, "coordinator");
  }
  prepared(node: NodeId, txn: Txn, changes: object = { a1: -5 }): this {
    return this.hear("prepared", { txn, changes }, node);
  }
  preparedFor(limitMs: number, node: NodeId, txn: Txn): this {
    return this.hear("prepared", { txn, changes: {}, limitMs }, node);
  }
  at(ms: number): this {
    this.nowMs = ms;
    return this;
  }
  committed(node: NodeId, txn: Txn): this {
    return this.hear("committed", { txn }, node);
  }
  aborted(node: NodeId, txn: Txn): this {
    return this.hear("aborted", { txn }, node);
  }
  recovered(node: NodeId, held: Partial<Recovered> = {}): this {
    return this.hear("recovered", { prepared: [], committed: [], aborted: [], ...held }, node);
  }
  wiped(node: NodeId): this {
    this.monitor.onWipe?.(node);
    return this;
  }
  healed(): this {
    this.monitor.onHeal?.(0);
    return this;
  }
  ended(): this {
    this.monitor.end?.(this.nowMs);
    return this;
  }

  private hear(name: string, data: object, node: NodeId): this {
    const hear = this.monitor.facts?.[name] as ((data: object, source: FactSource) => void) | undefined;
    hear?.(data, { node, atMs: this.nowMs });
    return this;
  }
}

const [p1, p2] = ["participant1", "participant2"] as const;

describe("atomicity", () => {
  const heard = (): Hearing => new Hearing("atomicity");

  it("refuses a participant that aborts what another has committed", () => {
    expect(heard().committed(p1, "t1").aborted(p2, "t1").sentences).toEqual([
      "participant2 has aborted transaction t1, which participant1 has committed.",
    ]);
  });

  it("refuses one that does not do as the coordinator has decided", () => {
    expect(heard().decided("t1", "abort").committed(p1, "t1").sentences).toEqual([
      "participant1 has committed transaction t1, which coordinator has aborted.",
    ]);
  });

  it("hears what the crash had swallowed", () => {
    expect(
      heard()
        .committed(p1, "t1")
        .recovered(p2, { aborted: ["t1"] }).sentences,
    ).toHaveLength(1);
  });

  it("lets all do the same, and different things with different transactions", () => {
    const all = heard()
      .decided("t1", "commit")
      .committed(p1, "t1")
      .committed(p2, "t1")
      .recovered(p1, { committed: ["t1"] });
    expect(
      all
        .aborted(p1, "t2")
        .decided("t2", "abort")
        .recovered(p2, { prepared: ["t2"] }).sentences,
    ).toEqual([]);
  });
});

describe("stable decision", () => {
  const heard = (): Hearing => new Hearing("stable decision");

  it("refuses a change of mind", () => {
    expect(heard().aborted(p1, "t1").committed(p1, "t1").sentences).toEqual([
      "participant1 had aborted transaction t1 and has committed it now.",
    ]);
  });

  it("refuses a node that comes back without what it had committed", () => {
    expect(
      heard()
        .committed(p1, "t1")
        .recovered(p1, { prepared: ["t1"] }).sentences,
    ).toEqual(["participant1 had committed transaction t1, and its log knows nothing of it after a restart."]);
    expect(heard().decided("t1", "commit").recovered("coordinator").sentences).toHaveLength(1);
  });

  it("lets an abort be forgotten, and heard again", () => {
    expect(
      heard()
        .aborted(p1, "t1")
        .recovered(p1, { prepared: ["t1"] })
        .aborted(p1, "t1").sentences,
    ).toEqual([]);
  });

  it("lets an emptied disk forget everything", () => {
    expect(heard().committed(p1, "t1").wiped(p1).recovered(p1).sentences).toEqual([]);
  });
});

describe("unanimity", () => {
  const heard = (): Hearing => new Hearing("unanimity");

  it("refuses a commit without everybody's vote", () => {
    expect(heard().prepared(p1, "t1").prepared(p2, "t2").decided("t1", "commit").sentences).toEqual([
      "coordinator decided to commit transaction t1, but participant2 had not voted yes on it.",
    ]);
  });

  it("lets a commit follow all votes, also those that were only heard of after a crash", () => {
    expect(
      heard()
        .prepared(p1, "t1")
        .recovered(p2, { prepared: ["t1"] })
        .decided("t1", "commit").sentences,
    ).toEqual([]);
  });

  it("lets an abort follow anything", () => {
    expect(heard().prepared(p1, "t1").decided("t1", "abort").sentences).toEqual([]);
  });
});

describe("votes bind", () => {
  const heard = (): Hearing => new Hearing("votes bind");

  it("refuses a participant that comes back without what it was ready for", () => {
    expect(
      heard()
        .prepared(p1, "t1")
        .recovered(p1, { prepared: ["t2"] }).sentences,
    ).toEqual(["participant1 was ready to commit transaction t1, and its log knows nothing of it after a restart."]);
  });

  it("lets it come back in doubt, or with an outcome, or from an emptied disk", () => {
    for (const held of [{ prepared: ["t1"] }, { committed: ["t1"] }, { aborted: ["t1"] }]) {
      expect(heard().prepared(p1, "t1").recovered(p1, held).sentences).toEqual([]);
    }
    expect(heard().prepared(p1, "t1").wiped(p1).recovered(p1).recovered(p2).sentences).toEqual([]);
  });
});

describe("decided", () => {
  const heard = (): Hearing => new Hearing("decided");

  it("refuses a participant that is in doubt to the end", () => {
    expect(heard().prepared(p1, "t1").prepared(p2, "t1").committed(p2, "t1").healed().ended().sentences).toEqual([
      "participant1 was ready to commit transaction t1 before the heal, and has not learned what became of it.",
    ]);
  });

  it("lets it learn late, or have learned before it crashed", () => {
    expect(heard().prepared(p1, "t1").healed().aborted(p1, "t1").ended().sentences).toEqual([]);
    expect(
      heard()
        .prepared(p1, "t1")
        .recovered(p1, { committed: ["t1"] })
        .healed()
        .ended().sentences,
    ).toEqual([]);
  });

  it("says nothing of what began after the heal, nor of reads: the run may end before they are over", () => {
    expect(heard().healed().prepared(p1, "t1").ended().sentences).toEqual([]);
    expect(heard().prepared(p1, "t1", {}).healed().ended().sentences).toEqual([]);
  });

  it("says nothing before the end", () => {
    expect(heard().prepared(p1, "t1").healed().sentences).toEqual([]);
  });
});

describe("bounded blocking", () => {
  const heard = (): Hearing => new Hearing("bounded blocking");
  const sentence = "participant1 was in doubt about transaction t1 for 901 ms, and the limit is 900 ms.";

  it("refuses a participant that learns the outcome too late, before a crash or after it, or never", () => {
    const inDoubt = (): Hearing => heard().at(100).preparedFor(900, p1, "t1").at(1_001);
    expect(inDoubt().aborted(p1, "t1").sentences).toEqual([sentence]);
    expect(inDoubt().recovered(p1, { committed: ["t1"] }).sentences).toEqual([sentence]);
    expect(
      inDoubt()
        .recovered(p1, { prepared: ["t1"] })
        .ended().sentences,
    ).toEqual([sentence]);
  });

  it("lets it learn in time, hear it again later, or be in doubt without a limit", () => {
    const inTime = heard().preparedFor(900, p1, "t1").at(900).committed(p1, "t1").at(5_000).committed(p1, "t1");
    expect(inTime.ended().sentences).toEqual([]);
    expect(heard().prepared(p1, "t1").at(5_000).committed(p1, "t1").ended().sentences).toEqual([]);
  });
});
