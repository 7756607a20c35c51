/** The moments of a trace, counted. */

import { expect, it } from "vitest";
import type { TraceRecord } from "../sim/trace.ts";
import { pointLines, points } from "./points.ts";

type Bare<T> = T extends unknown ? Omit<T, "n" | "atUs" | "node" | "cause"> : never;
const at = (node: string, record: Bare<TraceRecord>): TraceRecord =>
  ({ n: 1, atUs: 0, node, cause: 0, ...record }) as TraceRecord;
const commit = { type: "commit" };

it("are named as a fault names them, and counted by node", () => {
  const trace = [
    at("n1", { kind: "start" }),
    at("n2", { kind: "fact", name: "leader", data: {} }),
    at("n1", { kind: "send", channel: "message", to: "n2", message: commit, fate: "sent" }),
    at("n1", { kind: "send", channel: "message", to: "n3", message: commit, fate: "lost" }),
    at("n3", { kind: "send", channel: "message", to: "n2", message: commit, fate: "sent" }),
    at("n1", { kind: "send", channel: "answer", to: "c1", message: { kind: "redirect" }, fate: "sent" }),
    at("n2", { kind: "deliver", channel: "message", from: "n1", message: commit }),
    at("n2", { kind: "append", log: "log", index: 0, value: 1 }),
    at("n2", { kind: "write", record: "vote", value: 1 }),
    at("n2", { kind: "sync" }),
    at("n1", { kind: "timer", name: "election" }),
  ];
  expect(pointLines(points(trace), ["n1", "n2", "n3"])).toEqual([
    "send: commit          3  n1 2, n3 1",
    "receive: commit       1  n2 1",
    "write: log            1  n2 1",
    "write: vote           1  n2 1",
    "sync: any             1  n2 1",
    "reply: redirect       1  n1 1",
    "timer: election       1  n1 1",
    "fact: leader          1  n2 1",
  ]);
});
