import { describe, expect, it } from "vitest";
import { Server } from "./testing/server.ts";

describe("a server that is asked", () => {
  it("says its value in the first round, on disk before anybody hears it", () => {
    expect(new Server().isAsked(1).told()).toEqual([
      "timer repeat 50ms",
      "log report 1: 1",
      "sync",
      'fact report {"key":"d1","round":1,"value":1}',
      "all <- report 1: 1",
    ]);
  });

  it("keeps its input when another client proposes something else, and answers both", () => {
    const server = new Server().isAsked(1).isAsked(0);
    expect(server.said()).toEqual(["all <- report 1: 1"]);
    expect(server.isTold(0).said()).toEqual(["reply c1#1 0", "reply c1#2 0"]);
  });

  it("answers a request that comes twice once, and at once when it has decided", () => {
    const server = new Server().isAsked(1, 7).isAsked(1, 7).isTold(1);
    expect(server.said().filter((line) => line.startsWith("reply"))).toEqual(["reply c1#7 1"]);
    expect(server.isAsked(0, 8).said()).toEqual(["reply c1#8 1"]);
  });

  it("refuses what is neither 0 nor 1 in a sentence", () => {
    expect(() => new Server().isAsked(7 as 0)).toThrow(
      `c1 proposes 7, and Ben-Or's protocol decides between 0 and 1: use "values: binary"`,
    );
  });
});

describe("reports", () => {
  const asked = (): Server => {
    const server = new Server().isAsked(1);
    server.told();
    return server;
  };

  it("are waited for until n - t are there, its own among them", () => {
    expect(asked().hears("report", 1, "n2 1").said()).toEqual([]);
    expect(asked().hears("report", 1, "n2 1", "n3 1").said()).toEqual(["all <- proposal 1: 1"]);
  });

  it("make a proposal when more than half of all say the same, not more than half of those heard", () => {
    expect(asked().hears("report", 1, "n2 1", "n3 0").said()).toEqual(["all <- proposal 1: ?"]);
  });

  it("count once from each server, and in their own round", () => {
    expect(asked().hears("report", 1, "n2 1", "n2 1").hears("report", 2, "n3 1").said()).toEqual([]);
  });

  it("of four servers need three, as two are half", () => {
    const server = new Server(4).isAsked(1);
    server.told();
    expect(server.hears("report", 1, "n2 1", "n3 0").said()).toEqual(["all <- proposal 1: ?"]);
  });
});

describe("proposals", () => {
  /** Has said its own proposal in round 1: 1 or, when reports differ, none. */
  const proposing = (own: "1" | "?"): Server => {
    const server = new Server().isAsked(1).hears("report", 1, "n2 1", own === "1" ? "n3 1" : "n3 0");
    server.told();
    return server;
  };

  it("decide when more than t are for a value: logged, told to all, answered, measured", () => {
    expect(proposing("1").hears("proposal", 1, "n2 1", "n3 1").told()).toEqual([
      "log decided 1",
      "sync",
      'fact decided {"key":"d1","value":1,"round":1}',
      "rounds to decide: 1",
      "sometimes decided in the first round",
      "all <- decided 1",
      "reply c1#1 1",
    ]);
  });

  it("are adopted when there are t of them, or one", () => {
    expect(proposing("1").hears("proposal", 1, "n2 1", "n3 ?").said()).toEqual(["all <- report 2: 1"]);
    expect(proposing("?").hears("proposal", 1, "n2 0", "n3 ?").said()).toEqual(["all <- report 2: 0"]);
  });

  it("leave it to a coin when nobody proposes, and the coin is on disk before it is told", () => {
    const server = proposing("?");
    server.coins = [0];
    expect(server.hears("proposal", 1, "n2 ?", "n3 ?").told()).toEqual([
      "sometimes coin flipped",
      "log report 2: 0",
      "sync",
      'fact report {"key":"d1","round":2,"value":0}',
      "all <- report 2: 0",
    ]);
  });

  it("that came ahead of time end the next step at once", () => {
    const server = new Server().isAsked(1).hears("proposal", 1, "n2 1", "n3 1");
    expect(server.said()).toEqual(["all <- report 1: 1"]);
    expect(server.hears("report", 1, "n4 1", "n5 1").said()).toEqual([
      "all <- proposal 1: 1",
      "all <- decided 1",
      "reply c1#1 1",
    ]);
  });
});

describe("those who are behind", () => {
  /** In round 2, with the report 0 by its coin. */
  const ahead = (): Server => {
    const server = new Server().isAsked(1).hears("report", 1, "n2 1", "n3 0");
    server.coins = [0];
    server.hears("proposal", 1, "n2 ?", "n3 ?").told();
    return server;
  };

  it("are told again what was said in their round", () => {
    expect(ahead().hears("report", 1, "n5 1").said()).toEqual(["n5 <- report 1: 1"]);
    expect(ahead().hears("proposal", 1, "n5 ?").said()).toEqual(["n5 <- proposal 1: ?"]);
  });

  it("hear both words of the round again and again", () => {
    const server = new Server().isAsked(1).hears("report", 1, "n2 1", "n3 0");
    server.told();
    const again = ["all <- report 1: 1", "all <- proposal 1: ?", "timer repeat 50ms"];
    expect(server.timerRings().told()).toEqual(again);
    expect(server.timerRings().told()).toEqual(again);
  });

  it("are told the decision, whatever they say, and nobody repeats anything any more", () => {
    const server = ahead().isTold(1);
    server.told();
    expect(server.hears("report", 1, "n5 0").hears("proposal", 9, "n4 ?").said()).toEqual(["n5 <- decided 1", "n4 <- decided 1"]);
    expect(server.timerRings().told()).toEqual([]);
  });

  it("take the first value that they hear for their input, which no proposal of nothing is", () => {
    expect(new Server().hears("proposal", 1, "n2 ?").told()).toEqual([]);
    expect(new Server().hears("report", 3, "n2 0").said()).toEqual(["all <- report 1: 0"]);
  });
});

describe("a server that comes back", () => {
  it("has forgotten nothing that it has said, states it, and repeats the words of its round", () => {
    const before = new Server().isAsked(1).hears("report", 1, "n2 1", "n3 0");
    expect(before.restarted().told()).toEqual([
      'fact report {"key":"d1","round":1,"value":1}',
      'fact proposal {"key":"d1","round":1,"value":"?"}',
      "sometimes came back in the middle of a round",
      "all <- report 1: 1",
      "all <- proposal 1: ?",
      "timer repeat 50ms",
    ]);
  });

  it("goes on where it was", () => {
    const back = new Server().isAsked(1).hears("report", 1, "n2 1", "n3 1").restarted();
    back.told();
    expect(back.hears("proposal", 1, "n2 1", "n3 1").said()).toEqual(["all <- decided 1"]);
  });

  it("knows what it has decided", () => {
    const back = new Server().isAsked(1).isTold(0).restarted();
    expect(back.said()).toEqual([]);
    expect(back.isAsked(1).said()).toEqual(["reply c1#1 0"]);
  });

  it("has said nothing that a crash has torn", () => {
    const back = new Server().isAsked(1).hears("report", 1, "n2 1", "n3 0").restarted(true);
    back.told();
    expect(back.hears("report", 1, "n4 1", "n5 1").said()).toEqual(["all <- proposal 1: 1"]);
  });

  it("goes on alone when it is alone", () => {
    const torn = new Server(1).isAsked(1).restarted(true);
    expect(torn.said().at(-1)).toBe("all <- decided 1");
  });
});
