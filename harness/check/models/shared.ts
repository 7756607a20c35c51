/** What the models have in common: values, keys, and operations in words. */

/** Plain data that an object can hold. */
export type Value = unknown;

/** An operation on one of several independent objects names it by a key; without a key there is only one. */
export interface Keyed {
  readonly key?: string;
}

/** Operations on different keys are independent. */
export function byKey(input: Keyed): string {
  return input.key ?? "";
}

/** "enqueue x 3 -> ?" */
export function inWords(
  input: Keyed & { readonly f: string },
  asked: readonly unknown[],
  output: unknown,
  answers = true,
): string {
  const words = [input.f, ...(input.key === undefined ? [] : [input.key]), ...asked.map(shown)];
  return words.join(" ") + (answers ? ` -> ${output === undefined ? "?" : shown(output)}` : "");
}

function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length <= 60 ? text : `${text.slice(0, 57)}...`;
}

/** True when two values hold the same plain data. */
export function same(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  return typeof a === "object" && typeof b === "object" && JSON.stringify(a) === JSON.stringify(b);
}
