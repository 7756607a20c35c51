/** Where each reporter speaks: `--reporter junit` on standard output, `--reporter junit:out.xml` into a file. */

import { type Reporter, reporters } from "../report/index.ts";
import { didYouMean } from "../sim/suggest.ts";
import { UsageError } from "./usage.ts";

export interface Destinations {
  /** What stands on standard output. */
  readonly terminal: Reporter;
  /** Lines for a CI server, after it. */
  readonly beside: readonly Reporter[];
  readonly files: readonly { readonly reporter: Reporter; readonly file: string }[];
}

const names = reporters.map(({ name }) => name);

/** For the help. */
export const reporterDoc = `what to print, or as name:file to write: ${names.join(", ")}`;

function find(word: string): Reporter {
  const [name] = word.split(":", 1) as [string];
  const found = reporters.find((reporter) => reporter.name === name);
  if (found !== undefined) return found;
  const isPath = /[/\\]|\.ya?ml$/.test(word);
  const hint = isPath ? "files and folders stand before the options" : didYouMean(name, names);
  throw new UsageError(`--reporter ${word}: there is no such reporter; ${hint}`);
}

/** On a GitHub runner its annotations come of themselves, where people read the rest too: a document has to stay one. */
export function destinations(words: readonly string[], env: Readonly<Record<string, string | undefined>>): Destinations {
  const files: { reporter: Reporter; file: string }[] = [];
  const printed: Reporter[] = [];
  for (const word of words) {
    const reporter = find(word);
    const file = word.slice(reporter.name.length + 1);
    if (file !== "") files.push({ reporter, file });
    else if (word.includes(":"))
      throw new UsageError(`--reporter ${word}: expected a file behind the colon, as in ${word}out/report.txt; found none`);
    else if (!printed.includes(reporter)) printed.push(reporter);
  }
  const twice = files.find(({ file }, i) => files.findIndex((other) => other.file === file) < i);
  if (twice !== undefined) throw new UsageError(`--reporter: two of them write ${twice.file}; give each a file of its own`);
  const onGithub = env["GITHUB_ACTIONS"] === "true";
  const main = printed.filter(({ beside }) => beside !== true);
  const beside = printed.filter((reporter) => reporter.beside === true);
  const [first, second] = main;
  if (second !== undefined || (first !== undefined && first.live === undefined && beside.length > 0)) {
    const [one, other] = [first!, second ?? beside[0]!];
    const moved = one.live === undefined ? one : other;
    const anyway = moved.file === undefined ? "" : ` (${moved.file} is written into the reports folder anyway)`;
    throw new UsageError(
      `--reporter ${one.name} ${other.name}: both would print on standard output, where nobody could tell them apart; give one a file, as ${moved.name}:out/${moved.file ?? `${moved.name}.txt`}${anyway}`,
    );
  }
  const terminal = first ?? reporters.find(({ name }) => name === "console")!;
  const github = reporters.find(({ name }) => name === "github")!;
  const automatic = onGithub && terminal.live !== undefined && beside.length === 0 ? [github] : [];
  return { terminal, beside: [...beside, ...automatic], files };
}
