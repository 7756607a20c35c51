/** Options of a protocol: from the language to what its `create` receives, and back. */

import type { OptionSpec, Options, OptionValue, Protocol } from "../protocol.ts";
import { closest, didYouMean } from "../sim/suggest.ts";
import { formatRange, formatUs, parseDuration, patterns } from "../sim/units.ts";
import { found, type Report } from "./problems.ts";
import { range } from "./ranges.ts";
import type { ScenarioFile } from "./schema.ts";

type Written = boolean | number | string;

/** Told by the default's form: see OptionSpec. */
export type OptionKind = "flag" | "number" | "choice" | "duration" | "range";

export function optionKind({ default: value, choices }: OptionSpec): OptionKind {
  if (typeof value === "boolean") return "flag";
  if (typeof value === "number") return "number";
  if (choices !== undefined) return "choice";
  return value.includes("..") ? "range" : "duration";
}

/** Every option of the protocol, with its default where the scenario says nothing. */
export function options(written: ScenarioFile["options"], protocol: Protocol, report: Report): Options {
  const specs = protocol.options ?? {};
  for (const name of Object.keys(written ?? {})) {
    if (Object.hasOwn(specs, name)) continue;
    const known = Object.keys(specs);
    report(
      ["options", name],
      known.length === 0
        ? `${protocol.name} has no options; take it out`
        : `${protocol.name} has no such option; ${didYouMean(name, known)}`,
      "key",
    );
  }
  const values = Object.entries(specs).map(([name, spec]): [string, OptionValue] => {
    const value = written !== undefined && Object.hasOwn(written, name) ? written[name]! : spec.default;
    const wrong = mistake(value, spec);
    if (wrong !== undefined) report(["options", name], wrong);
    return [name, compiled(wrong === undefined ? value : spec.default, spec, (message) => report(["options", name], message))];
  });
  return Object.fromEntries(values);
}

/** What a value should have been, when it is nothing of the kind. */
function mistake(value: Written, spec: OptionSpec): string | undefined {
  const min = spec.min ?? 0;
  switch (optionKind(spec)) {
    case "flag":
      return typeof value === "boolean" ? undefined : `expected true or false, found ${found(value)}`;
    case "number":
      return Number.isSafeInteger(value) && Number(value) >= min
        ? undefined
        : `expected a whole number of at least ${min}, found ${found(value)}`;
    case "choice": {
      if (typeof value === "string" && spec.choices!.includes(value)) return undefined;
      const meant = typeof value === "string" ? closest(value, spec.choices!) : undefined;
      return `expected one of ${spec.choices!.join(", ")}, found ${found(value)}${meant === undefined ? "" : `; did you mean "${meant}"?`}`;
    }
    case "duration":
      return typeof value === "string" && patterns.duration.test(value) ? undefined : amount("a duration", value, spec);
    case "range":
      return typeof value === "string" && patterns.durations.test(value)
        ? undefined
        : amount("a range of durations", value, spec);
  }
}

function amount(what: string, value: Written, spec: OptionSpec): string {
  const units = typeof value === "number" && value >= 0 ? `; write ${value}s or ${value}ms` : "";
  return `expected ${what} such as ${spec.default}, found ${found(value)}${units}`;
}

function compiled(value: Written, spec: OptionSpec, report: (message: string) => void): OptionValue {
  if (typeof value !== "string") return value;
  switch (optionKind(spec)) {
    case "duration":
      return parseDuration(value)! / 1_000;
    case "range": {
      const { minUs, maxUs } = range(value, [], (_path, message) => report(message));
      return { min: minUs / 1_000, max: maxUs / 1_000 };
    }
    default:
      return value;
  }
}

/** All values in the language again. */
export function explicitOptions(values: Options, protocol: Protocol): Readonly<Record<string, Written>> {
  const us = (ms: number): number => Math.round(ms * 1_000);
  const written = Object.entries(values).map(([name, value]): [string, Written] => {
    if (typeof value === "object") return [name, formatRange({ minUs: us(value.min), maxUs: us(value.max) })];
    const isDuration = typeof value === "number" && optionKind(protocol.options![name]!) === "duration";
    return [name, isDuration ? formatUs(us(value)) : value];
  });
  return Object.fromEntries(written);
}
