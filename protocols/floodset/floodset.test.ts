import { describe, expect, it } from "vitest";
import { TORN } from "../../harness/protocol.ts";
import { Server } from "./testing/server.ts";

const asked = (value = 5, f = 2): Server => {
  const server = new Server(f).isAsked(value);
  server.told();
  return server;
};

describe("the rounds", () => {
  it("begin when a client asks: with its value, told to all", () => {
    const server = new Server();
    expect(server.told()).toEqual(["write started", "sync"]);
    expect(server.isAsked(5).told()).toEqual(['fact input {"key":"d1","value":5}', "timer round d1 20ms", "all <- 5"]);
  });

  it("begin when another server is heard, with what that one knows", () => {
    expect(new Server().hears("n2", 7, 3).said()).toEqual(["all <- 7 3"]);
  });

  it("are f + 1, and in each all that is known is told to all", () => {
    const server = asked().hears("n2", 3);
    expect(server.roundEnds().said()).toEqual(["all <- 5 3"]);
    expect(server.hears("n3", 9).roundEnds().said()).toEqual(["all <- 5 3 9"]);
    expect(server.roundEnds().told()).toEqual([
      'fact flooded {"key":"d1","values":[3,5,9]}',
      "log 3",
      "sync",
      'fact decided {"key":"d1","value":3}',
      "reply c1#1 3",
    ]);
  });

  it("are one when nobody crashes, and four for three crashes", () => {
    expect(asked(5, 0).roundEnds().said()).toEqual(["reply c1#1 5"]);
    expect(asked(5, 3).roundEnds(4).said().slice(-2)).toEqual(["all <- 5", "reply c1#1 5"]);
  });

  it("take no input once they have begun, but answer who brought it", () => {
    const server = asked().hears("n2", 4).isAsked(1);
    expect(server.roundEnds(3).said().slice(-2)).toEqual(["reply c1#1 4", "reply c1#2 4"]);
  });

  it("notice a value that came late, as only a crash lets it", () => {
    expect(asked().hears("n2", 4).told()).toEqual(["sometimes several inputs met"]);
    const second = asked().roundEnds();
    second.told();
    expect(second.hears("n2", 5).hears("n3", 4).told()).toEqual(["sometimes a value came after the first round"]);
  });
});

describe("once decided", () => {
  it("a client is answered at once, and a server that floods is told", () => {
    const server = asked().roundEnds(3);
    server.told();
    expect(server.isAsked(1).hears("n4", 1).said()).toEqual(["reply c1#2 5", "n4 <- decided 5"]);
  });

  it("the decision is known after a restart", () => {
    const back = asked().roundEnds(3).restarted();
    expect(back.told()).toEqual(['fact decided {"key":"d1","value":5}', "timer over 80ms"]);
    expect(back.isAsked(1).said()).toEqual(["reply c1#1 5"]);
  });

  it("what a crash has torn was told to nobody", () => {
    const server = asked().roundEnds(3);
    server.disk.entries[0] = TORN;
    const back = server.restarted().waits();
    back.told();
    expect(back.isAsked(1).said()).toEqual(["all <- 1"]);
  });
});

describe("a server that comes back", () => {
  const back = (): Server => {
    const server = asked().restarted();
    server.told();
    return server;
  };

  it("sends clients away, and stays out of what it hears of, now and later", () => {
    const server = back().isAsked(2).hears("n2", 3);
    expect(server.said()).toEqual(["redirect c1#1"]);
    expect(server.waits().hears("n2", 3, 4).isAsked(2).said()).toEqual(["redirect c1#2"]);
  });

  it("takes part in what begins when the rest is over", () => {
    expect(back().waits().hears("n2", 3).said()).toEqual(["all <- 3"]);
  });

  it("floods in vain for what it has missed, and is told", () => {
    const server = back().waits().isAsked(1);
    expect(server.said()).toEqual(["all <- 1"]);
    expect(server.isTold(5).said()).toEqual(["reply c1#1 5"]);
    expect(server.roundEnds(3).said()).toEqual([]);
    expect(server.isTold(5).told()).toEqual([]);
  });
});
