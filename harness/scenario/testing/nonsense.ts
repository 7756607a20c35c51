/** What the fuzz tests share: what must hold for any text, and good files that are no longer good. */

import * as fc from "fast-check";
import { expect } from "vitest";
import type { Catalogue } from "../catalogue.ts";
import { loadScenarios } from "../load.ts";
import { ScenarioError } from "../problems.ts";

/** Whether it loads; when not, every problem has its place in the text and is one sentence. */
export function survives(text: string, catalogue: Catalogue): boolean {
  try {
    loadScenarios(text, "x.yaml", catalogue);
    return true;
  } catch (error) {
    if (!(error instanceof ScenarioError)) throw error;
    expect(error.problems.length).toBeGreaterThan(0);
    const lines = text.split("\n");
    for (const { file, line, column, message } of error.problems) {
      expect(file).toBe("x.yaml");
      expect(line).toBeGreaterThanOrEqual(1);
      expect(line).toBeLessThanOrEqual(lines.length);
      expect(column).toBeGreaterThanOrEqual(1);
      expect(column).toBeLessThanOrEqual(lines[line - 1]!.length + 1);
      expect(message).toMatch(/^\S[^\n]*[.?!]$/);
    }
    return false;
  }
}

/** Any value where any other value stood: what passes the parser must be stopped by the schema. */
export const swapped = (texts: readonly string[]): fc.Arbitrary<string> =>
  fc
    .record({ text: fc.constantFrom(...texts), at: fc.nat(), value: fc.jsonValue({ maxDepth: 2 }) })
    .map(({ text, at, value }) => {
      const values = [...text.matchAll(/(?<=: )[\w.%-]+/g)];
      const { index, 0: old } = values[at % values.length]!;
      return text.slice(0, index) + JSON.stringify(value) + text.slice(index + old.length);
    });
