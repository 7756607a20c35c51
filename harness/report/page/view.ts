/** A trace as it is looked at: what became of each message, what led to what, how loud each moment is. */

import type { TraceRecord } from "../../sim/trace.ts";
import type { Diagram, Lane } from "../html/model.ts";
import { unpack } from "../html/pack.ts";
import { messageName } from "../messages.ts";

/** What became of a message. Late: it took far longer than most; dropped: it came to the other end, and nobody took it. */
export type Look = "delivered" | "late" | "held" | "doubled" | "lost" | "cut" | "dropped" | "flying";

export type Send = Extract<TraceRecord, { kind: "send" }>;

export interface Arrival {
  readonly n: number;
  readonly atUs: number;
  readonly taken: boolean;
  readonly look: Look;
}

export interface Message {
  readonly send: Send;
  readonly from: number;
  readonly to: number;
  readonly name: string;
  readonly look: Look;
  /** None when it never came; two when it was doubled. */
  readonly arrivals: readonly Arrival[];
}

/** From where to where a node was in a state of its own. */
export interface Span {
  readonly lane: number;
  readonly what: "down" | "asleep" | "clock";
  readonly fromUs: number;
  readonly toUs: number;
  readonly text: string;
}

export interface View {
  readonly lanes: readonly Lane[];
  readonly laneOf: ReadonlyMap<string, number>;
  readonly records: readonly TraceRecord[];
  /** The place of a record by its number. */
  readonly placeOf: ReadonlyMap<number, number>;
  readonly effects: ReadonlyMap<number, readonly number[]>;
  readonly messages: readonly Message[];
  /** By the number of its sending and of its arrivals. */
  readonly messageOf: ReadonlyMap<number, Message>;
  /** Names of messages, most frequent first. */
  readonly names: readonly { readonly name: string; readonly count: number }[];
  readonly spans: readonly Span[];
  readonly endUs: number;
}

/** A message that took more than this many times as long as half of them is late. */
const lateFactor = 4;

export function viewOf({ lanes, trace }: Pick<Diagram, "lanes" | "trace">): View {
  const records = unpack(trace);
  const laneOf = new Map(lanes.map(({ id }, lane) => [id, lane]));
  const placeOf = new Map(records.map(({ n }, place) => [n, place]));
  const effects = new Map<number, number[]>();
  for (const { n, cause } of records) {
    const list = effects.get(cause);
    if (list === undefined) effects.set(cause, [n]);
    else list.push(n);
  }
  const endUs = records.at(-1)?.atUs ?? 0;
  const messages = messagesOf(records, laneOf);
  const messageOf = new Map<number, Message>();
  const counts = new Map<string, number>();
  for (const message of messages) {
    messageOf.set(message.send.n, message);
    for (const { n } of message.arrivals) messageOf.set(n, message);
    counts.set(message.name, (counts.get(message.name) ?? 0) + 1);
  }
  const names = [...counts]
    .map(([name, count]) => ({ name, count }))
    .sort((a, b) => b.count - a.count || (a.name < b.name ? -1 : 1));
  return { lanes, laneOf, records, placeOf, effects, messages, messageOf, names, spans: spansOf(records, laneOf, endUs), endUs };
}

