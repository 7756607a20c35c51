/** A told story: three servers in the simulator, what clients ask and when, which links are cut and who crashes. */

import { checkLinearizable, type KeyValueInput, keyValue } from "../../../harness/check/index.ts";
import type { NodeId } from "../../../harness/protocol.ts";
import { type ClientOperation, Cluster, roots } from "../../../harness/sim/index.ts";
import { primaryBackup } from "../index.ts";
import type { Op } from "../messages.ts";

const servers = ["n1", "n2", "n3"].map((id) => ({ id, role: "server" }));

export class Story {
  private readonly cluster = new Cluster({
    roots: roots(1),
    servers,
    clients: ["c1", "c2"],
    weather: { latency: { kind: "constant", us: 1_000 }, lossPpm: 0, duplicatePpm: 0 },
    // Retried, so that a client whose links are cut comes to the server that it can reach.
    policy: { ...primaryBackup.client, tryMs: 20, timeoutMs: 1_000, retry: true },
    create: (ctx) => primaryBackup.create(ctx, { heartbeat: 50, failover: 200 }),
    invariants: [],
    selectors: primaryBackup.selectors!,
    goals: primaryBackup.goals!,
  });
  private operations = 0;

  constructor() {
    this.cluster.boot();
  }

  /** Lets so much time pass. */
  wait(ms: number): this {
    this.cluster.runUntil(this.cluster.nowUs + ms * 1_000);
    return this;
  }

  /** Asks and waits for the answer. */
  ask(client: NodeId, op: Op): this {
    this.operations += 1;
    this.cluster.offer(this.cluster.nowUs, client, `o${this.operations}`, op);
    return this.wait(100);
  }

  /** From here on nothing passes between these two, either way. */
  cut(one: NodeId, other: NodeId): this {
    for (const [from, to] of [[one, other] as const, [other, one] as const]) this.cluster.cut("a cut", { from, to });
    return this;
  }

  mend(one: NodeId, other: NodeId): this {
    for (const [from, to] of [[one, other] as const, [other, one] as const]) this.cluster.uncut("a cut", { from, to });
    return this;
  }

  crash(node: NodeId): this {
    this.cluster.crash("a crash", node);
    return this;
  }

  restart(node: NodeId): this {
    this.cluster.restart("a crash", node);
    return this;
  }

  get primary(): NodeId | undefined {
    return this.cluster.select("primary");
  }

  get goals(): readonly string[] {
    return [...this.cluster.goals];
  }

  get answers(): readonly unknown[] {
    return this.cluster.operations.map(({ outcome, output }) => (outcome === "ok" ? output : outcome));
  }

  get isLinearizable(): boolean {
    const judged = ({ process, op, outcome, output, invoked, returned }: ClientOperation) =>
      ({
        process,
        input: op as KeyValueInput,
        output,
        outcome: outcome === "open" ? "info" : outcome,
        invoked,
        returned,
      }) as const;
    return checkLinearizable(this.cluster.operations.map(judged), keyValue).verdict === "valid";
  }
}
