/** What a record of the trace is worth in a story: how much it matters, who did it, and what happened, in words. */

import type { TraceRecord } from "../sim/trace.ts";
import { messageName } from "./messages.ts";
import type { OperationWords } from "./operations.ts";
import { count, inWords, ms, visible, wordsOf } from "./text.ts";

/** What is kept first when not everything fits: the lower, the earlier. */
export const rank = { violation: 0, fault: 1, operation: 2, fact: 3, faultyMessage: 4, message: 5 } as const;
export type Rank = (typeof rank)[keyof typeof rank];

export interface StoryLine {
  /** The number of its record in the trace. */
  readonly n: number;
  readonly atUs: number;
  readonly rank: Rank;
  readonly who: string;
  /** What happened; of a message its name, to which receivers and fate are added when it is told. */
  readonly text: string;
  /** Of a fact or an answer: whose message led to it. */
  readonly from?: string;
  /** Something was lost on a disk: what nodes had promised by it may be broken anywhere. */
  readonly loses?: true;
  /** What lasts from one line to another (a crash until the restart) is told whole or not at all. */
  readonly lasting?: { readonly what: string; readonly ends: boolean };
  /** A later line tells it too, so that this one goes when not everything fits: the beginning of a fault that waited for its crash. */
  readonly spare?: true;
  readonly message?: { readonly to: readonly string[]; readonly fate: string };
  /** Of a fact: what was stated, on what occasion, and where in the source; `text` has it all. */
  readonly parts?: { readonly what: string; readonly why: string; readonly where: string };
  /** Lines with the same key between two events of more weight are one line, with how often it happened. */
  readonly fold?: string;
  readonly times: number;
  /** The operation that begins or ends here. */
  readonly op?: { readonly id: string; readonly ends: boolean };
}

type Send = Extract<TraceRecord, { kind: "send" }>;

const fates = { lost: "is lost", cut: "is cut off", held: "is held back", doubled: "is sent twice" } as const;

/** What a fault made of it before it was sent. */
function lieOf({ meant, again }: Send): string | undefined {
  return again === true ? "is replayed" : meant === undefined ? undefined : "is falsified";
}

const unsent = { unconnected: ", unconnected", "half-open": ", the connection is half-open" } as const;

/** What the network did to a message. Only faults cut and hold; loss and doubling may be the ordinary weather. */
function sendLine(record: Send): StoryLine | undefined {
  const { n, atUs, node, to, channel, message, fate, by, why } = record;
  const lie = lieOf(record);
  if (fate === "sent" && lie === undefined) return undefined;
  const became = [...(lie === undefined ? [] : [lie]), ...(fate === "sent" ? [] : [fates[fate]])].join(" and ");
  const blame = by === undefined || by.length === 0 ? "" : ` (${visible(by.join(", "))})`;
  const weather = blame === "" && (fate === "lost" || fate === "doubled");
  const text = messageName(channel, message);
  return {
    n,
    atUs,
    rank: weather ? rank.message : rank.faultyMessage,
    who: node,
    text,
    message: { to: [to], fate: `${became}${why === undefined ? "" : unsent[why]}${blame}` },
    fold: `${node} ${text} ${became}${blame}`,
    times: 1,
  };
}

/** "raft.ts:214": where it stands in the source. */
function lineOf(site: string): string {
  return visible(site.slice(site.lastIndexOf("/") + 1));
}

type Crash = Extract<TraceRecord, { kind: "crash" }>;

/** `begun`: the fault that begins with it, in its own words, which stand for its beginning where they say more than the node. */
function crashText({ node, lost, torn, cut, by, why, site }: Crash, begun: string | undefined): string {
  const next = site === undefined ? "" : `, before ${lineOf(site)}`;
  const place =
    cut === undefined
      ? ""
      : ` in its handler of ${visible(cut.handler)}, after ${cut.after} of ${count(cut.of, "effect")}${next}`;
  const gone = lost === 0 ? "" : `; ${count(lost, "unsynced write")} lost`;
  const half = torn === 0 ? "" : `; ${count(torn, "append")} torn`;
  const more = begun === undefined || wordsOf(begun).has(node) ? "" : `: ${visible(begun)}`;
  const blame = by === "" ? "" : ` (${visible(by)}${more})`;
  const died = why === undefined ? "" : `: ${visible(why)}`;
  return `crashes${place}${died}${gone}${half}${blame}`;
}

/** How a story finds what led to a record. */
export interface Causes {
  of(n: number): TraceRecord | undefined;
  /** Whether this delivery is of a message that had come before: its second copy. */
  cameAgain(n: number): boolean;
  /** The words of the fault of this id, when it begins with a crash: the crash tells it. */
  begunWith(id: string): string | undefined;
}

