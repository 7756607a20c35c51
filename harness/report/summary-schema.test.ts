import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { accepts } from "../scenario/testing/draft7.ts";
import { summaryReporter } from "./summary.ts";
import { readSummary, SummaryError, summaryJsonSchema } from "./summary-schema.ts";
import { everything, setting, withBaseline } from "./testing/sample.ts";

type Json = Readonly<Record<string, unknown>>;
const schema = summaryJsonSchema() as Json;
const kept = ["example-valid", "example-violation"].map((name) =>
  readFileSync(join(import.meta.dirname, "..", "..", "reports", "examples", name, "summary.json"), "utf8"),
);
const written = [
  ...kept,
  summaryReporter.render(everything, withBaseline),
  summaryReporter.render({ campaigns: [], baseSeed: 1, interrupted: true }, setting),
];

/** The paths of fields that a value has and its schema does not state. Maps by name have `additionalProperties` that say more than {}. */
function unstated(value: unknown, at: Json, path = ""): string[] {
  if (Array.isArray(value)) return value.flatMap((item) => unstated(item, at["items"] as Json, `${path}[]`));
  if (typeof value !== "object" || value === null) return [];
  const branches = (at["anyOf"] as Json[] | undefined) ?? [at];
  return Object.entries(value).flatMap(([key, field]) => {
    const stated = branches
      .map((branch) => (branch["properties"] as Record<string, Json> | undefined)?.[key])
      .find((one) => one !== undefined);
    if (stated !== undefined) return unstated(field, stated, `${path}.${key}`);
    const isMap = branches.some((branch) => branch["properties"] === undefined);
    return isMap ? [] : [`${path}.${key}`];
  });
}

describe("the schema of summary.json", () => {
  it("is plain JSON of draft 7", () => {
    expect(schema["$schema"]).toBe("http://json-schema.org/draft-07/schema#");
    expect(JSON.parse(JSON.stringify(schema))).toEqual(schema);
  });

  it.each(written.map((text, i) => [i, text] as const))("accepts real summaries (%i), and so does what reads them", (_, text) => {
    expect(accepts(schema, JSON.parse(text))).toBe(true);
    expect(readSummary(text, "summary.json")).toEqual(JSON.parse(text));
  });

  it("states every field that is written: a new one belongs there too", () => {
    for (const text of written) expect([...new Set(unstated(JSON.parse(text), schema))]).toEqual([]);
  });

  it("is published as seedquake/summary.schema.json, as the build wrote it", () => {
    const root = join(import.meta.dirname, "..", "..");
    const { exports } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { exports: Record<string, string> };
    const published = readFileSync(join(root, exports["./summary.schema.json"]!), "utf8");
    expect(JSON.parse(published)).toEqual(schema);
  });

  it("refuses what is no summary, or of another version, in a sentence", () => {
    const [text] = kept as [string];
    const wrong: readonly (readonly [string, RegExp])[] = [
      [text.slice(1), /^r\/summary\.json: expected the summary of a run, found no JSON; `seedquake run` writes it anew$/],
      [text.replace('"schemaVersion": 1', '"schemaVersion": 2'), /version 1, found another at schemaVersion /],
      [text.replace('"runs": 20', '"runs": "20"'), /found another at \S+\.runs /],
      ["[]", /found another at its top /],
    ];
    for (const [bad, sentence] of wrong) {
      expect(() => readSummary(bad, "r/summary.json")).toThrow(SummaryError);
      expect(() => readSummary(bad, "r/summary.json")).toThrow(sentence);
    }
    expect(accepts(schema, JSON.parse(text.replace('"runs": 20', '"runs": "20"')))).toBe(false);
  });
});
