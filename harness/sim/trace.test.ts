/** The trace: numbered records, each with what led to it; keeping it changes nothing. */

import { describe, expect, it } from "vitest";
import { stormy } from "./testing/stormy.ts";
import { at, boot, ms, records, told } from "./testing/world.ts";
import type { TraceRecord } from "./trace.ts";

const trace = stormy(1, true).trace;
const byNumber = new Map(trace.map((record) => [record.n, record]));
const causeOf = (record: TraceRecord): TraceRecord | undefined => byNumber.get(record.cause);

describe("a trace", () => {
  it("(of a run that has everything in it)", () => {
    const kinds = new Set(trace.map(({ kind }) => kind));
    for (const kind of [
      ...[
        "start",
        "send",
        "deliver",
        "drop",
        "timer",
        "write",
        "append",
        "truncate",
        "sync",
        "fact",
        "goal",
        "log",
        "crash",
        "restart",
      ],
      ...["wipe", "pause", "resume", "heal", "invoke", "return"],
    ]) {
      expect(kinds).toContain(kind);
    }
    expect(new Set(records(stormy(1, true), "send").map(({ fate }) => fate))).toEqual(
      new Set(["sent", "doubled", "lost", "cut", "held"]),
    );
  });

  it("counts its records from 1, and time never runs backwards", () => {
    trace.forEach((record, i) => {
      expect(record.n).toBe(i + 1);
      if (i > 0) expect(record.atUs).toBeGreaterThanOrEqual(trace[i - 1]!.atUs);
    });
  });

  it("gives each record a cause that came before it, or none", () => {
    for (const { n, cause } of trace) {
      expect(Number.isSafeInteger(cause)).toBe(true);
      expect(cause).toBeGreaterThanOrEqual(0);
      expect(cause).toBeLessThan(n);
    }
  });

  it("leads each arrival back to its sending: same link, same message", () => {
    for (const record of trace) {
      if (record.kind !== "deliver" && record.kind !== "drop") continue;
      const cause = causeOf(record);
      expect(cause).toMatchObject({ kind: "send", node: record.from, to: record.node, channel: record.channel });
      expect((cause as { message: unknown }).message).toBe(record.message);
      expect(["sent", "doubled", "held"]).toContain((cause as { fate: string }).fate);
    }
  });

  it("leads each effect back to the handler that asked for it, on the same node", () => {
    const effects = new Set(["send", "write", "append", "truncate", "sync", "fact", "goal", "log", "timer"]);
    for (const record of trace) {
      if (!effects.has(record.kind)) continue;
      const cause = causeOf(record);
      expect(cause?.node).toBe(record.node);
      expect(["start", "restart", "deliver", "timer", "invoke"]).toContain(cause?.kind);
    }
  });

  it("leads a crash between two effects back to the handler that it cut, and a crash at rest to nothing", () => {
    const [cut, plain] = trace.filter((record) => record.kind === "crash");
    expect(cut).toMatchObject({ node: "n2", by: "armed" });
    const cause = causeOf(cut!);
    expect(cause).toMatchObject({ node: "n2", kind: "deliver", atUs: cut!.atUs });
    const { channel, message } = cause as { channel: string; message: { type?: string } };
    expect(cut!.cut!.handler).toBe(channel === "request" ? "request" : `message ${message.type}`);
    expect(plain).toMatchObject({ node: "n3", by: "crash", cause: 0 });
  });

  it("has as many returns as it needs, each after its invocation", () => {
    const open = new Map<string, number>();
    for (const record of trace) {
      if (record.kind === "invoke") {
        expect([...open.values()]).not.toContain(record.process);
        open.set(record.op, record.process);
      } else if (record.kind === "return") {
        expect(open.get(record.op)).toBe(record.process);
        open.delete(record.op);
      }
    }
    expect([...open.keys()].length).toBeLessThanOrEqual(2);
  });

  it("tells what happens in one line each, as in a story", () => {
    const cluster = boot(
      {
        n1: {
          onRequest: (ctx, request) => {
            ctx.disk.write("x", 1);
            ctx.reply(request, "done");
          },
        },
      },
      { clients: 1 },
    );
    cluster.offer(ms(1), "c1", "o1", "write");
    at(cluster, 9, () => cluster.faultRecord("crash-1", "begin", "crash: n1"));
    cluster.runUntil(ms(10));
    expect(told(cluster, "c1")).toEqual(["start", "invoke", "send n1 ", "deliver n1 ok", "return"]);
    expect(told(cluster, "n1")).toEqual(["start", "deliver c1 ", "write x", "send c1 ok"]);
    expect(cluster.trace.at(-1)).toEqual({
      n: 10,
      atUs: ms(9),
      node: "",
      cause: 0,
      kind: "fault",
      id: "crash-1",
      phase: "begin",
      what: "crash: n1",
    });
  });

  it("is empty when nobody asked for it", () => {
    expect(stormy(1, false).trace).toEqual([]);
  });
});
