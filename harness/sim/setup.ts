/** What a world is made from, what bounds it, and what may end it before its time. */

import type { ClientContext, ClientPolicy, Context, Invariant, Node, NodeId, Selector } from "../protocol.ts";
import type { Roots } from "./chance.ts";
import type { Driver } from "./driver.ts";
import type { Weather } from "./world.ts";

/** Counted bounds on a run; never milliseconds. */
export interface Budgets {
  readonly events: number;
  /** Messages and timers under way at once. */
  readonly pending: number;
  /** Effects of one handler. */
  readonly effects: number;
}

export const defaultBudgets: Budgets = { events: 2_000_000, pending: 200_000, effects: 10_000 };

export interface ClusterOptions {
  readonly roots: Roots;
  /** Spares behind the members. */
  readonly servers: readonly { readonly id: NodeId; readonly role: string; readonly spare?: boolean }[];
  readonly clients: readonly NodeId[];
  readonly weather: Weather;
  readonly policy: ClientPolicy;
  /** What servers speak over; default: datagrams. */
  readonly transport?: "datagram" | "stream";
  /** How long a stream bears silence. */
  readonly streamTimeoutUs?: number;
  create(ctx: Context, node: NodeId): Node;
  /** Instead of `create`: nodes that are no class of handlers. */
  drive?(ctx: Context, node: NodeId): Driver;
  /** Instead of the default client. */
  createClient?(ctx: ClientContext): Node;
  readonly invariants: readonly Invariant[];
  readonly selectors: Readonly<Record<string, Selector>>;
  readonly goals: readonly string[];
  readonly budgets?: Budgets;
  /** Keep the trace. Changes nothing else. */
  readonly trace?: boolean;
  /** False: a trace without the lines of protocol code that its effects come from, which cost most of it. */
  readonly sites?: boolean;
  /** Beside a trace: keep what nodes show through `inspect()`, after each handler. Default: true. */
  readonly states?: boolean;
  /** Told before each handler, for a watchdog in another thread: the event's number and the node's index. */
  readonly beat?: (event: number, node: number) => void;
}

/** What ended a run before its time. */
export interface Stop {
  readonly family: "invariant" | "contract" | "budget";
  readonly check: string;
  readonly sentence: string;
  readonly atUs: number;
  /** Of an error: the line of protocol code that it came from. */
  readonly where?: string;
}
