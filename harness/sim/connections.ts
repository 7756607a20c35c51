/** The two ends of a connection, what each has heard of it, and what is under way between them. */

import type { Told } from "./lies.ts";
import { channelNumber, type Scheduled, type SimNode, scheduledKind } from "./node.ts";
import type { FaultId } from "./world.ts";

/** Why an end gives its connection up: the other end crashed, nothing was heard for too long, or a fault cut it off. */
export type Break = "crash" | "time-out" | "fault";

/** What one end of a connection is told, in its node's line of messages. */
export interface News {
  readonly end: End;
  readonly connection: Connection;
  /** Undefined: it stands. */
  readonly gone: Break | undefined;
  readonly by: readonly FaultId[];
  readonly incarnation: number;
}

/** One node's end of a pair. */
export interface End {
  readonly node: SimNode;
  /** What its machine holds to be connected: dead when it is half-open. */
  attached: Connection | undefined;
  /** What the node itself has heard of, and sends over. */
  heard: Connection | undefined;
}

export interface Connection {
  readonly pair: Pair;
  /** Counts the connections of a pair, for the trace. */
  readonly number: number;
  alive: boolean;
  /** The faults that killed it: they have an effect on all that is sent over it afterwards. */
  killedBy: readonly FaultId[];
  /** The record of the crash that killed it, else 0. */
  killedIn: number;
  /** What is under way from the first end to the second, and back, in the order sent. */
  readonly lanes: readonly [Segment[], Segment[]];
}

export interface Pair {
  readonly ends: readonly [End, End];
  /** From the first to the second, and back. */
  readonly links: readonly [number, number];
  /** Since when a link is cut; -1 when none is. */
  stalledSinceUs: number;
  connecting: boolean;
  connections: number;
}

/** One message on its way. */
export interface Segment {
  readonly connection: Connection;
  readonly side: 0 | 1;
  readonly message: Scheduled;
  /** Since when it has been tried, without a cut between. */
  sinceUs: number;
  tries: number;
  state: "under way" | "lost" | "waiting" | "arrived";
  /** When its event in the queue is meant, as one may be left over there; -1 when it waits at a held link. */
  dueUs: number;
  /** Itself, as the event queue takes it. */
  readonly event: Scheduled;
}

/** What streams ask of the world. */
export interface StreamHost {
  now(): number;
  /** An event of the world. */
  at(atUs: number, action: () => void): void;
  push(atUs: number, event: Scheduled): void;
  /** Puts it in the node's line, behind what waits there. */
  receive(event: Scheduled): void;
  effect(id: FaultId): void;
  /** A message was sent; returns its record in the trace. */
  sent(message: Outgoing, fate: "sent" | "held" | "lost", by: readonly FaultId[] | undefined, why?: Unsent): number;
  /** A message that its sender was told to send is under way as this event. */
  under(event: Scheduled, message: Outgoing): void;
  /** A message was under way when its connection broke. */
  gone(message: Scheduled): void;
}

/** Why a message never left. */
export type Unsent = "unconnected" | "half-open";

export interface Outgoing {
  readonly from: SimNode;
  readonly to: SimNode;
  readonly message: unknown;
  readonly hash: number;
  readonly cause: number;
  readonly site: string | undefined;
  /** Of a node that lies. */
  readonly told: Told | undefined;
}

export const nobody: readonly FaultId[] = [];

/** The connection that both ends hold. */
export function aliveIn({ ends }: Pair): Connection | undefined {
  const connection = ends[0].attached;
  return connection?.alive === true ? connection : undefined;
}

export function isReady({ ends, stalledSinceUs }: Pair): boolean {
  return stalledSinceUs < 0 && ends.every(({ node, attached }) => node.up && attached === undefined);
}

export function segmentOf(connection: Connection, side: 0 | 1, message: Scheduled, sinceUs: number): Segment {
  const event = { ...message, kind: scheduledKind.segment, subject: undefined as unknown };
  const segment: Segment = { connection, side, message, sinceUs, tries: 0, state: "under way", dueUs: -1, event };
  event.subject = segment;
  connection.lanes[side].push(segment);
  return segment;
}

export function deliver(from: SimNode, to: SimNode, message: unknown, hash: number, cause: number): Scheduled {
  return { kind: scheduledKind.deliver, node: to, from, channel: channelNumber.message, subject: message, hash, cause };
}
