/** The registries of this repository under the scenario language: every file loads, and every drawn plan can be written and read. */

import { readdirSync, readFileSync } from "node:fs";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { protocols } from "../../protocols/index.ts";
import { faults } from "../faults/index.ts";
import { workloads } from "../workloads/index.ts";
import type { Catalogue } from "./catalogue.ts";
import { writeCase } from "./expand.ts";
import { asExplicit } from "./explicit.ts";
import { formatScenario } from "./fmt.ts";
import { jsonSchema } from "./json-schema.ts";
import { loadScenario, loadScenarios } from "./load.ts";
import { drawPlan } from "./plan.ts";
import type { FaultItem } from "./scenario.ts";
import { accepts } from "./testing/draft7.ts";
import { survives, swapped } from "./testing/nonsense.ts";
import { source } from "./testing/source.ts";
import { writeExplicit } from "./write.ts";

const catalogue: Catalogue = { protocols, workloads, faults };
const schema = jsonSchema(catalogue);
const folder = new URL("../../scenarios/", import.meta.url);
const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".yaml"));

describe.each(files)("%s", (file) => {
  const text = readFileSync(new URL(file, folder), "utf8");

  test("loads, and an editor agrees", () => {
    for (const { name } of loadScenarios(text, `scenarios/${file}`, catalogue)) expect(name).toBe(file.replace(".yaml", ""));
    expect(accepts(schema, parse(text))).toBe(true);
  });

  test("its plans are written and read back", () => {
    for (const scenario of loadScenarios(text, file, catalogue)) {
      for (const seed of [1, 2, 3]) {
        const explicit = asExplicit(scenario, seed, drawPlan(scenario, catalogue, source(seed)), catalogue);
        const written = writeExplicit(explicit, catalogue);
        expect(accepts(schema, parse(written))).toBe(true);
        expect(loadScenario(written, file, catalogue).explicit).toEqual(explicit.explicit);
      }
    }
  });

  test("a case that is written out is the same scenario", () => {
    for (const scenario of loadScenarios(text, file, catalogue)) {
      const { case: one, claim, line: _line, faults, ...rest } = scenario;
      const own = one === undefined && claim !== undefined ? { ...rest, claim } : rest;
      const alone = loadScenario(writeCase(text, scenario.case), file, catalogue);
      const lineless = ({ line: _nowhere, ...item }: FaultItem) => item;
      expect(alone).toMatchObject({ ...own, description: alone.description });
      expect(alone.faults.map(lineless)).toEqual(faults.map(lineless));
    }
  });

  test("is laid out as fmt lays it out, which changes nothing in it, nor anything a second time", () => {
    const tidy = formatScenario(text, file);
    expect(parse(tidy)).toEqual(parse(text));
    expect(formatScenario(tidy, file)).toBe(tidy);
    expect(tidy.match(/#.*/g)?.length).toBe(text.match(/#.*/g)?.length);
  });
});

test("faults and workloads check whatever passes their schemas", () => {
  const texts = files.map((file) => readFileSync(new URL(file, folder), "utf8"));
  fc.assert(
    fc.property(swapped(texts), (text) => {
      survives(text, catalogue);
    }),
    { numRuns: 150, seed: 4 },
  );
});

test("every fault has a branch, under its own word, with no option that an item has already", () => {
  const items = schema["properties"] as { faults: { items: { anyOf: { required: string[]; properties: object }[] } } };
  // The last branch is for files of one's own.
  const branches = items.faults.items.anyOf.slice(0, -1);
  expect(branches.map(({ properties }) => Object.keys(properties)[0])).toEqual(faults.map(({ word }) => word));
  for (const fault of faults)
    for (const key of ["name", "at", "every", "when", "before", "after", "for"])
      expect(fault.schema).not.toHaveProperty(["shape", key]);
});
