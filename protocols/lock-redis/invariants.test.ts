import { describe, expect, it } from "vitest";
import type { FactSource, Monitor, NodeId } from "../../harness/protocol.ts";
import { invariants } from "./invariants.ts";

const cluster = {
  nodes: ["redis", "resource"],
  spares: [],
  role: (node: NodeId) => (node.startsWith("c") ? "client" : node),
};

/** Hears synthetic facts, and keeps what the invariant says against them. The server's stop-watch shows the true time until it restarts. */
class Hearing {
  readonly sentences: string[] = [];
  private readonly monitor: Monitor;
  private ms = 0;
  private bootMs = 0;
  private grants = 0;

  constructor(name: string) {
    const invariant = invariants.find((one) => one.name === name)!;
    this.monitor = invariant.monitor(cluster, (sentence) => this.sentences.push(sentence));
  }

  at(ms: number): this {
    this.ms = ms;
    return this;
  }

  /** For 1000 ms. */
  granted(owner: string, token = ++this.grants): this {
    const client = owner.slice(0, 2);
    return this.hear("redis", "granted", { owner, client, token, leaseMs: 1_000, atMs: this.ms - this.bootMs });
  }

  released(owner: string, by = owner): this {
    return this.hear("redis", "released", { owner, by });
  }

  acquired(owner: string): this {
    return this.hear(owner.slice(0, 2), "acquired", { owner, leaseMs: 1_000 });
  }

  restarted(node: NodeId = "redis"): this {
    if (node === "redis") this.bootMs = this.ms;
    this.monitor.onRestart?.(node);
    return this;
  }

  wiped(node: NodeId): this {
    this.monitor.onWipe?.(node);
    return this;
  }

  private hear(node: NodeId, name: string, data: object): this {
    const hear = this.monitor.facts?.[name] as ((data: object, source: FactSource) => void) | undefined;
    hear?.(data, { node, atMs: this.ms });
    return this;
  }
}

describe("mutual-exclusion", () => {
  const heard = (): Hearing => new Hearing("mutual-exclusion");

  it("refuses a grant while another client's lease runs", () => {
    expect(heard().granted("c1#1").at(400).granted("c2#1").sentences).toEqual([
      "The lock was granted to c2 (c2#1), when c1 (c1#1) had 600 ms of its lease left and had not released it.",
    ]);
  });

  it("refuses one after a release by somebody else", () => {
    expect(heard().granted("c1#1").released("c1#1", "c3#1").granted("c2#1").sentences).toHaveLength(1);
  });

  it("lets the lock go on when it was released by its owner, or has run out", () => {
    expect(heard().granted("c1#1").released("c1#1").granted("c2#1").at(1_000).granted("c3#1").sentences).toEqual([]);
  });

  it("lets one client be granted it again", () => {
    expect(heard().granted("c1#1").granted("c1#2").sentences).toEqual([]);
  });

  it("counts a lease that was begun anew from there", () => {
    const again = heard().granted("c1#1").at(900).granted("c1#1", 1);
    expect(again.at(1_500).granted("c2#1").sentences).toHaveLength(1);
  });

  it("goes by the true time when the server has restarted and says nothing of what it held", () => {
    expect(heard().at(5_000).granted("c1#1").at(5_500).restarted().granted("c2#1").sentences).toHaveLength(1);
    expect(heard().at(5_000).granted("c1#1").at(6_000).restarted().granted("c2#1").sentences).toEqual([]);
    expect(heard().at(5_000).granted("c1#1").at(5_500).restarted("resource").granted("c2#1").sentences).toHaveLength(1);
  });
});

describe("tokens-grow", () => {
  const heard = (): Hearing => new Hearing("tokens-grow");

  it("refuses a token that was given out before", () => {
    expect(heard().granted("c1#1", 3).granted("c2#1", 3).sentences).toEqual([
      "c2#1 was granted the lock with the token 3, after c1#1 with 3.",
    ]);
    expect(heard().granted("c1#1", 3).granted("c2#1", 1).sentences).toHaveLength(1);
  });

  it("lets a grant be stated again, and an emptied disk begin anew", () => {
    expect(heard().granted("c1#1", 3).granted("c1#1", 3).granted("c2#1", 4).sentences).toEqual([]);
    expect(heard().granted("c1#1", 3).wiped("redis").granted("c2#1", 1).sentences).toEqual([]);
    expect(heard().granted("c1#1", 3).wiped("resource").granted("c2#1", 1).sentences).toHaveLength(1);
  });
});

describe("holder-is-granted", () => {
  const heard = (): Hearing => new Hearing("holder-is-granted");

  it("refuses a client that takes a lock that is another's by now", () => {
    expect(heard().granted("c1#1").at(500).granted("c2#1").acquired("c1#1").sentences).toEqual([
      "c1 took the lock as c1#1, when it had been granted to c2#1.",
    ]);
  });

  it("refuses one whose lease was over before it began", () => {
    expect(heard().granted("c1#1").at(1_200).acquired("c1#1").sentences).toEqual([
      "c1 took the lock as c1#1, 1200 ms after it had been granted for 1000 ms.",
    ]);
  });

  it("refuses one that nobody has granted anything", () => {
    expect(heard().acquired("c1#1").sentences).toEqual(["c1 took the lock as c1#1, but nobody was ever granted it."]);
  });

  it("lets the holder begin while its lease lasts, and gives clocks the benefit of the doubt", () => {
    expect(heard().granted("c1#1").at(1_010).acquired("c1#1").sentences).toEqual([]);
  });
});
