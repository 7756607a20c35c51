/** Names that the user meets: the folder of a report, and the command that repeats a run. */

import { fullName, type Scenario } from "../scenario/scenario.ts";

/** What a folder's name is made of. */
export type Named = Pick<Scenario, "name" | "case">;

/** Room for the seed and for a temporary name within the 255 bytes that file systems grant. */
const longest = 100;

/** "mutants/raft-vote-not-persisted", 408 -> "mutants-raft-vote-not-persisted-408": a name that every file system takes. */
export function folderName(scenario: Named, seed: number | "mutate"): string {
  const safe = fullName(scenario)
    .replace(/[^\p{L}\p{N}._-]+/gu, "-")
    .replace(/^[.-]+/, "");
  return `${safe.slice(-longest) || "scenario"}-${seed}`;
}

/** One word of a command line, quoted where a shell would read something into it. */
export function quoted(word: string): string {
  return /^[\w./:@%+=,-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

/** A path as the argument of a command: never read as an option. */
export function argument(path: string): string {
  return quoted(path.startsWith("-") ? `./${path}` : path);
}

/** The command that repeats a run: of an explicit scenario without a seed, as it carries its own. `own` is the case. */
export function replayCommand(file: string, seed?: number, own?: string, strategy?: string): string {
  const which = own === undefined ? "" : ` --case ${quoted(own)}`;
  return `npx seedquake replay ${argument(file)}${which}${seed === undefined ? "" : ` --seed ${seed}`}${strategy === undefined ? "" : ` --strategy ${strategy}`}`;
}

/** `folder` below `out`, as it is printed. */
export function inFolder(out: string, ...parts: readonly string[]): string {
  return [out.replace(/\/+$/, "") || "/", ...parts].join("/").replace(/^\/\//, "/");
}
