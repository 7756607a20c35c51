import { describe, expect, it } from "vitest";
import type { FactSource, Monitor, NodeId } from "../../harness/protocol.ts";
import { type Acknowledged, type Holds, invariants } from "./invariants.ts";

/** Hears synthetic facts, and keeps what the invariant says against them. */
class Hearing {
  readonly sentences: string[] = [];
  private readonly monitor: Monitor;

  constructor(name: string) {
    const invariant = invariants.find((one) => one.name === name)!;
    this.monitor = invariant.monitor({ nodes: ["n1", "n2", "n3"], spares: [], role: () => "replica" }, (sentence) =>
      this.sentences.push(sentence),
    );
  }

  holds(node: NodeId, counter: number, writer: NodeId, value: unknown, key = ""): this {
    return this.hear("holds", { key, counter, writer, value }, node);
  }

  acknowledged(node: NodeId, counter: number, writer: NodeId, key = ""): this {
    return this.hear("acknowledged", { key, counter, writer }, node);
  }

  wiped(node: NodeId): this {
    this.monitor.onWipe?.(node);
    return this;
  }

  private hear(name: string, data: Holds | Acknowledged, node: NodeId): this {
    const hear = this.monitor.facts?.[name] as ((data: object, source: FactSource) => void) | undefined;
    hear?.(data, { node, atMs: 0 });
    return this;
  }
}

describe("timestamps only grow", () => {
  const heard = (): Hearing => new Hearing("timestamps only grow");

  it("refuses a replica that holds something older than before", () => {
    expect(heard().holds("n1", 4, "n2", 7).holds("n1", 3, "n3", 6).sentences).toEqual([
      "n1 held the copy 4.n2 and now holds 3.n3, which is older.",
    ]);
  });

  it("refuses one that comes back with nothing", () => {
    expect(heard().holds("n1", 4, "n2", 7, "x").holds("n1", 0, "", null, "x").sentences).toEqual([
      "n1 held the copy 4.n2 of x and now holds nothing, which is older.",
    ]);
  });

  it("refuses the lesser writer of one counter", () => {
    expect(heard().holds("n1", 4, "n2", 7).holds("n1", 4, "n1", 6).sentences).toHaveLength(1);
  });

  it("lets copies grow, be stated again, and differ between replicas and keys", () => {
    const all = heard().holds("n1", 1, "n2", 7).holds("n1", 1, "n2", 7).holds("n1", 2, "n1", 8);
    expect(all.holds("n2", 1, "n2", 7).holds("n1", 1, "n1", 5, "y").sentences).toEqual([]);
  });

  it("lets an emptied disk begin anew", () => {
    expect(heard().holds("n1", 4, "n2", 7).wiped("n1").holds("n1", 0, "", null).sentences).toEqual([]);
  });
});

describe("acknowledged is held", () => {
  const heard = (): Hearing => new Hearing("acknowledged is held");

  it("refuses a replica that comes back with less than it has acknowledged", () => {
    expect(heard().acknowledged("n1", 4, "n2").holds("n1", 3, "n2", 6).sentences).toEqual([
      "n1 acknowledged the copy 4.n2, but holds 3.n2, which is older.",
    ]);
  });

  it("remembers the newest promise, whatever was acknowledged after it", () => {
    expect(heard().acknowledged("n1", 4, "n2").acknowledged("n1", 2, "n2").holds("n1", 3, "n2", 6).sentences).toHaveLength(1);
  });

  it("lets a replica hold what it has acknowledged, or more", () => {
    expect(heard().acknowledged("n1", 4, "n2").holds("n1", 4, "n2", 7).holds("n1", 5, "n1", 8).sentences).toEqual([]);
  });

  it("does not hold one replica to the promise of another, nor to one for another key", () => {
    expect(heard().acknowledged("n1", 4, "n2").holds("n2", 3, "n2", 6).holds("n1", 3, "n2", 6, "y").sentences).toEqual([]);
  });

  it("lets an emptied disk begin anew", () => {
    expect(heard().acknowledged("n1", 4, "n2").wiped("n1").holds("n1", 0, "", null).sentences).toEqual([]);
  });
});

describe("one value per timestamp", () => {
  const heard = (): Hearing => new Hearing("one value per timestamp");

  it("refuses two values under one timestamp", () => {
    expect(heard().holds("n1", 4, "n2", 7, "x").holds("n3", 4, "n2", 8, "x").sentences).toEqual([
      "Under the timestamp 4.n2 of x n3 holds 8, but n1 has held 7.",
    ]);
  });

  it("lets one value stand at many replicas, and one counter at two writers and two keys", () => {
    const all = heard().holds("n1", 4, "n2", 7).holds("n2", 4, "n2", 7).holds("n3", 4, "n3", 9);
    expect(all.holds("n1", 4, "n2", 1, "y").sentences).toEqual([]);
  });
});
