import { describe, expect, it } from "vitest";
import type { RecordedOperation, TracedRun } from "../run/run.ts";
import { historyLines } from "./history.ts";
import { history, run, traceOf, words } from "./testing/sample.ts";

const eventsOf = (one: TracedRun): Record<string, unknown>[] =>
  historyLines(one, words)
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as Record<string, unknown>);

describe("history.jsonl", () => {
  it("tells what was asked and answered, with the faults between, as Jepsen does", () => {
    expect(historyLines(run, words)).toMatchInlineSnapshot(`
      "{"process":0,"type":"invoke","f":"write","key":"x","value":1,"time":20000000}
      {"process":0,"type":"ok","f":"write","key":"x","value":1,"time":23250000}
      {"process":"nemesis","type":"info","f":"start-partition","key":null,"value":"partition n1 | n2 n3","time":100000000,"fault":"lonely-leader"}
      {"process":"nemesis","type":"info","f":"start-crash","key":null,"value":"crash n3","time":130000000,"fault":"crash-1"}
      {"process":1,"type":"invoke","f":"write","key":"x","value":2,"time":140000000}
      {"process":"nemesis","type":"info","f":"stop-crash","key":null,"value":"crash n3","time":150000000,"fault":"crash-1"}
      {"process":1,"type":"ok","f":"write","key":"x","value":2,"time":180000000}
      {"process":1,"type":"invoke","f":"write","key":"x","value":3,"time":190000000}
      {"process":0,"type":"invoke","f":"read","key":"x","value":null,"time":200000000}
      {"process":0,"type":"ok","f":"read","key":"x","value":1,"time":203000000}
      {"process":1,"type":"info","f":"write","key":"x","value":3,"time":240000000,"error":"no answer within 50 ms"}
      {"process":"nemesis","type":"info","f":"stop-partition","key":null,"value":"partition n1 | n2 n3","time":300000000,"fault":"lonely-leader"}
      {"process":"nemesis","type":"info","f":"heal","key":null,"value":null,"time":300000000}
      "
    `);
  });

  it("keeps the order of positions where two events share a microsecond", () => {
    const at = { invokedAtUs: 5, returnedAtUs: 5, client: "c1", outcome: "ok", output: 1 } as const;
    const read = { f: "read", key: "x" };
    const operations: RecordedOperation[] = [
      { ...at, id: "late", process: 1, input: read, invoked: 2, returned: 3 },
      { ...at, id: "early", process: 0, input: read, invoked: 0, returned: 1 },
    ];
    const order = eventsOf({ ...run, history: operations, trace: [] }).map(({ process, type }) => `${process} ${type}`);
    expect(order).toEqual(["0 invoke", "0 ok", "1 invoke", "1 ok"]);
  });

  it("calls a compare-and-set that found another value a fail, and gives the reason of a refusal", () => {
    const cas = { f: "cas", key: "x", value: [1, 2] };
    const at = { invokedAtUs: 1, returnedAtUs: 9, client: "c1", input: cas } as const;
    const operations: RecordedOperation[] = [
      { ...at, id: "o1", process: 0, outcome: "ok", output: false, invoked: 0, returned: 1 },
      { ...at, id: "o2", process: 1, outcome: "fail", output: undefined, invoked: 2, returned: 3, reason: "not the leader" },
    ];
    const told = eventsOf({ ...run, history: operations, trace: [] }).filter(({ type }) => type !== "invoke");
    expect(told).toEqual([
      { process: 0, type: "fail", f: "cas", key: "x", value: [1, 2], time: 9000 },
      { process: 1, type: "fail", f: "cas", key: "x", value: [1, 2], time: 9000, error: "not the leader" },
    ]);
  });

  it("writes an info where the client gave up, before it goes on as another process in the same microsecond", () => {
    const gaveUp = { ...history[2]!, invoked: 0, infoAt: 1 };
    const next = {
      ...history[3]!,
      client: "c2",
      process: 3,
      invoked: 2,
      returned: 3,
      invokedAtUs: 240_000,
      returnedAtUs: 250_000,
    };
    const order = eventsOf({ ...run, history: [next, gaveUp], trace: [] }).map(({ process, type }) => `${process} ${type}`);
    expect(order).toEqual(["1 invoke", "1 info", "3 invoke", "3 ok"]);
  });

  it("leaves an operation open that was still under way when the run ended", () => {
    const { infoAtUs: _atUs, infoAt: _at, ...open } = history[2]!;
    expect(eventsOf({ ...run, history: [open], trace: [] }).map(({ type }) => type)).toEqual(["invoke"]);
  });

  it("puts a fault where it happened, also among the events of one microsecond", () => {
    const input = { f: "read", key: "x" };
    const trace = traceOf([
      [5, "c1", { kind: "invoke", op: "o1", process: 0, input }],
      [5, "", { kind: "fault", id: "crash-1", phase: "begin", what: "crash: n1" }],
      [5, "c1", { kind: "return", op: "o1", process: 0, outcome: "ok", output: 1 }],
    ]);
    const one = { ...history[3]!, invokedAtUs: 5, returnedAtUs: 5, invoked: 0, returned: 1 };
    expect(eventsOf({ ...run, history: [one], trace }).map(({ f, type }) => `${f} ${type}`)).toEqual([
      "read invoke",
      "start-crash info",
      "read ok",
    ]);
  });

  it("pairs the end of a fault with its beginning", () => {
    const nemesis = eventsOf(run).filter(({ process }) => process === "nemesis");
    expect(nemesis.filter(({ fault }) => fault === "crash-1").map(({ f, value }) => [f, value])).toEqual([
      ["start-crash", "crash n3"],
      ["stop-crash", "crash n3"],
    ]);
    expect(nemesis.every(({ type, key }) => type === "info" && key === null)).toBe(true);
  });

  it("is empty when nothing was asked", () => {
    expect(historyLines({ ...run, history: [], trace: traceOf([]) }, words)).toBe("");
  });
});
