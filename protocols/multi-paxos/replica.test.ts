/** The replica: R1 to R4 of "Paxos Made Moderately Complex", checkpoints and catching up. */

import { describe, expect, it } from "vitest";
import { ballot, pvalue, Seat, write } from "./testing/seat.ts";

const performed = (seat: Seat): string[] =>
  seat.told().flatMap((line) => (line.startsWith("fact performed") ? [line.slice("fact performed ".length)] : []));

describe("decisions", () => {
  it("are executed in the order of their slots, each once, whenever they come", () => {
    const seat = Seat.make()
      .decided(2, write(2, 1, "c2"))
      .decided(3, null);
    expect(performed(seat)).toEqual([]);
    expect(performed(seat.decided(1, write(1)).decided(1, write(1)))).toEqual([
      '{"slot":1,"request":"c1#1"}',
      '{"slot":2,"request":"c2#1"}',
      '{"slot":3,"request":null}',
    ]);
  });

  it("of one request in two slots change the state once", () => {
    const seat = Seat.make(undefined, { checkpoint: 3 }).knows(write(1), write(2, 1, "c2"), write(1));
    expect(seat.goals()).toEqual(["command decided in two slots"]);
    expect(seat.disk.records.get("checkpoint")).toMatchObject({ state: { slot: 3, store: { x: 2 } } });
  });
});

describe("a server that has missed something", () => {
  it("asks for it when a second heartbeat shows that it is not just on its way", () => {
    const seat = Seat.make().heartbeat("n2", ballot(1, "n2"), 3);
    expect(seat.did()).toEqual(["n2 <- heartbeat-ack 1.n2"]);
    expect(seat.heartbeat("n2", ballot(1, "n2"), 3).did()).toEqual(["n2 <- heartbeat-ack 1.n2", "n2 <- catch-up from 1"]);
    expect(seat.knows(null, null, null).heartbeat("n2", ballot(1, "n2"), 3).did()).toEqual(["n2 <- heartbeat-ack 1.n2"]);
  });

  it("is told the decisions from there on, as far as they are known without a hole", () => {
    const seat = Seat.make().knows(write(1, 1), write(2, 2), null).decided(5, write(5, 5));
    seat.told();
    expect(seat.hears("n3", { type: "catch-up", from: 2 }).did()).toEqual(["n3 <- caught-up [2 c1#2, 3 no-op]"]);
  });

  it("is sent the state where the decisions are collected", () => {
    const seat = Seat.make(undefined, { checkpoint: 2 }).knows(write(1, 1), write(2, 2), write(3, 3));
    seat.told();
    expect(seat.hears("n3", { type: "catch-up", from: 2 }).did()).toEqual(["n3 <- caught-up behind 3 []"]);
    expect(seat.hears("n3", { type: "catch-up", from: 3 }).did()).toEqual(["n3 <- caught-up [3 c1#3]"]);
  });

  it("executes what it is told", () => {
    const seat = Seat.make().hears("n2", { type: "caught-up", state: null, decisions: [{ slot: 1, command: write(1) }] });
    expect(seat.told()).toEqual(['fact performed {"slot":1,"request":"c1#1"}', "sometimes caught up by decisions"]);
  });

  it("takes over a state, and stores it as its own checkpoint", () => {
    const state = { slot: 9, store: { x: 4 }, sessions: {} };
    const seat = Seat.make().hears("n2", { type: "caught-up", state, decisions: [{ slot: 10, command: null }] });
    expect(seat.told().filter((line) => !line.startsWith("fact checkpoint"))).toEqual([
      'fact installed {"state":{"slot":9,"store":{"x":4},"sessions":{}}}',
      "write checkpoint",
      "sync",
      "truncate accepted 0",
      "sometimes caught up by a checkpoint",
      'fact performed {"slot":10,"request":null}',
      "sometimes caught up by decisions",
    ]);
    expect(seat.restarted().told()[0]).toContain('"state":{"slot":9,');
  });

  it("does not go back to a state that comes late", () => {
    const seat = Seat.make().knows(null, null);
    seat.told();
    expect(seat.hears("n2", { type: "caught-up", state: { slot: 2, store: {}, sessions: {} }, decisions: [] }).told()).toEqual(
      [],
    );
  });
});

describe("after a restart", () => {
  it("starts from the last checkpoint, and has to be told the rest", () => {
    const seat = Seat.make(undefined, { checkpoint: 2 }).knows(write(1, 1), write(2, 2), write(3, 3)).restarted();
    seat.told();
    expect(performed(seat.decided(3, write(3, 3)))).toEqual(['{"slot":3,"request":"c1#3"}']);
  });

  it("knows from the checkpoint whose request was executed", () => {
    const seat = Seat.make(undefined, { checkpoint: 1 }).knows(write(1)).restarted().timesOut();
    seat.promised("n1", ballot(1)).promised("n2", ballot(1));
    seat.told();
    expect(seat.asks({ f: "write", key: "x", value: 1 }).did()).toEqual(["reply c1#1 null"]);
  });

  it("keeps what it accepted behind the checkpoint", () => {
    const b2 = ballot(2, "n2");
    const seat = Seat.make(undefined, { checkpoint: 1 }).commanded("n2", pvalue(1, b2, write(1)));
    seat.commanded("n2", pvalue(2, b2, write(2, 2))).decided(1, write(1));
    expect(seat.restarted().told()[0]).toContain('"accepted":[{"slot":2,');
  });
});
