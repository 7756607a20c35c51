/** seedquake explain: what a sentence of ours means, why it is so, and what to do. */

import { type Code, codes, codesOf, groups } from "../report/explain/index.ts";
import { closest } from "../sim/suggest.ts";
import type { Add } from "./command.ts";
import { exit, out, paint } from "./terminal.ts";
import { UsageError } from "./usage.ts";

const width = 96;

export const add: Add = (cli, end) => {
  cli
    .command("explain")
    .description("what a sentence of seedquake's means, why it is so, and what to do: by its code, or pasted")
    .argument("[codes or sentence...]", "codes, or a sentence as it was said; without any, all codes")
    .addHelpText(
      "after",
      `
Examples:
  seedquake explain                         every code, with one line each
  seedquake explain no-effect
  seedquake explain not-answered no-effect
  seedquake explain "the fault cut was never planned: the campaign shows nothing about it"`,
    )
    .action((words: readonly string[]) => end(explain(words)));
};

function explain(words: readonly string[]): number {
  if (words.length === 0) {
    for (const line of list()) out(line);
    return exit.asExpected;
  }
  out(asked(words).map(page).join("\n\n"));
  return exit.asExpected;
}

/** Codes by their names; anything else is a sentence, in quotes or not. */
function asked(words: readonly string[]): readonly Code[] {
  const known = words.map((word) => codes.find(({ code }) => code === word.toLowerCase()));
  const named = known.filter((one) => one !== undefined);
  if (named.length === words.length) return named;
  const sentence = words.join(" ");
  const found = codesOf(sentence);
  if (found.length > 0) return found;
  const names = codes.map(({ code }) => code);
  const meant = words.length > 1 || /\s/.test(sentence) ? undefined : closest(sentence, names);
  throw new UsageError(
    meant === undefined
      ? `expected a code or a sentence that seedquake says, found "${sentence}"; \`seedquake explain\` lists the codes`
      : `expected a code or a sentence that seedquake says, found "${sentence}"; did you mean "${meant}"?`,
  );
}

function list(): string[] {
  const longest = Math.max(...codes.map(({ code }) => code.length));
  return groups.flatMap((group, i) => [
    ...(i === 0 ? [] : [""]),
    paint("bold", group.title),
    ...group.codes.map(({ code, title }) => `  ${code.padEnd(longest)}  ${title}`),
  ]);
}

function page({ code, title, means, causes = [], todo, example }: Code): string {
  const items = (head: string, all: readonly string[]): string[] =>
    all.length === 0 ? [] : ["", head, ...all.flatMap((one) => wrapped(one, "  - ", "    "))];
  return [
    `${paint("bold", code)}: ${title}`,
    "",
    ...wrapped(means, "", ""),
    ...items("Usual causes", causes),
    ...items("What to do", todo),
    "",
    "For example",
    ...wrapped(example, "  ", "  ").map((line) => paint("dim", line)),
  ].join("\n");
}

/** Lines of words, none broken; a command in backquotes stays whole, to be copied. */
function wrapped(text: string, first: string, further: string): string[] {
  const lines: string[] = [];
  let line = first;
  for (const word of text.match(/[^\s`]*`[^`]*`[^\s`]*|\S+/g) ?? []) {
    if (line.trim() !== "" && line.trim() !== "-" && line.length + 1 + word.length > width) {
      lines.push(line);
      line = further;
    }
    line += `${line === first || line === further ? "" : " "}${word}`;
  }
  return [...lines, line];
}
