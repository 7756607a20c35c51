/** Keys that are known, but not here: where they belong, and which ones a later version will understand. */

import { z } from "zod";
import type { Catalogue } from "./catalogue.ts";
import type { Hint } from "./explain.ts";
import { ownPath } from "./own.ts";
import { envelope, scenarioSchema } from "./schema.ts";
import { momentWords } from "./words.ts";

/** What stands in a file of another kind. */
export const elsewhere: ReadonlyMap<string, string> = new Map([
  ["suite", "a suite names scenarios and is none itself; `seedquake run` and `list` read it"],
]);

/** For the end of the sentence about a key that stands where it does not belong. */
export function homes(catalogue: Catalogue): Hint {
  let home: ReadonlyMap<string, string> | undefined;
  return (key) => {
    // Only a file with a mistake in it needs to know.
    home ??= whereKeysBelong(catalogue);
    const where = home.get(key);
    if (where === undefined && ownPath.test(key))
      return "that file exports nothing for this place: export a workload as `workload`, a fault as `fault`";
    return where && `it belongs to ${where}`;
  };
}

function whereKeysBelong(catalogue: Catalogue): ReadonlyMap<string, string> {
  const top = scenarioSchema(catalogue).shape;
  const home = new Map<string, string>();
  // The first one wins: what is usual before what is rare.
  const add = (keys: readonly string[], where: string): void => {
    for (const key of keys) if (!home.has(key)) home.set(key, where);
  };
  add(Object.keys(top), "the scenario itself, at the left margin");
  for (const key of ["network", "clients", "require", "expect", "limits"] as const) add(keysWithin(top[key]), `"${key}"`);
  add(["constant", "exponential", "heavy-tail"], '"network", as its "latency"');
  add(
    catalogue.workloads.map(({ name }) => name),
    '"workload"',
  );
  for (const { name, schema } of catalogue.workloads) add(keysWithin(schema), `"workload", as a setting of ${name}`);
  add(
    catalogue.faults.map(({ word }) => word),
    '"faults", as an item of that list',
  );
  add(Object.keys(envelope), '"faults", in an item of that list');
  add([...Object.keys(momentWords), "by", "nth"], '"when", "before" or "after", in a fault');
  for (const { roles, options } of catalogue.protocols) {
    add(
      roles.map(({ name }) => name),
      '"nodes"',
    );
    add(Object.keys(options ?? {}), '"options"');
  }
  return home;
}

/** The keys of the maps that a value may be. */
function keysWithin(schema: z.core.$ZodType): readonly string[] {
  if (schema instanceof z.ZodObject) return Object.keys(schema.shape);
  if (schema instanceof z.ZodUnion) return schema.options.flatMap(keysWithin);
  return schema instanceof z.ZodOptional ? keysWithin(schema.unwrap()) : [];
}
