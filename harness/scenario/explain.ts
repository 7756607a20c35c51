/** Checks data against a schema, and tells what does not fit: what was expected, what was found, what to do. */

import { z } from "zod";
import { closest, didYouMean } from "../sim/suggest.ts";
import { flow } from "./flow.ts";
import { found, type Path, type Report } from "./problems.ts";

type Issue = z.core.$ZodIssue;

/** The end of the sentence about an unknown key, when it is known where it belongs; else undefined. */
export type Hint = (key: string) => string | undefined;

/** The data with the schema's defaults; undefined when something did not fit, which has been reported then. */
export function conform<T>(schema: z.ZodType<T>, data: unknown, base: Path, report: Report, hint: Hint): T | undefined {
  // What keys each object might have had: an issue itself does not say.
  const keys = new Map<unknown, string[]>();
  const error: z.core.$ZodErrorMap = (issue) => {
    // A bound (min, max) is a check on a schema; the schema carries the examples.
    const schema = "schema" in issue && issue.schema !== undefined ? issue.schema : issue.inst;
    if (schema instanceof z.ZodObject) keys.set(issue.input, [...(keys.get(issue.input) ?? []), ...Object.keys(schema.shape)]);
    // A list of all allowed values needs no examples.
    const examples = schema instanceof z.ZodType && issue.code !== "invalid_value" ? suchAs(schema) : "";
    return `expected ${phrase(issue as Issue, schema instanceof z.ZodNumberFormat)}${examples}`;
  };
  const result = schema.safeParse(data, { error, reportInput: true, jitless: true });
  if (result.success) return result.data;

  /** Keys that stand here under a slip of the pen: to call them missing as well would be to count one mistake twice. */
  const slips = new Set<string>();
  for (const issue of result.error.issues as Issue[]) {
    if (issue.code !== "unrecognized_keys") continue;
    for (const key of issue.keys) {
      const meant = closest(key, keys.get(issue.input) ?? []);
      if (meant !== undefined) slips.add([...base, ...(issue.path as (string | number)[]), meant].join("."));
    }
  }

  const tell = (issue: Issue, above: Path): void => {
    const path = [...above, ...(issue.path as (string | number)[])];
    if (issue.code === "unrecognized_keys") {
      for (const key of issue.keys) {
        const known = keys.get(issue.input);
        const end = hint(key) ?? (known === undefined ? "take it out" : didYouMean(key, known));
        report([...path, key], `there is no such key here; ${end}`, "key");
      }
      return;
    }
    if (issue.input === undefined && slips.has(path.join("."))) return;
    const branch = issue.code === "invalid_union" ? fitting(issue.errors as Issue[][]) : undefined;
    if (branch !== undefined) for (const inner of branch) tell(inner, path);
    else report(path, told(issue));
  };
  for (const issue of result.error.issues) tell(issue, base);
  return undefined;
}

/** Of the ways in which a value may be written, the one that was meant: the right kind of value with the fewest mistakes in it. */
function fitting(branches: readonly (readonly Issue[])[]): readonly Issue[] | undefined {
  const ofKind = branches.filter((issues) => !issues.some((issue) => issue.path.length === 0 && isOtherKind(issue)));
  return ofKind.toSorted((a, b) => a.length - b.length)[0];
}

function isOtherKind(issue: Issue): boolean {
  return issue.code === "invalid_type" || (issue.code === "invalid_value" && typeof issue.input !== "string");
}

function told(issue: Issue): string {
  const { input, message } = issue;
  // A schema's own words may be a sentence already.
  if (!message.startsWith("expected ")) return message;
  if (input === undefined) return `this is missing; ${message}`;
  return `${message}, found ${found(input)}${advice(issue)}`;
}

/** How to write what was probably meant. */
function advice({ input, message, ...issue }: Issue): string {
  if (typeof input === "number" && input >= 0) {
    if (message.includes("duration")) return `; write ${input}s or ${input}ms`;
    if (message.includes("percentage")) return `; write ${input}%`;
    if (message.includes("number of runs")) return `; write ${input} runs`;
  }
  if (typeof input !== "string") return "";
  if (message.includes("number") && /^\d+$/.test(input)) return "; write it without quotes";
  if (issue.code !== "invalid_value") return "";
  const meant = closest(input, (issue as { values: unknown[] }).values.map(String));
  return meant === undefined ? "" : `; did you mean "${meant}"?`;
}

const kinds: Readonly<Record<string, string>> = {
  string: "text",
  number: "a number",
  int: "a whole number",
  boolean: "true or false",
  array: "a list",
  object: "a map",
  record: "a map",
};

/** What an issue says was expected, in words. `whole`: the schema takes whole numbers only. */
function phrase(issue: Issue, whole: boolean): string {
  switch (issue.code) {
    case "invalid_type":
      return whole ? "a whole number" : (kinds[issue.expected] ?? issue.expected);
    case "invalid_value":
      return issue.values.length === 1 ? String(issue.values[0]) : `one of ${issue.values.join(", ")}`;
    case "too_small":
      return bound(issue.origin, "at least", Number(issue.minimum), whole);
    case "too_big":
      return bound(issue.origin, "at most", Number(issue.maximum), whole);
    case "invalid_format":
      return `text of the form ${issue.pattern ?? issue.format}`;
    case "invalid_union": {
      const ways = (issue.errors as Issue[][]).flatMap((issues) =>
        issues.slice(0, 1).map((inner) => inner.message.replace(/^expected /, "")),
      );
      return [...new Set(ways)].join(" or ");
    }
    default:
      return "something else";
  }
}

function bound(origin: string, side: string, size: number, whole: boolean): string {
  const s = size === 1 ? "" : "s";
  if (origin === "string") return `text of ${side} ${size} character${s}`;
  if (origin === "array") return `a list of ${side} ${size} item${s}`;
  return `${whole ? "a whole number" : "a number"} of ${side} ${size}`;
}

function suchAs(schema: z.ZodType): string {
  const examples = schema.meta()?.["examples"];
  return Array.isArray(examples) && examples.length > 0 ? ` such as ${examples.map(flow).join(" or ")}` : "";
}
