import { describe, expect, it } from "vitest";
import { logLines, prettyLog } from "./log.ts";
import { noPaint } from "./reporter.ts";
import { run, traceOf } from "./testing/sample.ts";

describe("run.log", () => {
  it("is pino's lines, with virtual time and nothing of the machine", () => {
    expect(logLines(run)).toMatchInlineSnapshot(`
      "{"level":"info","vt":13.700,"node":"n1","n":11,"kind":"fact","data":{"term":1},"msg":"leader"}
      {"level":"debug","vt":13.700,"node":"n1","n":12,"kind":"goal","msg":"leader elected"}
      {"level":"warn","vt":100.000,"n":20,"kind":"fault","fault":"lonely-leader","phase":"begin","msg":"partition n1 | n2 n3"}
      {"level":"warn","vt":130.000,"n":24,"kind":"fault","fault":"crash-1","phase":"begin","msg":"crash n3"}
      {"level":"warn","vt":130.000,"node":"n3","n":25,"kind":"crash","lost":1,"torn":0,"cut":{"handler":"message Append","after":1,"of":3},"by":"crash-1","msg":"crash"}
      {"level":"warn","vt":150.000,"n":28,"kind":"fault","fault":"crash-1","phase":"end","msg":"restart n3"}
      {"level":"info","vt":150.000,"node":"n3","n":29,"kind":"restart","msg":"restart"}
      {"level":"info","vt":170.000,"node":"n2","n":32,"kind":"fact","data":{"term":2},"msg":"leader"}
      {"level":"info","vt":171.000,"node":"n2","n":33,"kind":"log","data":{"term":{"$bigint":"2"}},"msg":"won with 2 votes"}
      {"level":"error","vt":203.000,"n":0,"kind":"violation","check":"linearizable","msg":"c1 read x = 1 at 203.000 ms, but x was 2 since 180.000 ms, when c2 had been told so."}
      {"level":"warn","vt":300.000,"n":39,"kind":"fault","fault":"lonely-leader","phase":"end","msg":"healed"}
      "
    `);
  });

  it("has the same bytes for the same run, however often and whenever it is written", async () => {
    const first = logLines(run);
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect(logLines(run)).toBe(first);
  });

  it("lets no data of a protocol overwrite a field of the log's own", () => {
    const data = { level: "fatal", vt: -1, msg: "forged", node: "n9", time: 3n };
    const line = logLines({ ...run, trace: traceOf([[1500, "n1", { kind: "log", message: "hello\u001b[31m", data }]]) }).split(
      "\n",
    )[0]!;
    expect(line).not.toContain("\u001b");
    expect(JSON.parse(line)).toEqual({
      level: "info",
      vt: 1.5,
      node: "n1",
      n: 1,
      kind: "log",
      data: { ...data, time: { $bigint: "3" } },
      msg: "hello\u001b[31m",
    });
  });

  it("begins at the level that is asked for", () => {
    const levels = (text: string): string[] => [...new Set([...text.matchAll(/"level":"(\w+)"/g)].map(([, level]) => level!))];
    expect(levels(logLines(run, "info"))).toEqual(["info", "warn", "error"]);
    expect(levels(logLines(run, "error"))).toEqual(["error"]);
  });

  it("is told to people line by line, and no message acts upon their terminal", () => {
    expect(`\n${prettyLog(run, "warn", noPaint).join("\n")}\n`).toMatchInlineSnapshot(`
      "
         100.000 ms      WARN   partition n1 | n2 n3 {fault: lonely-leader, phase: begin}
         130.000 ms      WARN   crash n3 {fault: crash-1, phase: begin}
         130.000 ms  n3  WARN   crash {lost: 1, torn: 0, cut: {handler: "message Append", after: 1, of: 3}, by: crash-1}
         150.000 ms      WARN   restart n3 {fault: crash-1, phase: end}
         203.000 ms      ERROR  c1 read x = 1 at 203.000 ms, but x was 2 since 180.000 ms, when c2 had been told so. {check: linearizable}
         300.000 ms      WARN   healed {fault: lonely-leader, phase: end}
      "
    `);
    const evil = traceOf([[1500, "n1", { kind: "log", message: "hi\u001b[31m\nn9 forged", data: { a: "\u001b" } }]]);
    const [line, ...others] = prettyLog({ ...run, trace: evil }, "info", noPaint);
    expect(line).toBe(String.raw`     1.500 ms  n1  INFO   hi\u001b[31m\u000an9 forged {a: "\\u001b"}`);
    expect(others).toHaveLength(1);
  });
});
