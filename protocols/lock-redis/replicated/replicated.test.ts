import { describe, expect, it } from "vitest";
import type { Options } from "../../../harness/protocol.ts";
import type { FromResource } from "../../locking/index.ts";
import { FakeContext, FakeDisk } from "../../locking/testing/fake-context.ts";
import { Hearing } from "../../locking/testing/hearing.ts";
import type { FromRedis, ToRedis } from "../messages.ts";
import { ReplicatedClient } from "./client.ts";
import { invariants } from "./invariants.ts";
import type { PrimaryIs, ReadOnly, ToReplicated, ToSentinel } from "./messages.ts";
import { ReplicatedRedis } from "./redis.ts";
import { Sentinel } from "./sentinel.ts";

const options: Options = {
  fencing: true,
  try: 100,
  "back-off": { min: 20, max: 80 },
  patience: 10_000,
  "down-after": 300,
};
const names = ["redis1", "redis2", "sentinel", "resource"];

/** A node with its fake ctx: `did` tells what it sent and wrote since the last look. */
function started<Message>(
  id: string,
  make: (ctx: FakeContext) => { onStart(): void; onMessage(from: string, message: Message): void; onTimer(name: string): void },
  disk = new FakeDisk(),
) {
  const ctx = new FakeContext(id, disk, names);
  const node = make(ctx);
  node.onStart();
  const did = (): string[] => {
    const lines = ctx.told.filter((line) => !/^(fact|sometimes|timer|no timer)/.test(line));
    ctx.told = [];
    return lines;
  };
  did();
  const hears = (from: string, message: Message): string[] => {
    node.onMessage(from, message);
    return did();
  };
  const rings = (name: string): string[] => {
    node.onTimer(name);
    return did();
  };
  return { ctx, hears, rings };
}

const redis = (id: string, wait: number, disk?: FakeDisk) =>
  started<ToRedis | ToReplicated>(id, (ctx) => new ReplicatedRedis(ctx, { ...options, wait }), disk);
const setFor = (owner: string): ToRedis => ({ type: "set-nx", owner, leaseMs: 5_000 });
const newPrimary = { type: "ping", epoch: 2, primary: "redis2" } as const;
const copyOf = (owner: string, epoch = 1, offset = 1): ToReplicated => {
  const grant = { owner, client: owner.slice(0, 2), token: 1_000_001, leaseMs: 5_000 };
  return { type: "replicate", epoch, offset, grant };
};

describe("the primary", () => {
  it("answers before it replicates, with the epoch in the token", () => {
    expect(redis("redis1", 0).hears("c1", setFor("c1#1.1"))).toEqual([
      "write lock c1#1.1 c1 1000001 5000 1 1",
      "sync",
      "c1 <- granted c1#1.1 1000001",
      "redis2 <- replicate 1 1 [object Object]",
    ]);
  });

  it("answers when its replica has it, where it waits for one", () => {
    const primary = redis("redis1", 1);
    expect(primary.hears("c1", setFor("c1#1.1")).at(-1)).toBe("redis2 <- replicate 1 1 [object Object]");
    expect(primary.hears("redis2", { type: "replicated", epoch: 1, offset: 0 })).toEqual([]);
    expect(primary.rings("replicate")).toEqual(["redis2 <- replicate 1 1 [object Object]"]);
    expect(primary.hears("redis2", { type: "replicated", epoch: 1, offset: 1 })).toEqual(["c1 <- granted c1#1.1 1000001"]);
    expect(primary.rings("replicate")).toEqual([]);
  });

  it("sends clients away when it is deposed, and answers nothing that it held back", () => {
    const primary = redis("redis1", 1);
    primary.hears("c1", setFor("c1#1.1"));
    expect(primary.hears("sentinel", newPrimary)).toEqual(["write config 2 redis2", "sync", "sentinel <- pong 1 1"]);
    expect(primary.hears("redis2", { type: "replicated", epoch: 1, offset: 1 })).toEqual([]);
    expect(primary.hears("c1", setFor("c1#1.2"))).toEqual(["c1 <- read-only c1#1.2"]);
  });

  it("does not take up again what it held back in an earlier reign", () => {
    const primary = redis("redis1", 1);
    primary.hears("c1", setFor("c1#1.1"));
    primary.hears("sentinel", newPrimary);
    primary.hears("sentinel", { type: "ping", epoch: 3, primary: "redis1" });
    primary.hears("c1", { type: "delete-if-mine", owner: "c1#1.1" });
    expect(primary.hears("redis2", { type: "replicated", epoch: 3, offset: 2 })).toEqual([]);
    primary.hears("c2", setFor("c2#1.1"));
    expect(primary.hears("redis2", { type: "replicated", epoch: 1, offset: 3 })).toEqual([]);
    expect(primary.hears("redis2", { type: "replicated", epoch: 3, offset: 3 })).toEqual(["c2 <- granted c2#1.1 3000001"]);
  });

  it("remembers after a restart that it was deposed", () => {
    const disk = new FakeDisk();
    redis("redis1", 0, disk).hears("sentinel", newPrimary);
    expect(redis("redis1", 0, disk).hears("c1", setFor("c1#1.1"))).toEqual(["c1 <- read-only c1#1.1"]);
  });
});

