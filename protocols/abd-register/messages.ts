/** What the servers of an ABD register tell each other: timestamps, copies and messages. */

import type { NodeId } from "../../harness/protocol.ts";
import type { RegisterOp } from "../../harness/workloads/read-write-cas.ts";

/** What clients ask; without a key where there is only one register. */
export type Op = RegisterOp;

/** What a register holds: null before the first write. */
export type Value = number | null;

/** The value that a read found; null for a write. */
export type Result = Value;

/** Totally ordered, and never given to two writes: ties between two writers' counters are broken by their names. */
export interface Timestamp {
  readonly counter: number;
  readonly writer: NodeId;
}

/** What a replica holds of one register. */
export interface Copy {
  readonly timestamp: Timestamp;
  readonly value: Value;
}

/** Older than every write. */
export const NOTHING: Copy = { timestamp: { counter: 0, writer: "" }, value: null };

/** Where a replica keeps its copy on disk. A register without a key is the one called "". */
export function recordOf(key: string): string {
  return key === "" ? "copy" : `copy ${key}`;
}

export function isNewer(a: Timestamp, b: Timestamp): boolean {
  return a.counter > b.counter || (a.counter === b.counter && a.writer > b.writer);
}

export function isSame(a: Timestamp, b: Timestamp): boolean {
  return a.counter === b.counter && a.writer === b.writer;
}

/** Names one phase of one operation, so that an acknowledgement is counted in that phase and in no other. */
export interface Phase {
  /** How often the coordinator has started: its operations are numbered from 1 each time. */
  readonly incarnation: number;
  readonly operation: number;
  readonly name: "query" | "store";
}

/** "What do you hold?" */
export interface Query {
  readonly type: "query";
  readonly phase: Phase;
  readonly key: string;
}

/** "Hold this, unless you hold something newer." */
export interface Store {
  readonly type: "store";
  readonly phase: Phase;
  readonly key: string;
  readonly copy: Copy;
}

/** The answer to both: the phase is done here, and this is what the replica holds now. */
export interface Ack {
  readonly type: "ack";
  readonly phase: Phase;
  readonly copy: Copy;
}

export type Message = Query | Store | Ack;
