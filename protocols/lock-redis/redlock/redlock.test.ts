import { describe, expect, it } from "vitest";
import type { Options } from "../../../harness/protocol.ts";
import { FakeContext, FakeDisk } from "../../locking/testing/fake-context.ts";
import { Hearing } from "../../locking/testing/hearing.ts";
import type { FromRedis } from "../messages.ts";
import { RedlockClient } from "./client.ts";
import { invariants } from "./invariants.ts";
import type { TokenTaken, TokenTooOld } from "./messages.ts";
import { RedlockRedis } from "./redis.ts";

const options: Options = {
  fencing: true,
  try: 100,
  "back-off": { min: 20, max: 80 },
  patience: 10_000,
  "restart-delay": 0,
};
const names = ["redis1", "redis2", "redis3", "redis4", "redis5", "resource"];

/** c1#1 wants the lock for 300 ms of a lease of 5 s. `hears` tells what each of these servers says. */
class Client {
  readonly ctx = new FakeContext("c1", new FakeDisk(), names);
  private readonly node = new RedlockClient(this.ctx, options);

  constructor() {
    this.node.onRequest({ id: "c1#1", client: "c1", serial: 1, op: { f: "use", lease: 5_000, hold: 300, value: 7 } });
  }

  hears(servers: readonly number[], message: FromRedis | TokenTaken | TokenTooOld): this {
    for (const server of servers) this.node.onMessage(`redis${server}`, message);
    return this;
  }

  granted(servers: readonly number[], token?: number, owner = "c1#1.1"): this {
    return this.hears(servers, { type: "granted", owner, ...(token !== undefined && { token }) });
  }

  taken(servers: readonly number[]): this {
    return this.hears(servers, { type: "taken", owner: "c1#1.1" });
  }

  at(ms: number): this {
    this.ctx.elapsedMs = ms;
    return this;
  }

  rings(name = "next"): this {
    this.node.onTimer(name);
    return this;
  }

  told(): string[] {
    const { told } = this.ctx;
    this.ctx.told = [];
    return told;
  }

  /** "set-nx to 1 2 3 4 5", or one of whatever else it did. */
  did(): string[] {
    const sent = new Map<string, string[]>();
    const others: string[] = [];
    for (const line of this.told()) {
      const [, to, what] = /^redis(\d) <- (\S+)/.exec(line) ?? [];
      if (what !== undefined) sent.set(what, [...(sent.get(what) ?? []), to!]);
      else if (!/^(timer|no timer|sometimes)/.test(line)) others.push(line);
    }
    return [...[...sent].map(([what, to]) => `${what} to ${to.join(" ")}`), ...others];
  }
}

describe("the client", () => {
  it("has the lock when a majority has granted it, for what is left less the drift", () => {
    const client = new Client();
    expect(client.did()).toEqual(["set-nx to 1 2 3 4 5", "fact asked c1#1.1"]);
    expect(client.at(40).granted([1, 2]).did()).toEqual([]);
    expect(client.granted([2]).did()).toEqual([]);
    expect(client.granted([5]).did()).toEqual(["fact acquired c1#1.1 5000 4908"]);
    expect(client.granted([3]).did()).toEqual([]);
  });

  it("gives back everywhere, also what it may not have got, when a majority is out of reach", () => {
    const client = new Client().granted([1]);
    client.did();
    expect(client.taken([2, 3]).did()).toEqual([]);
    expect(client.taken([4]).did()).toEqual(["delete-if-mine to 1 2 3 4 5"]);
    expect(client.granted([5]).did()).toEqual(["delete-if-mine to 5"]);
    expect(client.hears([1, 2, 3], { type: "released", owner: "c1#1.1" }).rings().did()).toEqual([
      "set-nx to 1 2 3 4 5",
      "fact asked c1#1.2",
    ]);
  });

  it("gives back everywhere when too few have answered in time", () => {
    const client = new Client().granted([1, 2]);
    client.did();
    expect(client.at(100).rings().did()).toEqual(["delete-if-mine to 1 2 3 4 5"]);
  });

  it("does not hold what it has got too late", () => {
    const client = new Client();
    client.did();
    expect(client.at(4_649).granted([1, 2, 3]).did()).toEqual(["delete-if-mine to 1 2 3 4 5"]);
  });

  it("takes the next token at a majority before it holds the lock, and gives up when somebody has a newer one", () => {
    const client = new Client().granted([1], 4).granted([2], 7);
    client.did();
    expect(client.granted([3], 2).did()).toEqual(["take-token to 1 2 3 4 5"]);
    client.hears([1, 2], { type: "token-taken", owner: "c1#1.1" });
    expect(client.did()).toEqual([]);
    expect(client.hears([4], { type: "token-taken", owner: "c1#1.1" }).did()).toEqual(["fact acquired c1#1.1 5000 4948 8"]);
    const late = new Client().granted([1, 2, 3], 4);
    late.did();
    expect(late.hears([2], { type: "token-too-old", owner: "c1#1.1" }).did()).toEqual(["delete-if-mine to 1 2 3 4 5"]);
  });
});

