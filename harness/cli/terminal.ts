/** What the process and its terminal are to a command: lines out, complaints, colours, exit statuses. */

import { styleText } from "node:util";
import type { Paint } from "../report/reporter.ts";

/** Several at once: the first of 130, 70, 2, 1, 3. */
export const exit = { asExpected: 0, violation: 1, usage: 2, undecided: 3, ours: 70, interrupted: 130 } as const;

export const paint: Paint = (style, text) => styleText(style, text);

export function out(text: string): void {
  process.stdout.write(`${text}\n`);
}

/** What the user was told that is not as it should be, since the command began. */
let told: string[] = [];

export function complain(text: string): void {
  process.stderr.write(`${text}\n`);
  told.push(text);
}

/** Tells that this was said elsewhere, in a report on standard output: it is explained as complaints are. */
export function said(text: string): void {
  told.push(text);
}

/** Once, at the end of a command: what to explain. */
export function everythingTold(): readonly string[] {
  const all = told;
  told = [];
  return all;
}
