/** A case written out: the file with everything laid over it that the case says, as a file of its own. */

import { variants } from "./cases.ts";
import { flow } from "./flow.ts";
import { readYaml } from "./yaml.ts";

/** `text` has been loaded before: what would be wrong with it has been told. `name` is the case, absent in a file without any. */
export function writeCase(text: string, name: string | undefined): string {
  const yaml = readYaml(text);
  if (!("data" in yaml)) throw new Error("only a scenario that has been loaded can be expanded");
  const all = variants(yaml.data as Readonly<Record<string, unknown>>, () => {});
  const variant = all.find((one) => one.name === name);
  if (variant === undefined) throw new Error(`there is no case "${name}"`);
  // A claim is about all cases of its file: what one of them shows alone is no verdict on it.
  const written = Object.entries(variant.data).filter(([key]) => key !== "claim" || name === undefined);
  return writeData(written);
}

/** Data of the language as a file, key by key. */
export function writeData(entries: readonly (readonly [key: string, value: unknown])[]): string {
  return `${entries.flatMap(([key, value]) => lines(key, value)).join("\n")}\n`;
}

/** Lists of maps have an item a line; a workload has its settings on a line. */
function lines(key: string, value: unknown): string[] {
  if (Array.isArray(value) && value.some((item) => typeof item === "object")) {
    return [`${key}:`, ...value.map((item) => `  - ${flow(item)}`)];
  }
  if (key === "workload")
    return [`${key}:`, ...Object.entries(value as object).map(([word, settings]) => `  ${word}: ${flow(settings)}`)];
  return [`${key}: ${flow(value)}`];
}
