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

  hear(node: NodeId, name: string, data: object): this {
    const hear = this.monitor.facts?.[name] as ((data: object, source: FactSource) => void) | undefined;
    hear?.(data, { node, atMs: this.ms });
    return this;
  }

  granted(owner: string, token: number, node = "server1"): this {
    return this.hear(node, "granted", { owner, client: owner.slice(0, 2), token });
  }

  /** For 1000 ms from now. */
  acquired(owner: string): this {
    return this.hear(owner.slice(0, 2), "acquired", { owner, leaseMs: 1_000, leftMs: 1_000 });
  }
}

describe("one grant a token", () => {
  const heard = (): Hearing => new Hearing("one grant a token").granted("c1#1.1", 4);

  it("refuses one token for two owners, and two for one", () => {
    expect(heard().granted("c2#1.1", 4, "server2").sentences).toEqual([
      "server2 granted the lock to c2#1.1 with the token 4, with which server1 had granted it to c1#1.1.",
    ]);
    expect(heard().granted("c1#1.1", 5).sentences).toHaveLength(1);
  });

  it("lets all servers say the same, and one say it again after a restart", () => {
    expect(heard().granted("c1#1.1", 4, "server2").granted("c2#1.1", 5).granted("c1#1.1", 4).sentences).toEqual([]);
  });
});

describe("lease is kept", () => {
  const heard = (): Hearing => new Hearing("lease is kept").granted("c1#1.1", 4).acquired("c1#1.1");

  it("refuses a grant while another client counts on its lease", () => {
    expect(heard().at(400).granted("c2#1.1", 5).sentences).toEqual([
      "server1 granted the lock to c2#1.1, when c1#1.1 held it and had 590 ms of its lease left.",
    ]);
  });

  it("lets the lock go on when the lease is over, or its holder has left it", () => {
    expect(heard().at(1_000).granted("c2#1.1", 5).sentences).toEqual([]);
    expect(heard().hear("c1", "left", {}).granted("c2#1.1", 5).sentences).toEqual([]);
  });

  it("does not mind who lags behind", () => {
    expect(heard().at(2_000).granted("c2#1.1", 5).acquired("c2#1.1").granted("c1#1.1", 4, "server2").sentences).toEqual([]);
  });
});

describe("refuses only the stale", () => {
  const heard = (): Hearing => new Hearing("refuses only the stale").acquired("c1#1.1").acquired("c2#1.1");
  const write = (hearing: Hearing, what: "accepted" | "refused", owner: string): Hearing =>
    hearing.hear("resource", what, { owner });

  it("refuses a refusal of the newest, and one before anything was accepted", () => {
    expect(write(write(heard(), "accepted", "c2#1.1"), "refused", "c2#1.1").sentences).toHaveLength(1);
    expect(write(heard(), "refused", "c1#1.1").sentences).toHaveLength(1);
  });

  it("lets a write be refused after that of a later holder", () => {
    expect(write(write(heard(), "accepted", "c2#1.1"), "refused", "c1#1.1").sentences).toEqual([]);
  });
});