describe("a server", () => {
  const boot = (more: Options = {}, disk = new FakeDisk(), fencing = true): { ctx: FakeContext; node: RedlockRedis } => {
    const ctx = new FakeContext("redis1", disk, names);
    const node = new RedlockRedis(ctx, { ...options, fencing, ...more });
    node.onStart();
    return { ctx, node };
  };
  const sent = ({ ctx }: { ctx: FakeContext }): string[] => ctx.told.filter((line) => line.includes("<-"));
  const set = (owner: string) => ({ type: "set-nx", owner, leaseMs: 5_000 }) as const;

  it("tells with a grant the greatest token that it knows, also after a restart", () => {
    const one = boot();
    one.node.onMessage("c1", { type: "take-token", owner: "c1#1.1", token: 4 });
    const again = boot({}, one.ctx.disk);
    again.node.onMessage("c2", set("c2#1.1"));
    expect(sent(again)).toEqual(["c2 <- granted c2#1.1 4"]);
  });

  it("gives a token to one owner, on its disk before it says so, and says it again when asked again", () => {
    const one = boot();
    for (const owner of ["c1#1.1", "c1#1.1", "c2#1.1"]) one.node.onMessage("c1", { type: "take-token", owner, token: 4 });
    one.node.onMessage("c2", { type: "take-token", owner: "c2#1.1", token: 3 });
    expect(one.ctx.told).toEqual([
      "write token 4 c1#1.1",
      "sync",
      "c1 <- token-taken c1#1.1",
      "c1 <- token-taken c1#1.1",
      "c1 <- token-too-old c2#1.1",
      "c2 <- token-too-old c2#1.1",
    ]);
  });

  it("keeps nothing and is silent for a while after a start, where restarts are delayed", () => {
    const one = boot({ "restart-delay": 6_000 });
    one.ctx.elapsedMs = 5_999;
    one.node.onMessage("c1", set("c1#1.1"));
    expect(sent(one)).toEqual([]);
    one.ctx.elapsedMs = 6_000;
    one.node.onMessage("c1", set("c1#1.2"));
    expect(sent(one)).toEqual(["c1 <- granted c1#1.2 0"]);
    expect(one.ctx.told).not.toContain("sync");
  });
});

describe("the invariants", () => {
  const heard = (name: string): Hearing => new Hearing(invariants, name, names.slice(0, 5));
  const granted = (hearing: Hearing, owner: string, servers: readonly number[]): Hearing =>
    servers.reduce((all, server) => all.hear(`redis${server}`, "granted", { owner }), hearing);

  it("majority-grants refuses a holder that two of five have granted the lock, however often", () => {
    expect(granted(heard("majority-grants"), "c1#1", [1, 2, 2]).acquired("c1#1").sentences).toEqual([
      "c1 took the lock (c1#1), which 2 of 5 servers had granted it.",
    ]);
    expect(granted(heard("majority-grants"), "c1#1", [1, 2, 5]).acquired("c1#1").sentences).toEqual([]);
  });

  it("tokens-grow refuses the same token twice, and a smaller one of somebody who has asked since", () => {
    const asked = (owner: string): Hearing => heard("tokens-grow").hear("c1", "asked", { owner });
    expect(asked("c2#1").acquired("c1#1", { token: 5 }).acquired("c2#1", { token: 4 }).sentences).toEqual([]);
    expect(asked("c2#1").acquired("c1#1", { token: 5 }).acquired("c2#1", { token: 5 }).sentences).toHaveLength(1);
    const later = heard("tokens-grow").acquired("c1#1", { token: 5 }).hear("c2", "asked", { owner: "c2#1" });
    expect(later.acquired("c2#1", { token: 4 }).sentences).toEqual([
      "c2#1 took the lock with the token 4, when c1#1 had had 5 before it asked.",
    ]);
  });
});
