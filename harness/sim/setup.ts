/** What a world is made from, what bounds it, and what may end it before its time. */

import type { ClientContext, ClientPolicy, Context, Invariant, Node, NodeId, Selector, Tolerance } from "../protocol.ts";
import type { Roots } from "./chance.ts";
import type { Driver } from "./driver.ts";
import type { Effects } from "./effects.ts";
import type { Mutation } from "./mutation.ts";
import type { Survey } from "./survey.ts";
import type { Weather } from "./world.ts";

/** Counted bounds on a run; never milliseconds. */
export interface Budgets {
  readonly events: number;
  /** Messages and timers under way at once. */
  readonly pending: number;
  /** Effects of one handler. */
  readonly effects: number;
}

/** A handler that has returned: when it ran, and what it was called with (the message, a timer's name ...). */
export interface Handled {
  readonly atUs: number;
  readonly subject: unknown;
  /** What `read` makes of the node's `inspect()`, as the handler has left it. Throws what that throws; changes nothing. */
  inspected<T>(read: (state: unknown) => T): T;
}

/** Hears of each: whose, which ("message AppendEntries"), and its effects, which are overwritten afterwards. */
export type Scout = (
  node: { readonly id: NodeId; readonly isClient: boolean },
  handler: string,
  effects: Effects,
  handled: Handled,
) => void;

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
  /** How much durable state faults may destroy unless they are to go beyond; default: any. */
  readonly bears?: Tolerance;
  /** Keep the trace. Changes nothing else. */
  readonly trace?: boolean;
  /** False: a trace without the lines of protocol code that its effects come from, which cost most of it. */
  readonly sites?: boolean;
  /** Beside a trace: keep what nodes show through `inspect()`, after each handler. Default: true. */
  readonly states?: boolean;
  /** Told after each handler what it recorded, before it takes effect: for whoever takes stock of a run. Changes nothing. */
  readonly scout?: Scout;
  /** The bug that is planted in the nodes. */
  readonly mutation?: Mutation;
  /** Told of every outside act and the calls that led to it. Changes nothing. */
  readonly survey?: Survey;
  /** Told before each handler, for a watchdog in another thread or a debugger: the event's number, the node's index, the time. */
  readonly beat?: (event: number, node: number, atUs: number) => void;
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
