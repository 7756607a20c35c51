import { describe, expect, it } from "vitest";
import type { FactSource, NodeId } from "../../harness/protocol.ts";
import { holder, mutualExclusion, noLostWrite, tokensGrow } from "./invariants.ts";
import { Hearing } from "./testing/hearing.ts";

const heard = (name: string): Hearing => new Hearing([mutualExclusion, noLostWrite, tokensGrow], name);

describe("mutual-exclusion", () => {
  it("refuses a second holder in the first one's time", () => {
    expect(heard("mutual-exclusion").acquired("c1#1").at(400).acquired("c2#1").sentences).toEqual([
      "c2 took the lock (c2#1), when c1 (c1#1) held it and had 590 ms of its lease left.",
    ]);
  });

  it("lets the lock go on when the first has left, or its time is up", () => {
    expect(heard("mutual-exclusion").acquired("c1#1").left("c1#1").acquired("c2#1").sentences).toEqual([]);
    expect(heard("mutual-exclusion").acquired("c1#1").at(990).acquired("c2#1").sentences).toEqual([]);
  });

  it("counts the time anew when the lease was extended", () => {
    const extended = heard("mutual-exclusion").acquired("c1#1").at(900).acquired("c1#1");
    expect(extended.at(1_500).acquired("c2#1").sentences).toHaveLength(1);
  });

  it("refuses a slow watch when its owner leaves and thinks that it is in time", () => {
    const overtaken = (): Hearing => heard("mutual-exclusion").acquired("c1#1").at(1_000).acquired("c2#1").at(1_200);
    expect(overtaken().left("c1#1", 50).sentences).toEqual([
      "c1 (c1#1) has held the lock in what it takes for its time, and c2 (c2#1) has taken it meanwhile.",
    ]);
    expect(overtaken().left("c1#1", -200).sentences).toEqual([]);
  });
});

describe("no-lost-write", () => {
  it("refuses a write of an older grant after one of a newer", () => {
    const both = heard("no-lost-write").acquired("c1#1").acquired("c2#1");
    expect(both.accepted("c2#1", 8).accepted("c1#1", 7).sentences).toEqual([
      "resource accepted the write of 7 under c1#1, the 1st to take the lock, after that of 8 under c2#1, the 2nd to take the lock: the newer write is lost.",
    ]);
  });

  it("goes by the tokens where there are some", () => {
    const both = (): Hearing => heard("no-lost-write").acquired("c1#1", { token: 7 }).acquired("c2#1", { token: 6 });
    expect(both().accepted("c2#1", 8).accepted("c1#1", 7).sentences).toEqual([]);
    expect(both().accepted("c1#1", 7).accepted("c2#1", 8).sentences).toHaveLength(1);
  });

  it("goes by who came first where two have the same token", () => {
    const both = heard("no-lost-write").acquired("c1#1", { token: 7 }).acquired("c2#1", { token: 7 });
    expect(both.accepted("c2#1", 8).accepted("c1#1", 7).sentences).toHaveLength(1);
  });

  it("lets writes come in the order of their grants, twice, and stated again", () => {
    const both = heard("no-lost-write").acquired("c1#1").acquired("c2#1");
    const all = both.accepted("c1#1", 7).accepted("c1#1", 7).acquired("c1#1").accepted("c2#1", 8).accepted("c2#1", 8);
    expect(all.sentences).toEqual([]);
  });
});

describe("tokens-grow", () => {
  it("refuses a token that is not greater than the last", () => {
    const same = heard("tokens-grow").acquired("c1#1", { token: 3 }).acquired("c2#1", { token: 3 });
    expect(same.sentences).toEqual(["c2#1 took the lock with the token 3, after c1#1 with 3."]);
  });

  it("lets a holder extend its lease, and asks for nothing where there are no tokens", () => {
    const all = heard("tokens-grow").acquired("c1#1", { token: 3 }).acquired("c1#1", { token: 3 }).acquired("c2#1");
    expect(all.sentences).toEqual([]);
  });
});

describe("the selector holder", () => {
  it("points at the client that takes itself for the holder, until that one has left", () => {
    const tracked = holder.track({ nodes: [], spares: [], role: (node: NodeId) => node });
    const hear = (name: "acquired" | "left", node: NodeId): NodeId | undefined => {
      const facts = tracked.facts as Record<string, (data: object, source: FactSource) => void>;
      facts[name]!({}, { node, atMs: 0 });
      return tracked.current();
    };
    expect(tracked.current()).toBeUndefined();
    expect(hear("acquired", "c1")).toBe("c1");
    expect(hear("left", "c2")).toBe("c1");
    expect(hear("acquired", "c2")).toBe("c2");
    expect(hear("left", "c1")).toBe("c2");
    expect(hear("left", "c2")).toBeUndefined();
  });
});