describe("a replica", () => {
  it("has a copy on its disk before it says so, and takes it over with the lock", () => {
    const replica = redis("redis2", 0);
    expect(replica.hears("redis1", copyOf("c1#1.1"))).toEqual([
      "write lock c1#1.1 c1 1000001 5000 1 1",
      "sync",
      "redis1 <- replicated 1 1",
    ]);
    replica.hears("sentinel", newPrimary);
    expect(replica.hears("c2", setFor("c2#1.1"))).toEqual(["c2 <- taken c2#1.1"]);
    replica.ctx.elapsedMs = 5_000;
    expect(replica.hears("c2", setFor("c2#1.2"))[2]).toBe("c2 <- granted c2#1.2 2000001");
  });

  it("gives the lock to the next when it has never heard of it", () => {
    const replica = redis("redis2", 0);
    replica.hears("sentinel", newPrimary);
    expect(replica.hears("c2", setFor("c2#1.1"))[2]).toBe("c2 <- granted c2#1.1 2000001");
  });

  it("takes nothing from a primary that was deposed, nor as a primary", () => {
    const other = redis("redis1", 0);
    other.hears("sentinel", newPrimary);
    expect(other.hears("redis2", copyOf("c1#1.1", 1))).toEqual([]);
    expect(redis("redis1", 0).hears("redis2", copyOf("c1#1.1", 1))).toEqual([]);
  });

  it("takes a later primary's copy for its own, however far its own had come", () => {
    const old = redis("redis1", 0);
    for (const serial of [1, 2, 3]) old.hears("c1", { type: "delete-if-mine", owner: `c1#${serial - 1}.1` });
    old.hears("c1", setFor("c1#1.1"));
    old.hears("c1", { type: "delete-if-mine", owner: "c1#1.1" });
    old.hears("sentinel", newPrimary);
    expect(old.hears("redis2", copyOf("c2#1.1", 2, 1))[0]).toBe("write lock c2#1.1 c2 1000001 5000 2 1");
    expect(old.hears("redis2", copyOf("c2#1.1", 2, 1))).toEqual(["redis2 <- replicated 2 1"]);
  });
});

describe("the sentinel", () => {
  const sentinel = (disk?: FakeDisk) => started<ToSentinel>("sentinel", (ctx) => new Sentinel(ctx, options), disk);

  it("makes another server primary when the primary is silent, in an epoch that is on its disk before anybody hears of it", () => {
    const disk = new FakeDisk();
    const one = sentinel(disk);
    one.ctx.elapsedMs = 200;
    one.hears("redis2", { type: "pong", epoch: 1, offset: 3 });
    one.ctx.elapsedMs = 299;
    expect(one.rings("ping")).toEqual(["redis1 <- ping 1 redis1", "redis2 <- ping 1 redis1"]);
    one.ctx.elapsedMs = 300;
    expect(one.rings("ping")).toEqual(["write config 2 redis2", "sync", "redis1 <- ping 2 redis2", "redis2 <- ping 2 redis2"]);
    expect(sentinel(disk).hears("c1", { type: "who-is-primary" })).toEqual(["c1 <- primary-is 2 redis2"]);
  });

  it("makes nobody primary when it hears nobody", () => {
    const one = sentinel();
    one.ctx.elapsedMs = 1_000;
    expect(one.rings("ping")).toEqual(["redis1 <- ping 1 redis1", "redis2 <- ping 1 redis1"]);
  });
});

describe("the client", () => {
  it("asks the sentinel when the one it asked is silent or a replica, and goes where it is told", () => {
    const ctx = new FakeContext("c1", new FakeDisk(), names);
    const client = new ReplicatedClient(ctx, options);
    const hears = (from: string, message: FromRedis | FromResource | PrimaryIs | ReadOnly): void =>
      client.onMessage(from, message);
    client.onRequest({ id: "c1#1", client: "c1", serial: 1, op: { f: "use", lease: 5_000, hold: 0, value: 7 } });
    hears("redis1", { type: "read-only", owner: "c1#1.1" });
    hears("sentinel", { type: "primary-is", epoch: 2, primary: "redis2" });
    hears("sentinel", { type: "primary-is", epoch: 1, primary: "redis1" });
    client.onTimer("next");
    client.onTimer("next");
    expect(ctx.told.filter((line) => line.includes("<-"))).toEqual([
      "redis1 <- set-nx c1#1.1 5000",
      "sentinel <- who-is-primary",
      "redis2 <- set-nx c1#1.2 5000",
      "sentinel <- who-is-primary",
      "redis2 <- delete-if-mine c1#1.2",
    ]);
  });
});

describe("the invariants", () => {
  const heard = (name: string): Hearing => new Hearing(invariants, name, ["redis1", "redis2"]);

  it("one-primary-an-epoch refuses a second one, and lets one say it twice", () => {
    const one = heard("one-primary-an-epoch").hear("redis1", "primary", { epoch: 1 }).hear("redis1", "primary", { epoch: 1 });
    expect(one.hear("redis2", "primary", { epoch: 2 }).sentences).toEqual([]);
    expect(one.hear("redis1", "primary", { epoch: 2 }).sentences).toEqual([
      "redis1 is the primary of epoch 2, as redis2 is or has been.",
    ]);
  });

  it("tokens-differ refuses the same token twice, in whatever order they come", () => {
    const one = heard("tokens-differ").acquired("c1#1", { token: 7 }).acquired("c2#1", { token: 6 });
    expect(one.sentences).toEqual([]);
    expect(one.acquired("c3#1", { token: 7 }).sentences).toEqual(["c3#1 took the lock with the token 7, as c1#1 had."]);
  });
});
