/** A server of the token lock with its fake ctx, one of three, and what may happen to it. */

import type { Options } from "../../../harness/protocol.ts";
import { FakeContext, FakeDisk } from "../../locking/testing/fake-context.ts";
import type { AmongServers, FromClient } from "../messages.ts";
import { TokenServer } from "../server.ts";

export const options: Options = {
  fencing: true,
  "longest-lease": 1_000,
  reign: 300,
  heartbeat: 60,
  "election-timeout": { min: 350, max: 700 },
  silent: 500,
  try: 100,
  "back-off": { min: 20, max: 80 },
  patience: 10_000,
};

export const names = ["server1", "server2", "server3", "resource"];

export class Server {
  readonly ctx: FakeContext;
  private readonly node: TokenServer;
  /** Of its heartbeats: one when it was elected, which nobody has heard, and one every 60 ms. */
  private round = 1_000_001;

  constructor(id: string, disk = new FakeDisk(), Wrong: typeof TokenServer = TokenServer) {
    this.ctx = new FakeContext(id, disk, names);
    this.node = new Wrong(this.ctx, options);
    this.node.onStart();
    this.did();
  }

  at(ms: number): this {
    this.ctx.elapsedMs = ms;
    return this;
  }

  hears(from: string, message: AmongServers | FromClient): this {
    this.node.onMessage(from, message);
    return this;
  }

  rings(name: "election" | "serve"): this {
    this.node.onTimer(name);
    return this;
  }

  wants(owner: string, nth = 0): this {
    return this.hears(owner.slice(0, 2), { type: "want", owner, nth, leaseMs: 1_000 });
  }

  /** Elected in epoch 1 by server2 at 400, and heard by it until `untilMs`. Hands out tokens from 1410 on. */
  reigning(untilMs = 400): this {
    this.at(400).rings("election");
    this.hears("server2", { type: "vote", epoch: 1, nth: 1_000_000 });
    this.reignsOn(untilMs);
    this.did();
    return this;
  }

  /** And `meanwhile` happens after each heartbeat. */
  reignsOn(untilMs: number, meanwhile: (ms: number) => void = () => undefined): this {
    while (this.ctx.elapsedMs + 60 <= untilMs) {
      this.at(this.ctx.elapsedMs + 60).rings("election");
      this.round += 1;
      this.hears("server2", { type: "heard", epoch: 1, nth: this.round });
      meanwhile(this.ctx.elapsedMs);
    }
    return this;
  }

  /** What it has sent and written since the last look; facts and timers are left out. */
  did(): string[] {
    const lines = this.ctx.told.filter((line) => !/^(fact|sometimes|timer|no timer)/.test(line));
    this.ctx.told = [];
    return lines;
  }
}
