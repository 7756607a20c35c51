/** What the page makes of a trace before anything is drawn: fates of messages, causes and effects, states, filters. */

import { describe, expect, it } from "vitest";
import type { Lane } from "../html/model.ts";
import { pack, packState, Values } from "../html/pack.ts";
import { trace, traceOf } from "../testing/sample.ts";
import { causesOf, effectsOf, follow } from "./causes.ts";
import { sentence } from "./describe.ts";
import { nothingHidden, shows, toggled } from "./filter.ts";
import { nodesAt, statesOf } from "./states.ts";
import { loudness, type View, viewOf } from "./view.ts";

const lane = (id: string): Lane => ({ id, kind: id.startsWith("c") ? "client" : "server", role: "" });
const lanes = ["c1", "c2", "n1", "n2", "n3"].map(lane);
const viewed = (records: Parameters<typeof pack>[0]): View => viewOf({ lanes, trace: pack(records) });
const view = viewed(trace);
const ping = { type: "Ping" };
const sent = (to: string, fate: "sent" | "lost" = "sent") =>
  ({ kind: "send", channel: "message", to, message: ping, fate }) as const;
const got = (from: string) => ({ kind: "deliver", channel: "message", from, message: ping }) as const;

describe("a message", () => {
  it("looks like what became of it", () => {
    const looks = new Map(view.messages.map(({ send, look }) => [send.n, look]));
    expect([7, 8, 21, 22, 23].map((n) => looks.get(n))).toEqual(["delivered", "doubled", "cut", "held", "cut"]);
    expect(view.messageOf.get(9)).toBe(view.messageOf.get(7));
  });

  it("is late when it took far longer than most, dropped when nobody took it, under way when it never came", () => {
    const { messages } = viewed(
      traceOf([
        ...[0, 1, 2, 3].map((at) => [at * 10_000, "n1", sent("n2")] as const),
        ...[0, 1, 2].map((at) => [at * 10_000 + 2_000, "n2", got("n1"), at + 1] as const),
        [90_000, "n2", got("n1"), 4],
        [91_000, "n1", sent("n3")],
        [92_000, "n3", { kind: "drop", channel: "message", from: "n1", message: ping, why: "down" }, 9],
        [93_000, "n1", sent("n3")],
      ] as const).sort((a, b) => a.atUs - b.atUs || a.n - b.n),
    );
    expect(messages.map(({ look }) => look)).toEqual(["delivered", "delivered", "delivered", "late", "dropped", "flying"]);
  });
});

describe("spans of a node's life", () => {
  it("last from crash to restart, from pause to resume, and while a clock is wrong", () => {
    const { spans } = viewed(
      traceOf([
        [1, "n1", { kind: "crash", lost: 0, torn: 0, by: "f" }],
        [2, "n1", { kind: "restart" }],
        [3, "n2", { kind: "pause" }],
        [4, "n2", { kind: "resume" }],
        [5, "n3", { kind: "clock", offsetUs: 200_000, ppm: 0, by: "g" }],
        [9, "n3", { kind: "clock", offsetUs: 0, ppm: 0, by: "g" }],
      ]),
    );
    expect(spans.map(({ lane: at, what, fromUs, toUs, text }) => [at, what, fromUs, toUs, text])).toEqual([
      [2, "down", 1, 2, "down"],
      [3, "asleep", 3, 4, "asleep"],
      [4, "clock", 5, 9, "+200 ms"],
    ]);
  });
});

