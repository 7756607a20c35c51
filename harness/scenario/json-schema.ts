/** The language as a JSON Schema (draft 7), with which editors complete, explain and check scenario files. */

import { z } from "zod";
import type { OptionSpec, Protocol } from "../protocol.ts";
import { patterns } from "../sim/units.ts";
import type { Catalogue } from "./catalogue.ts";
import { noMutant } from "./load.ts";
import { optionKind } from "./options.ts";
import { ownPath } from "./own.ts";
import { envelope, faultSchema, wholeSchema } from "./schema.ts";

type Json = { readonly [key: string]: unknown };

/** What stands at "./x.ts". */
const own = { type: "string", pattern: ownPath.source } as const;

/** A fault that is named by its path: at least one of its keys is one. */
const ownFault = z.looseObject(envelope).meta({
  description: "A fault of your own, by the path of its file; its value is the target.",
  not: { propertyNames: { not: own } },
});

/** One branch for each fault word, so that an editor completes exactly what the fault takes; unknown keys are refused. */
export function jsonSchema(catalogue: Catalogue): Json {
  const items = [...catalogue.faults.map(faultSchema), ownFault];
  const changes = z.union(items.map((item) => item.partial().meta({ description: "What changes of a fault." })));
  const file = wholeSchema(catalogue, z.union(items), changes);
  const schema = z.toJSONSchema(file, { io: "input", target: "draft-7" }) as Json & { readonly properties: Keys };
  const properties = withOwnWorkloads(schema.properties);
  const { description, ...named } = properties["protocol"]!;
  const protocol = { description, anyOf: [named, own] };
  const cases = properties["cases"] as Json & { readonly additionalProperties: Json & { readonly properties: Keys } };
  const one = { ...cases.additionalProperties, properties: withOwnWorkloads(cases.additionalProperties.properties) };
  return {
    ...schema,
    title: "seedquake scenario",
    properties: { ...properties, protocol, cases: { ...cases, additionalProperties: one } },
    allOf: catalogue.protocols.map(ofProtocol),
  };
}

type Keys = Readonly<Record<string, Json>>;

function withOwnWorkloads(properties: Keys): Keys {
  return { ...properties, workload: { ...properties["workload"], patternProperties: { [own.pattern]: { type: "object" } } } };
}

/** What a protocol adds to what may be written: its mutants, options and workloads. */
function ofProtocol({ name, mutants, options, workloads, invariants, goals }: Protocol): Json {
  const specs = Object.entries(options ?? {}).map(([option, spec]) => [option, ofOption(spec)] as const);
  const aliases = mutants.flatMap(({ name, id }) => (id === undefined ? [name] : [name, id]));
  const check = orOwn(["linearizable", "invariants", ...invariants.map(({ name }) => name)]);
  const properties = {
    mutant: oneOf([...aliases, noMutant]),
    options: { properties: Object.fromEntries(specs), additionalProperties: false },
    workload: { propertyNames: orOwn(workloads) },
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

function orOwn(values: readonly string[]): Json {
  return { anyOf: [oneOf(values), own] };
}
