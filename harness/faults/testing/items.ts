/** Draws items for any fault from its own JSON Schema, so that the contract suite needs to know no fault by name. */

import * as fc from "fast-check";
import { z } from "zod";
import type { Cluster, Fault } from "../fault.ts";

/** The part of JSON Schema that our schemas use. */
export interface JsonSchema {
  readonly type?: string;
  readonly description?: string;
  readonly enum?: readonly string[];
  readonly const?: unknown;
  readonly pattern?: string;
  readonly anyOf?: readonly JsonSchema[];
  readonly items?: JsonSchema;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: JsonSchema | false;
  readonly minimum?: number;
}

export function jsonSchema(fault: Fault): JsonSchema {
  return z.toJSONSchema(fault.schema, { io: "input", target: "draft-7" }) as JsonSchema;
}

/** Items that the fault itself finds nothing wrong with. */
export function items(fault: Fault, cluster: Cluster): fc.Arbitrary<unknown> {
  return value(jsonSchema(fault), cluster).filter(
    (item) => fault.schema.safeParse(item).success && fault.check(item, cluster).length === 0,
  );
}

const words = [
  "any",
  "one",
  "minority",
  "majority",
  "all",
  "one client",
  "halves",
  "random-halves",
  "ring",
  "bridge",
  "partial",
  "zone",
  "zones",
  "east",
];

/** Links, or the connections of faults that say so. */
type Arrow = "->" | "<->";

function value(schema: JsonSchema, cluster: Cluster, outer: Arrow = "->"): fc.Arbitrary<unknown> {
  const arrow = schema.description?.includes("<->") ? "<->" : outer;
  if (schema.anyOf !== undefined) {
    // Lists say more than numbers.
    return fc.oneof(
      ...schema.anyOf.map((one) => ({ weight: one.type === "integer" ? 1 : 4, arbitrary: value(one, cluster, arrow) })),
    );
  }
  if (schema.const !== undefined) return fc.constant(schema.const);
  if (schema.enum !== undefined) return fc.constantFrom(...schema.enum);
  const nodes = [...cluster.servers.map((server) => server.id), ...cluster.clients];
  const roles = cluster.servers.map((server) => server.role);
  switch (schema.type) {
    case "string":
      if (schema.pattern !== undefined) return fc.stringMatching(new RegExp(schema.pattern));
      return fc.oneof(fc.constantFrom(...nodes, ...cluster.selectors, ...roles), fc.constantFrom(...words), link(nodes, arrow));
    case "boolean":
      return fc.boolean();
    case "integer":
      return fc.integer({ min: schema.minimum ?? 0, max: 5 });
    case "array":
      if (schema.items?.type === "array") return groups(nodes);
      return fc.oneof(fc.subarray(nodes, { minLength: 1 }), fc.uniqueArray(link(nodes, arrow), { minLength: 1, maxLength: 5 }));
    case "object": {
      if (schema.properties === undefined) {
        const amount = value(schema.additionalProperties as JsonSchema, cluster);
        return fc.dictionary(fc.constantFrom(...nodes), amount, { minKeys: 1, maxKeys: 3, noNullPrototype: true });
      }
      const fields = Object.entries(schema.properties).map(([name, field]) => [name, value(field, cluster)] as const);
      const required = [...(schema.required ?? [])];
      const whole = Object.fromEntries(fields);
      const bare = Object.fromEntries(fields.filter(([name]) => required.includes(name)));
      return fc.oneof(
        fc.record(bare, { noNullPrototype: true }),
        fc.record(whole, { requiredKeys: required, noNullPrototype: true }),
      );
    }
    default:
      throw new Error(`no items can be drawn for ${JSON.stringify(schema)}`);
  }
}

function link(nodes: readonly string[], arrow: Arrow): fc.Arbitrary<string> {
  return fc.subarray([...nodes], { minLength: 2, maxLength: 2 }).map(([from, to]) => `${from} ${arrow} ${to}`);
}

function groups(nodes: readonly string[]): fc.Arbitrary<string[][]> {
  const seats = fc.array(fc.nat({ max: 3 }), { minLength: nodes.length, maxLength: nodes.length });
  return seats.map((seat) =>
    [0, 1, 2].map((side) => nodes.filter((_, i) => seat[i] === side)).filter((group) => group.length > 0),
  );
}