/** A message that took longer than this is told as an old one. */
const longUnderWayUs = 100_000;

/** What a node was handling when it stated a fact: how it came is often the whole point. */
function trigger(cause: TraceRecord | undefined, causes: Causes): string {
  if (cause?.kind === "timer") return `, on its timer ${visible(cause.name)}`;
  if (cause?.kind !== "deliver") return "";
  const sent = causes.of(cause.cause);
  const old = sent !== undefined && cause.atUs - sent.atUs >= longUnderWayUs ? `, sent at ${ms(sent.atUs)} ms` : "";
  const copy = causes.cameAgain(cause.n) ? "a second copy of " : "";
  return `, on ${copy}${messageName(cause.channel, cause.message)} of ${cause.from}${old}`;
}

const breaks = { crash: "the other end crashed", "time-out": "nothing was heard for too long", fault: "broken" } as const;

function fromOf(from: string | undefined): Pick<StoryLine, "from"> {
  return from === undefined ? {} : { from };
}

/** The line of a record; `undefined` when a story does without it. */
export function storyLine(record: TraceRecord, operations: OperationWords, causes: Causes): StoryLine | undefined {
  const { n, atUs, node } = record;
  const line = (own: Rank, who: string, text: string): StoryLine => ({ n, atUs, rank: own, who, text, times: 1 });
  const lasting = (what: string, ends: boolean) => ({ lasting: { what: `${what} ${node}`, ends } });
  switch (record.kind) {
    case "fault":
      return record.phase === "begin"
        ? { ...line(rank.fault, "fault", `${visible(record.id)} begins: ${visible(record.what)}`), ...lasting(record.id, false) }
        : { ...line(rank.fault, "fault", `${visible(record.id)} ends`), ...lasting(record.id, true) };
    case "heal":
      return line(rank.fault, "heal", "all faults are over");
    case "crash": {
      const loses = record.lost + record.torn > 0 ? ({ loses: true } as const) : {};
      return { ...line(rank.fault, node, crashText(record, causes.begunWith(record.by))), ...loses, ...lasting("down", false) };
    }
    case "restart":
      return { ...line(rank.fault, node, "restarts"), ...lasting("down", true) };
    case "wipe":
      return { ...line(rank.fault, node, "loses its disk"), loses: true };
    case "disk":
      return { ...line(rank.fault, node, `${visible(record.says)} (${visible(record.by)})`), loses: true };
    case "pause":
      return { ...line(rank.fault, node, "falls asleep"), ...lasting("asleep", false) };
    case "resume":
      return { ...line(rank.fault, node, "wakes up"), ...lasting("asleep", true) };
    case "order":
      return line(rank.fault, node, `gets the order ${visible(record.order)}`);
    case "connect":
      return line(rank.message, node, `is connected to ${record.peer}`);
    case "disconnect": {
      const blame = record.by === undefined ? "" : ` (${visible(record.by.join(", "))})`;
      return line(rank.fact, node, `hears that its connection to ${record.peer} is gone: ${breaks[record.why]}${blame}`);
    }
    case "invoke":
      return { ...line(rank.operation, node, `asks: ${operations.asked(record.op)}`), op: { id: record.op, ends: false } };
    case "return": {
      const answer = causes.of(record.cause);
      const by = answer?.kind === "deliver" && record.outcome === "ok" ? answer.from : undefined;
      const text = `${operations.asked(record.op)} ${operations.told(record)}${by === undefined ? "" : `, says ${by}`}`;
      return { ...line(rank.operation, node, text), ...fromOf(by), op: { id: record.op, ends: true } };
    }
    case "fact": {
      const data = inWords(record.data ?? {});
      const name = visible(record.name);
      const what = data === "{}" ? name : `${name} ${data}`;
      const cause = causes.of(record.cause);
      const why = trigger(cause, causes);
      const where = record.site === undefined ? "" : ` (${lineOf(record.site)})`;
      return {
        ...line(rank.fact, node, `${what}${why}${where}`),
        ...fromOf(cause?.kind === "deliver" ? cause.from : undefined),
        parts: { what, why, where },
        fold: `${node} fact ${name}`,
      };
    }
    case "send":
      return sendLine(record);
    case "deliver": {
      const send = causes.of(record.cause);
      if (send?.kind !== "send" || send.fate !== "held") return undefined;
      const name = messageName(record.channel, record.message);
      return line(rank.faultyMessage, node, `gets ${name} of ${record.from}, held back since ${ms(send.atUs)} ms`);
    }
    case "violation":
      return line(rank.violation, "", `${visible(record.check)} is violated`);
    default:
      return undefined;
  }
}
