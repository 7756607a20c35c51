import { expect, it } from "vitest";
import { run, trace, traceOf } from "./testing/sample.ts";
import { traceLine, traceLines } from "./trace.ts";

it("writes one record a line, in order, which reads back as it was", () => {
  const lines = traceLines(run).trimEnd().split("\n");
  expect(lines).toHaveLength(trace.length);
  const read = lines.map((line) =>
    JSON.parse(line, (_key, value) => (value?.$bigint === undefined ? value : BigInt(value.$bigint))),
  );
  expect(read).toEqual(trace);
});

it("names a record's fields in one order, however it was built", () => {
  const record = traceOf([[5, "n1", { kind: "crash", lost: 1, torn: 0, by: "crash-1" }]])[0]!;
  const reversed = Object.fromEntries(Object.entries(record).reverse()) as unknown as typeof record;
  expect(traceLine(record)).toBe('{"n":1,"atUs":5,"node":"n1","kind":"crash","cause":0,"by":"crash-1","lost":1,"torn":0}');
  expect(traceLine(reversed)).toBe(traceLine(record));
});

it("writes bigints so that they can be told from numbers", () => {
  const record = traceOf([[0, "n1", { kind: "fact", name: "commit", data: { index: 12n } }]])[0]!;
  expect(traceLine(record)).toContain('"data":{"index":{"$bigint":"12"}}');
});
