/** A JSON Schema validator for the few keywords that our schema uses; any other is an error, so that none is passed over in silence. */

import { isDeepStrictEqual } from "node:util";

type Schema = Readonly<Record<string, unknown>>;
type Check = (value: unknown, keyword: never, schema: Schema) => boolean;

const isMap = (value: unknown): value is Schema => typeof value === "object" && value !== null && !Array.isArray(value);

const types: Readonly<Record<string, (value: unknown) => boolean>> = {
  object: isMap,
  array: Array.isArray,
  string: (value) => typeof value === "string",
  number: (value) => typeof value === "number",
  integer: Number.isInteger,
  boolean: (value) => typeof value === "boolean",
};

const says = () => true;

const keywords: Readonly<Record<string, Check>> = {
  $schema: says,
  title: says,
  description: says,
  examples: says,
  default: says,
  type: (value, type: string | readonly string[]) => [type].flat().some((name) => types[name]!(value)),
  const: (value, wanted: unknown) => isDeepStrictEqual(value, wanted),
  enum: (value, wanted: readonly unknown[]) => {
    if (wanted.length === 0) throw new Error("an enum without values is no draft 7");
    return wanted.some((one) => isDeepStrictEqual(value, one));
  },
  pattern: (value, pattern: string) => typeof value !== "string" || new RegExp(pattern, "u").test(value),
  minimum: (value, least: number) => typeof value !== "number" || value >= least,
  exclusiveMinimum: (value, least: number) => typeof value !== "number" || value > least,
  maximum: (value, most: number) => typeof value !== "number" || value <= most,
  minLength: (value, least: number) => typeof value !== "string" || value.length >= least,
  minItems: (value, least: number) => !Array.isArray(value) || value.length >= least,
  maxItems: (value, most: number) => !Array.isArray(value) || value.length <= most,
  items: (value, inner: Schema) => !Array.isArray(value) || value.every((item) => accepts(inner, item)),
  minProperties: (value, least: number) => !isMap(value) || Object.keys(value).length >= least,
  maxProperties: (value, most: number) => !isMap(value) || Object.keys(value).length <= most,
  required: (value, keys: readonly string[]) => !isMap(value) || keys.every((key) => Object.hasOwn(value, key)),
  propertyNames: (value, inner: Schema) => !isMap(value) || Object.keys(value).every((key) => accepts(inner, key)),
  properties: (value, inner: Readonly<Record<string, Schema>>) =>
    !isMap(value) || Object.entries(inner).every(([key, schema]) => !Object.hasOwn(value, key) || accepts(schema, value[key])),
  patternProperties: (value, inner: Readonly<Record<string, Schema>>) =>
    !isMap(value) ||
    Object.entries(inner).every(([pattern, schema]) =>
      Object.entries(value).every(([key, field]) => !new RegExp(pattern, "u").test(key) || accepts(schema, field)),
    ),
  additionalProperties: (value, inner: boolean | Schema, schema) => {
    const known = isMap(schema["properties"]) ? schema["properties"] : {};
    const patterns = Object.keys(isMap(schema["patternProperties"]) ? schema["patternProperties"] : {});
    const others = (isMap(value) ? Object.entries(value) : []).filter(
      ([key]) => !Object.hasOwn(known, key) && !patterns.some((pattern) => new RegExp(pattern, "u").test(key)),
    );
    return others.every(([, other]) => (typeof inner === "boolean" ? inner : accepts(inner, other)));
  },
  anyOf: (value, branches: readonly Schema[]) => branches.some((branch) => accepts(branch, value)),
  oneOf: (value, branches: readonly Schema[]) => branches.filter((branch) => accepts(branch, value)).length === 1,
  allOf: (value, branches: readonly Schema[]) => branches.every((branch) => accepts(branch, value)),
  not: (value, inner: Schema) => !accepts(inner, value),
};

export function accepts(schema: Schema, value: unknown): boolean {
  return Object.entries(schema).every(([name, keyword]) => {
    const check = keywords[name];
    if (check === undefined) throw new Error(`the test's validator does not know the keyword "${name}"; teach it`);
    return check(value, keyword as never, schema);
  });
}
