/** Draws small register histories as they are drawn on a blackboard. For tests. */

import type { Operation } from "../history.ts";
import type { CasRegisterInput, Scalar } from "../models.ts";

export type Drawn = Operation<CasRegisterInput, unknown>;

/**
 * One process a line, time to the right; `|` invokes and returns, `?` stands for a crash and `!` for a failure:
 *
 *     |write 1--|    |read 1--|
 *         |cas 1 to 2 yes--|
 *       |write 3------?
 *
 * `read nil` answers null; a cas ends in yes or no. What crashed leaves its line to another process.
 */
export function timeline(drawing: string): readonly Drawn[] {
  const lines = drawing.split("\n").filter((line) => line.trim() !== "");
  const columns = new Set<number>();
  const take = (column: number): number => {
    if (columns.has(column)) throw new Error(`Two events in column ${column} of the drawing: which one is first?\n${drawing}`);
    columns.add(column);
    return column;
  };
  const operations = lines.flatMap((line, row) =>
    [...line.matchAll(/\|([^|?!]*)([|?!])/g)].map((match, nth): Drawn => {
      const invoked = take(match.index);
      const outcome = match[2] === "|" ? "ok" : match[2] === "?" ? "info" : "fail";
      const { input, output } = parsed(match[1]!.replaceAll("-", " ").trim());
      const returned = outcome === "info" ? Infinity : take(match.index + match[0].length - 1);
      const process = outcome === "info" ? 100 * (nth + 1) + row : row;
      return { process, input, output: outcome === "ok" ? output : undefined, outcome, invoked, returned };
    }),
  );
  return operations.sort((a, b) => a.invoked - b.invoked);
}

function parsed(text: string): { readonly input: CasRegisterInput; readonly output: unknown } {
  const [f, first, second, third, fourth] = text.split(/\s+/);
  if (f === "read") return { input: { f }, output: first === undefined ? undefined : scalar(first) };
  if (f === "write") return { input: { f, value: scalar(first!) }, output: "ok" };
  if (f === "cas" && second === "to") return { input: { f, from: scalar(first!), to: scalar(third!) }, output: fourth === "yes" };
  throw new Error(`"${text}" is no operation of a drawing: read 1, write 1, cas 1 to 2 yes.`);
}

function scalar(text: string): Scalar {
  return text === "nil" ? null : /^\d+$/.test(text) ? Number(text) : text;
}
