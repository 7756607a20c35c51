/** A server, a resource and a client of a Redis lock, each with its fake ctx, and what may happen to it. */

import type { Options, Request } from "../../../harness/protocol.ts";
import type { Use } from "../../../harness/workloads/lock.ts";
import type { FromResource, Resource } from "../../locking/index.ts";
import { FakeContext, FakeDisk } from "../../locking/testing/fake-context.ts";
import type { RedisClient } from "../client.ts";
import type { FromRedis } from "../messages.ts";
import { single } from "../nodes.ts";
import type { Redis } from "../redis.ts";

export const options: Options = { fencing: true, try: 100, "back-off": { min: 20, max: 80 }, patience: 10_000 };

/** What plays the roles, right or wrong. */
export type Parts = typeof single;

/** What has been told since the last look; `did` leaves facts and goals away. */
class Watched {
  readonly ctx: FakeContext;

  constructor(ctx: FakeContext) {
    this.ctx = ctx;
  }

  told(): string[] {
    const { told } = this.ctx;
    this.ctx.told = [];
    return told;
  }

  did(): string[] {
    return this.told().filter((line) => !/^(fact|sometimes)/.test(line));
  }

  at(ms: number): this {
    this.ctx.elapsedMs = ms;
    return this;
  }
}

export class RedisServer extends Watched {
  private readonly parts: Parts;
  private readonly node: Redis;

  constructor(parts: Parts = single, disk = new FakeDisk()) {
    super(new FakeContext("redis", disk));
    this.parts = parts;
    this.node = new parts.redis(this.ctx, options);
    this.node.onStart();
  }

  /** The next incarnation, on the same disk. Its stop-watch shows 0. */
  restarted(): RedisServer {
    return new RedisServer(this.parts, this.ctx.disk);
  }

  set(owner: string, leaseMs = 5_000): this {
    this.node.onMessage(clientOf(owner), { type: "set-nx", owner, leaseMs });
    return this;
  }

  extend(owner: string, nth = 1, leaseMs = 5_000): this {
    this.node.onMessage(clientOf(owner), { type: "extend-if-mine", owner, leaseMs, nth });
    return this;
  }

  delete(owner: string): this {
    this.node.onMessage(clientOf(owner), { type: "delete-if-mine", owner });
    return this;
  }
}

export class ResourceServer extends Watched {
  private readonly parts: Parts;
  private readonly node: Resource;

  constructor(parts: Parts = single, disk = new FakeDisk(), fencing = true) {
    super(new FakeContext("resource", disk));
    this.parts = parts;
    this.node = new parts.resource(this.ctx, { ...options, fencing });
    this.node.onStart();
  }

  restarted(): ResourceServer {
    return new ResourceServer(this.parts, this.ctx.disk);
  }

  write(owner: string, value: number, token?: number): this {
    this.node.onMessage(clientOf(owner), { type: "write", owner, value, ...(token !== undefined && { token }) });
    return this;
  }
}

export class Client extends Watched {
  private readonly node: RedisClient;

  constructor(parts: Parts = single) {
    super(new FakeContext("c1"));
    this.node = new parts.client(this.ctx, options);
    this.node.onStart();
    this.told();
  }

  /** c1#1: hold for 300 ms of a lease of 5 s, and write 7. */
  asked(op: Partial<Use> = { write: "resource" }): this {
    const use: Use = { f: "use", lease: 5_000, hold: 300, value: 7, ...op };
    const request: Request<Use> = { id: "c1#1", client: "c1", serial: 1, op: use };
    this.node.onRequest(request);
    return this;
  }

  hears(message: FromRedis | FromResource): this {
    this.node.onMessage(["accepted", "refused"].includes(message.type) ? "resource" : "redis", message);
    return this;
  }

  granted(token = 1, owner = "c1#1.1"): this {
    return this.hears({ type: "granted", owner, token });
  }

  timerRings(name = "next"): this {
    this.node.onTimer(name);
    return this;
  }
}

function clientOf(owner: string): string {
  return owner.slice(0, owner.indexOf("#"));
}
