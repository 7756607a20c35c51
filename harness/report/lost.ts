/** When a run was lost, and what it takes: the point of no return and the necessity of each part, in words. */

import type { Need } from "../run/necessity.ts";
import type { NoReturn, Share } from "../run/no-return.ts";
import type { TracedRun } from "../run/run.ts";
import type { TraceRecord } from "../sim/trace.ts";
import { messageName } from "./messages.ts";
import { count, cut, ms, visible } from "./text.ts";

/** From such a share of failing futures on there is hardly a way out. */
const hardly = 0.95;
const longest = { part: 28, what: 52, line: 200 } as const;

/** "From n1's crash at 386.000 ms on it was lost: 12 of 100 futures failed before it, 100 of 100 after it." */
export function noReturnSentence(noReturn: NoReturn | undefined, { trace }: TracedRun): string | undefined {
  if (noReturn === undefined) return undefined;
  const { jump, prefixes } = noReturn;
  const [first] = prefixes;
  if (jump === undefined) {
    if (first === undefined || first.of === 0) return undefined;
    return isLost(first)
      ? `It was lost from the start: ${ofAll(first)} failed, whatever chance did.`
      : `No event was found that decided it: ${ofAll(first)} that began anew failed.`;
  }
  const record = trace[jump.n - 1];
  const event = record === undefined ? "an event" : occasion(record);
  const how = isLost(jump.after) ? "lost" : "likely";
  return `From ${event} at ${ms(jump.atUs)} ms on it was ${how}: ${ofAll(jump.before)} failed before it, ${jump.after.failed} of ${jump.after.of} after it.`;
}

function isLost({ failed, of }: Share): boolean {
  return failed >= of * hardly;
}

function ofAll({ failed, of }: Share): string {
  return `${failed} of ${count(of, "future")}`;
}

/** What happened, as one names an occasion: "n1's crash". */
function occasion(record: TraceRecord): string {
  const { node } = record;
  switch (record.kind) {
    case "deliver":
      return `${node}'s receipt of ${messageName(record.channel, record.message)} from ${record.from}`;
    case "drop":
      return `the end of ${messageName(record.channel, record.message)} on its way to ${node}`;
    case "timer":
      return `${node}'s timer ${visible(record.name)}`;
    case "fact":
      return `${node}'s ${visible(record.name)}`;
    case "fault":
      return `the ${record.phase} of ${visible(record.id)}`;
    case "return":
      return `the end of ${node}'s operation ${visible(record.op)}`;
    case "invoke":
      return `${node}'s operation ${visible(record.op)}`;
    case "pause":
      return `${node}'s falling asleep`;
    case "resume":
      return `${node}'s waking up`;
    default:
      return `${node}'s ${record.kind}`;
  }
}

/** The parts of a story with what happens without each, a line each. */
export function needLines(needs: readonly Need[]): string[] {
  const rows = needs.map(({ part, what, without }) => ({
    part: cut(visible(part), longest.part),
    what: cut(visible(what), longest.what),
    without: visible(without),
  }));
  const width = (of: (row: (typeof rows)[number]) => string): number => Math.max(0, ...rows.map((row) => of(row).length));
  const [parts, whats] = [width(({ part }) => part), width(({ what }) => what)];
  return rows.map(({ part, what, without }) => cut(`${part.padEnd(parts)}  ${what.padEnd(whats)}  ${without}`, longest.line));
}

/** "9 of 10 parts: fault nap, operation o3, ...; not needed: length of nap". */
export function needsInShort(needs: readonly Need[]): string {
  const named = (list: readonly Need[]): string => list.map(({ part }) => visible(part)).join(", ");
  const needed = needs.filter((need) => need.needed);
  const idle = needs.filter((need) => !need.needed);
  const whole = `${needed.length} of ${count(needs.length, "part")}: ${named(needed)}`;
  return cut(idle.length === 0 ? whole : `${whole}; without effect: ${named(idle)}`, longest.line);
}

/** The curve, as a page draws it. */
export function curve({ prefixes, jump }: NoReturn): {
  readonly points: readonly { readonly atUs: number; readonly failed: number; readonly of: number }[];
  readonly jump?: { readonly n: number; readonly atUs: number };
} {
  const points = prefixes.map(({ atUs, failed, of }) => ({ atUs, failed, of }));
  return jump === undefined ? { points } : { points, jump: { n: jump.n, atUs: jump.atUs } };
}