function messagesOf(records: readonly TraceRecord[], laneOf: ReadonlyMap<string, number>): Message[] {
  const arrivals = new Map<number, Extract<TraceRecord, { kind: "deliver" | "drop" }>[]>();
  const sentAt = new Map<number, number>();
  const took: number[] = [];
  for (const record of records) {
    if (record.kind === "send") sentAt.set(record.n, record.atUs);
    if (record.kind !== "deliver" && record.kind !== "drop") continue;
    const sent = sentAt.get(record.cause);
    if (sent !== undefined) took.push(record.atUs - sent);
    const list = arrivals.get(record.cause);
    if (list === undefined) arrivals.set(record.cause, [record]);
    else list.push(record);
  }
  took.sort((a, b) => a - b);
  const lateUs = (took[took.length >> 1] ?? 0) * lateFactor;
  const messages: Message[] = [];
  for (const send of records) {
    if (send.kind !== "send") continue;
    const came = (arrivals.get(send.n) ?? []).map((record): Arrival => {
      const taken = record.kind === "deliver";
      const late = record.atUs - send.atUs > Math.max(lateUs, 1000);
      const look: Look = !taken
        ? "dropped"
        : send.fate === "held"
          ? "held"
          : send.fate === "doubled"
            ? "doubled"
            : late
              ? "late"
              : "delivered";
      return { n: record.n, atUs: record.atUs, taken, look };
    });
    messages.push({
      send,
      from: laneOf.get(send.node) ?? 0,
      to: laneOf.get(send.to) ?? 0,
      name: messageName(send.channel, send.message),
      look: lookOf(send.fate, came),
      arrivals: came,
    });
  }
  return messages;
}

function lookOf(fate: Send["fate"], arrivals: readonly Arrival[]): Look {
  if (fate === "lost" || fate === "cut" || fate === "held" || fate === "doubled") return fate;
  return arrivals[0]?.look ?? "flying";
}

function spansOf(records: readonly TraceRecord[], laneOf: ReadonlyMap<string, number>, endUs: number): Span[] {
  const open = new Map<string, Span>();
  const spans: Span[] = [];
  const close = (key: string, toUs: number): void => {
    const span = open.get(key);
    if (span === undefined) return;
    spans.push({ ...span, toUs });
    open.delete(key);
  };
  for (const record of records) {
    const { kind, node, atUs } = record;
    const lane = laneOf.get(node);
    if (lane === undefined) continue;
    const begin = (what: Span["what"], text: string): void => {
      open.set(`${node} ${what}`, { lane, what, fromUs: atUs, toUs: endUs, text });
    };
    if (kind === "crash") {
      close(`${node} asleep`, atUs);
      begin("down", "down");
    } else if (kind === "restart") close(`${node} down`, atUs);
    else if (kind === "pause") begin("asleep", "asleep");
    else if (kind === "resume") close(`${node} asleep`, atUs);
    else if (kind === "clock") {
      close(`${node} clock`, atUs);
      const { offsetUs, ppm, frozen } = record;
      if (offsetUs !== 0 || ppm !== 0 || frozen !== undefined) begin("clock", clockText(offsetUs, ppm, frozen));
    }
  }
  for (const key of [...open.keys()]) close(key, endUs);
  return spans;
}

/** "+200 ms", "-1.5 s, 5000 ppm fast" */
export function clockText(offsetUs: number, ppm: number, frozen?: string): string {
  const size = Math.abs(offsetUs);
  const offset = `${offsetUs < 0 ? "-" : "+"}${size >= 1_000_000 ? `${size / 1_000_000} s` : `${size / 1000} ms`}`;
  const still = frozen === undefined ? "" : `, ${frozen === "both" ? "both stand" : `the ${frozen} stands`} still`;
  return ppm === 0 ? `${offset}${still}` : `${offset}, ${Math.abs(ppm)} ppm ${ppm < 0 ? "slow" : "fast"}${still}`;
}

/** 2: what a story might tell. 1: a message that did not simply arrive. 0: the ordinary course of things. */
export function loudness(record: TraceRecord, view: Pick<View, "messageOf">): 0 | 1 | 2 {
  switch (record.kind) {
    case "fact":
    case "goal":
    case "order":
    case "crash":
    case "restart":
    case "wipe":
    case "disk":
    case "pause":
    case "resume":
    case "clock":
    case "fault":
    case "heal":
    case "invoke":
    case "return":
    case "violation":
      return 2;
    case "drop":
    case "disconnect":
      return 1;
    case "send":
    case "deliver":
      return view.messageOf.get(record.n)?.look === "delivered" ? 0 : 1;
    default:
      return 0;
  }
}
