/** A planted bug, as plain data: one outside act of the nodes, named by its call site, and what becomes of it instead. */

import type { DiskWrite } from "./disk.ts";
import { effectKind } from "./effects.ts";
import { typeOf } from "./moments.ts";
import { channelNumber } from "./node.ts";

/**
 * What a mutation does. Few, and each a mistake that somebody has made: a line that was forgotten, or written one line too late.
 *
 *     no-sync       the sync does nothing
 *     late-sync     the sync comes after what the same handler tells next
 *     no-write      the write, append or truncation is left out
 *     late-write    it comes after what the same handler tells next, behind the sync that was to cover it
 *     no-send       the message is not sent; of a broadcast, no message
 *     no-reply      the client is not answered
 *     no-timer      the timer is not set
 *     no-cancel     the timer is not cancelled
 *     older         after a crash the record is as it was one write before; a log lacks its last entry
 *     twice         what the network delivers once is handled a second time
 */
export const operators = [
  "no-sync",
  "late-sync",
  "no-write",
  "late-write",
  "no-send",
  "no-reply",
  "no-timer",
  "no-cancel",
  "older",
  "twice",
] as const;
export type Operator = (typeof operators)[number];

export interface Mutation {
  readonly operator: Operator;
  /** The message's type, the record's, log's or timer's name, the kind of answer; "*": any. Empty for a sync. */
  readonly name: string;
  /** The line that calls ctx: "protocols/raft/part.ts:139". Absent where no single line does it (older, twice). */
  readonly site?: string;
  /** Only where this line led to it: for a helper that several call. */
  readonly via?: string;
}

/** "no-write:copy@mine/mine.ts:88+mine/mine.ts:120": what a score calls it, and `replay --mutation` takes. */
export function mutationId({ operator, name, site, via }: Mutation): string {
  const place = site === undefined ? "" : `@${site}${via === undefined ? "" : `+${via}`}`;
  return `${operator}${name === "" ? "" : `:${name}`}${place}`;
}

const place = String.raw`[^@+]+:\d+`;
const form = new RegExp(String.raw`^([a-z-]+)(?::(.*?))?(?:@(${place})(?:\+(${place}))?)?$`);

/** What such a name means; undefined when it means nothing. */
export function parseMutation(id: string): Mutation | undefined {
  const [, operator, name = "", site, via] = form.exec(id) ?? [];
  if (!isOperator(operator) || (site === undefined) !== (operator === "older" || operator === "twice")) return undefined;
  return { operator, name, ...(site === undefined ? {} : { site }), ...(via === undefined ? {} : { via }) };
}

function isOperator(text: string | undefined): text is Operator {
  return operators.some((operator) => operator === text);
}

/** What kind of act a mutation is about. */
export type ActWord = "sync" | "write" | "send" | "reply" | "timer" | "cancel";

export interface Act {
  readonly word: ActWord;
  readonly name: string;
}

/** An effect as an act that somebody outside the node could see; undefined for facts, goals and lines for the log. */
export function actOf(kind: number, subject: unknown, detail: unknown, channel: number): Act | undefined {
  switch (kind) {
    case effectKind.sync:
      return { word: "sync", name: "" };
    case effectKind.disk:
      return { word: "write", name: (subject as DiskWrite).name };
    case effectKind.send:
      if (channel === channelNumber.answer) return { word: "reply", name: (detail as { readonly kind: string }).kind };
      return { word: "send", name: channel === channelNumber.request ? "request" : typeOf(detail) };
    case effectKind.done:
      return { word: "reply", name: subject as string };
    case effectKind.setTimer:
      return { word: "timer", name: subject as string };
    case effectKind.cancelTimer:
      return { word: "cancel", name: subject as string };
    default:
      return undefined;
  }
}

/** What an operator works on. */
export const actOfOperator: Readonly<Record<Operator, ActWord | undefined>> = {
  "no-sync": "sync",
  "late-sync": "sync",
  "no-write": "write",
  "late-write": "write",
  "no-send": "send",
  "no-reply": "reply",
  "no-timer": "timer",
  "no-cancel": "cancel",
  older: undefined,
  twice: undefined,
};

/** Whether an act that this path of calls led to is the one that is meant. */
export function isMeant({ name, site, via }: Mutation, act: Act, path: () => readonly string[]): boolean {
  if (name !== "*" && name !== act.name) return false;
  const [first, ...callers] = path();
  return first === site && (via === undefined || callers.includes(via));
}
