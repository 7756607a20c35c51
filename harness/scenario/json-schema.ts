/** The language as a JSON Schema (draft 7), with which editors complete, explain and check scenario files. */

import { z } from "zod";
import type { OptionSpec, Protocol } from "../protocol.ts";
import { patterns } from "../sim/units.ts";
import type { Catalogue } from "./catalogue.ts";
import { noMutant } from "./load.ts";
import { optionKind } from "./options.ts";
import { faultSchema, wholeSchema } from "./schema.ts";

type Json = { readonly [key: string]: unknown };

/** One branch for each fault word, so that an editor completes exactly what the fault takes; unknown keys are refused. */
export function jsonSchema(catalogue: Catalogue): Json {
  const items = catalogue.faults.map(faultSchema);
  const changes = z.union(items.map((item) => item.partial().meta({ description: "What changes of a fault." })));
  const file = wholeSchema(catalogue, z.union(items), changes);
  const schema = z.toJSONSchema(file, { io: "input", target: "draft-7" });
  return { ...schema, title: "seedquake scenario", allOf: catalogue.protocols.map(ofProtocol) };
}

/** What a protocol adds to what may be written: its mutants, options and workloads. */
function ofProtocol({ name, mutants, options, workloads, invariants, goals }: Protocol): Json {
  const specs = Object.entries(options ?? {}).map(([option, spec]) => [option, ofOption(spec)] as const);
  const aliases = mutants.flatMap(({ name, id }) => (id === undefined ? [name] : [name, id]));
  const check = oneOf(["linearizable", "invariants", ...invariants.map(({ name }) => name)]);
  const properties = {
    mutant: oneOf([...aliases, noMutant]),
    options: { properties: Object.fromEntries(specs), additionalProperties: false },
    workload: { propertyNames: oneOf(workloads) },
    check: { anyOf: [check, { type: "array", items: check }] },
    reach: { items: oneOf(goals ?? []) },
  };
  const cases = { additionalProperties: { properties } };
  const consequence = { properties: { ...properties, cases } };
  // "If it is this protocol, then ..." said without the keywords: an object with a key called "then" looks like a promise.
  return { anyOf: [{ properties: { protocol: { not: { const: name } } } }, consequence] };
}

function ofOption(spec: OptionSpec): Json {
  const common = { description: spec.doc, default: spec.default };
  switch (optionKind(spec)) {
    case "flag":
      return { ...common, type: "boolean" };
    case "number":
      return { ...common, type: "integer", minimum: spec.min ?? 0 };
    case "choice":
      return { ...common, enum: spec.choices };
    case "duration":
      return { ...common, type: "string", pattern: patterns.duration.source };
    case "range":
      return { ...common, type: "string", pattern: patterns.durations.source };
  }
}

function oneOf(values: readonly string[]): Json {
  return values.length === 0 ? { not: {} } : { enum: values };
}