describe("causes and effects", () => {
  it("are followed back to the first cause, and forward through messages", () => {
    expect(causesOf(view, 19)).toEqual([18, 17, 15, 14, 13]);
    expect(effectsOf(view, 13)).toEqual([14, 15, 16, 17, 18, 19]);
    expect(causesOf(view, 1)).toEqual([]);
  });

  it("do not go on through a timer: else the first heartbeat has caused everything", () => {
    const tick = viewed(
      traceOf([
        [0, "n1", { kind: "start" }],
        [1, "n1", { kind: "timer", name: "tick" }, 1],
        [1, "n1", sent("n2"), 2],
      ]),
    );
    expect(effectsOf(tick, 1)).toEqual([2]);
    expect(effectsOf(tick, 2)).toEqual([3]);
  });

  it("of one operation are what it asked for, what led to its answer, and what names its request", () => {
    const request = { id: "c1#1", op: { f: "write" } };
    const one = viewed(
      traceOf([
        [0, "n1", sent("n2")],
        [1, "c1", { kind: "invoke", op: "o1", process: 0, input: {} }],
        [1, "c1", { kind: "send", channel: "request", to: "n1", message: request, fate: "sent" }, 2],
        [2, "n1", { kind: "deliver", channel: "request", from: "c1", message: request }, 3],
        [2, "n1", { kind: "append", log: "log", index: 0, value: { request: "c1#1" } }, 4],
        [3, "n2", got("n1"), 1],
        [4, "n2", { kind: "fact", name: "applied", data: { request: "c1#1" } }, 6],
        [5, "n2", sent("n1"), 6],
        [6, "n1", got("n2"), 8],
        [7, "c1", { kind: "return", op: "o1", process: 0, outcome: "ok", output: 1 }, 9],
        [8, "n3", { kind: "sync" }],
      ]),
    );
    expect(follow(one, "o1")).toMatchObject({
      records: [2, 3, 4, 5, 6, 7, 8, 9, 10],
      messages: 2,
      writes: 1,
      nodes: ["c1", "n1", "n2"],
      fromUs: 1,
      toUs: 7,
    });
  });
});

describe("states", () => {
  const records = traceOf([
    [0, "n1", { kind: "start" }],
    [1, "n1", got("n2")],
    [1, "n1", { kind: "sync" }, 2],
    [2, "n1", { kind: "crash", lost: 0, torn: 0, by: "" }],
    [3, "n1", { kind: "restart" }],
  ]);
  const values = new Values();
  const packed = [
    { n: 1, node: "n1", first: true, changed: { term: 1, vote: null } },
    { n: 2, node: "n1", first: false, changed: { vote: "n2" } },
    { n: 5, node: "n1", first: true, changed: { term: 1 } },
  ].map((state) => packState(state, values));
  const states = statesOf({ states: packed, trace: { values: values.all, rows: [] } });
  const at = (n: number) => nodesAt(["n1"], states, records, n)[0]!;

  it("are those after the handler, with what it changed marked, on all of its effects", () => {
    expect(at(1).fields.map(({ name, value, changedFrom }) => [name, value, changedFrom])).toEqual([
      ["term", 1, undefined],
      ["vote", null, undefined],
    ]);
    for (const n of [2, 3]) expect(at(n).fields[1]).toEqual({ name: "vote", value: "n2", changedFrom: { value: null } });
  });

  it("are gone with a crash, and what a restart forgot is not there", () => {
    expect(at(4)).toEqual({ node: "n1", life: "down", fields: [] });
    expect(at(5)).toMatchObject({ life: "up", fields: [{ name: "term", value: 1 }] });
  });
});

describe("what is left out", () => {
  it("is a node with its messages, messages by name, a group of kinds", () => {
    const count = (filter: typeof nothingHidden): number => view.records.filter((record) => shows(filter, view, record)).length;
    const all = count(nothingHidden);
    expect(all).toBe(trace.length);
    expect(count({ ...nothingHidden, names: new Set(["Heartbeat"]) })).toBe(all - 8);
    expect(count({ ...nothingHidden, groups: new Set(["disk"]) })).toBe(all - 3);
    const without = view.records.filter((record) => shows({ ...nothingHidden, nodes: new Set(["n3"]) }, view, record));
    expect(without.some((record) => record.node === "n3" || (record.kind === "send" && record.to === "n3"))).toBe(false);
    expect([...toggled(toggled(new Set(["a"]), "b"), "a")]).toEqual(["b"]);
  });
});

describe("words", () => {
  it("say of every record what it is", () => {
    const told = view.records.map((record) => sentence(record, view, new Map()));
    expect(told.every((text) => text.length > 5 && !text.includes("undefined"))).toBe(true);
    expect(told[21]).toBe("n1 sends Heartbeat to n3, which is held back on the way (lonely-leader)");
    expect(told[24]).toContain("n3 crashes in its handler of message Append, after 1 of 3 effects; 1 unsynced write is lost");
  });

  it("are louder for what a story tells than for a message that simply arrives", () => {
    const loud = (n: number): number => loudness(view.records[n - 1]!, view);
    expect([11, 21, 7].map(loud)).toEqual([2, 1, 0]);
  });
});
