import { describe, expect, it } from "vitest";
import { FakeContext, FakeDisk } from "../locking/testing/fake-context.ts";
import { Hearing } from "../locking/testing/hearing.ts";
import { TokenClient } from "./client.ts";
import { invariants } from "./invariants.ts";
import { names, options, Server } from "./testing/server.ts";

describe("the coordinator", () => {
  it("hands out nothing for as long as a token of its predecessor may be out", () => {
    const server = new Server("server1").reigning(1_360);
    expect(server.at(1_405).wants("c1#1.1").did()).toEqual(["c1 <- queued c1#1.1"]);
    expect(server.at(1_410).rings("serve").did()).toEqual(["c1 <- granted c1#1.1 1000001 0 1000"]);
  });

  it("lends the token to one at a time, in the order of asking, and tells which ask it has heard last", () => {
    const server = new Server("server1").reigning(1_420).wants("c1#1.1").wants("c2#1.1").wants("c3#1.1").wants("c2#1.1", 1);
    expect(server.did()).toEqual([
      "c1 <- granted c1#1.1 1000001 0 1000",
      "c2 <- queued c2#1.1",
      "c3 <- queued c3#1.1",
      "c2 <- queued c2#1.1",
    ]);
    expect(server.hears("c1", { type: "return", owner: "c1#1.1" }).did()).toEqual([
      "c1 <- returned c1#1.1",
      "c2 <- granted c2#1.1 1000002 1 1000",
    ]);
  });

  it("tells a grant that was lost again as it was: the lease has run since then", () => {
    const server = new Server("server1").reigning(1_420).wants("c1#1.1");
    server.did();
    expect(server.at(1_500).wants("c1#1.1", 3).did()).toEqual(["c1 <- granted c1#1.1 1000001 0 1000"]);
  });

  it("has another token when one is lost with its holder, and passes over who asks no longer", () => {
    const server = new Server("server1").reigning(1_420).wants("c1#1.1").wants("c2#1.1").wants("c3#1.1");
    server.reignsOn(2_380, (ms) => server.wants("c3#1.1", ms)).reignsOn(2_440);
    expect(server.did().filter((line) => line.includes("granted"))).toEqual([
      "c1 <- granted c1#1.1 1000001 0 1000",
      "c3 <- granted c3#1.1 1000002 2380 1000",
    ]);
  });

  it("takes a token back from nobody but its holder, and lends it for longer to nobody else", () => {
    const server = new Server("server1").reigning(1_420).wants("c1#1.1").wants("c2#1.1");
    server.did();
    expect(server.hears("c2", { type: "extend", owner: "c2#1.1", nth: 5 }).did()).toEqual(["c2 <- not-yours c2#1.1"]);
    expect(server.hears("c3", { type: "return", owner: "c3#1.1" }).did()).toEqual(["c3 <- returned c3#1.1"]);
    expect(server.hears("c1", { type: "extend", owner: "c1#1.1", nth: 5 }).did()).toEqual(["c1 <- extended c1#1.1 5"]);
  });
});

describe("the client", () => {
  const asking = () => {
    const ctx = new FakeContext("c1", new FakeDisk(), names);
    const node = new TokenClient(ctx, options);
    node.onRequest({ id: "c1#1", client: "c1", serial: 1, op: { f: "use", lease: 1_000, hold: 100, value: 7 } });
    const did = (): string[] => {
      const lines = ctx.told.filter((line) => !/^(timer|sometimes)/.test(line));
      ctx.told = [];
      return lines;
    };
    return { ctx, node, did };
  };

  it("goes on asking where it is sent, and counts its lease from the ask that the grant names", () => {
    const { ctx, node, did } = asking();
    node.onMessage("server1", { type: "elsewhere", owner: "c1#1.1", coordinator: "server2" });
    ctx.elapsedMs = 100;
    node.onTimer("next");
    ctx.elapsedMs = 200;
    node.onMessage("server2", { type: "queued", owner: "c1#1.1" });
    node.onTimer("next");
    expect(did()).toEqual(["server1 <- want c1#1.1 1000 0", "server2 <- want c1#1.1 1000 1", "server2 <- want c1#1.1 1000 2"]);
    ctx.elapsedMs = 250;
    node.onMessage("server2", { type: "granted", owner: "c1#1.1", token: 3_000_001, nth: 1, leaseMs: 1_000 });
    expect(did()).toEqual(["fact acquired c1#1.1 1000 840 3000001"]);
  });

  it("does not take what it has asked for too long ago, and gives it back", () => {
    const { ctx, node, did } = asking();
    ctx.elapsedMs = 900;
    node.onTimer("next");
    did();
    node.onMessage("server1", { type: "granted", owner: "c1#1.1", token: 3_000_001, nth: 0, leaseMs: 1_000 });
    expect(did()).toEqual(["server1 <- return c1#1.1"]);
  });

  it("gives up at once when the token is never lent for as long as it wants it", () => {
    const { node, did } = asking();
    node.onMessage("server1", { type: "granted", owner: "c1#1.1", token: 3_000_001, nth: 0, leaseMs: 50 });
    node.onMessage("server1", { type: "returned", owner: "c1#1.1" });
    expect(did().at(-1)).toBe("fail c1#1: the lock is to be had for 50 ms at a time, less than the 100 ms that it is wanted for");
  });
});

describe("the invariants", () => {
  const heard = (name: string): Hearing => new Hearing(invariants, name);

  it("one-coordinator-an-epoch refuses a second election in an epoch", () => {
    const one = heard("one-coordinator-an-epoch").hear("server1", "coordinator", { epoch: 3 });
    expect(one.hear("server2", "coordinator", { epoch: 4 }).sentences).toEqual([]);
    expect(one.hear("server2", "coordinator", { epoch: 3 }).sentences).toEqual([
      "server2 was elected coordinator in epoch 3, as server1 had been.",
    ]);
  });

  it("promises-last refuses a promise that became older, unless the disk was emptied", () => {
    const promised = (): Hearing => heard("promises-last").hear("server1", "promised", { epoch: 3, votedFor: "" });
    expect(promised().hear("server1", "promised", { epoch: 2, votedFor: "" }).sentences).toEqual([
      "server1 has promised itself to epoch 2, after 3.",
    ]);
    expect(promised().wiped("server1").hear("server1", "promised", { epoch: 2, votedFor: "" }).sentences).toEqual([]);
  });

  it("no-starvation refuses who is served out of turn, but not who has left, nor in a new epoch", () => {
    const queue = (...owners: string[]): Hearing =>
      owners.reduce((all, owner) => all.hear("server1", "queued", { epoch: 1, owner }), heard("no-starvation"));
    expect(queue("c1#1", "c2#1").hear("server1", "served", { epoch: 1, owner: "c2#1" }).sentences).toEqual([
      "c2#1 was served in epoch 1, when c1#1 had waited for longer.",
    ]);
    const left = queue("c1#1", "c2#1").hear("server1", "withdrawn", { epoch: 1, owner: "c1#1" });
    expect(left.hear("server1", "served", { epoch: 1, owner: "c2#1" }).sentences).toEqual([]);
    const next = queue("c1#1").hear("server2", "queued", { epoch: 2, owner: "c2#1" });
    expect(next.hear("server2", "served", { epoch: 2, owner: "c2#1" }).sentences).toEqual([]);
    expect(next.hear("server1", "served", { epoch: 1, owner: "c3#1" }).sentences).toEqual([]);
  });
});
