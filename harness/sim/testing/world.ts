/** A small world for tests: a cluster whose nodes are a few inline handlers, and ways to look at what happened in it. */

import type { ClientPolicy, Context, Invariant, Monitor, Node, NodeId, Request, Selector, Tolerance } from "../../protocol.ts";
import { roots } from "../chance.ts";
import { Cluster } from "../cluster.ts";
import type { Mutation } from "../mutation.ts";
import type { Budgets } from "../setup.ts";
import type { TraceRecord } from "../trace.ts";
import type { Weather } from "../world.ts";

/** What tests send about. */
export interface Message {
  readonly type: string;
  readonly [field: string]: unknown;
}

/** As protocol.ts's Node, with ctx handed in. What a handler returns is dropped, so that it may be a bare expression. */
export interface Handlers {
  onStart?(ctx: Context): unknown;
  onRequest?(ctx: Context, request: Request): unknown;
  onMessage?(ctx: Context, from: NodeId, message: Message): unknown;
  onTimer?(ctx: Context, name: string, data?: unknown): unknown;
  onOrder?(ctx: Context, order: string): unknown;
  onConnect?(ctx: Context, peer: NodeId): unknown;
  onDisconnect?(ctx: Context, peer: NodeId): unknown;
}

export interface Setup {
  readonly seed?: number;
  /** How many: c1, c2 ... */
  readonly clients?: number;
  /** Default: every message takes exactly 1 ms, none is lost. */
  readonly weather?: Partial<Weather>;
  readonly policy?: Partial<ClientPolicy>;
  readonly invariants?: readonly Invariant[];
  readonly selectors?: Readonly<Record<string, Selector>>;
  readonly goals?: readonly string[];
  readonly budgets?: Partial<Budgets>;
  /** Default: faults may destroy whatever they like. */
  readonly bears?: Tolerance;
  /** Default true. */
  readonly trace?: boolean;
  /** Default: datagrams. */
  readonly transport?: "datagram" | "stream";
  readonly mutation?: Mutation;
  /** Default: every server is a "server". */
  readonly roles?: Readonly<Record<NodeId, string>>;
  /** Those of the servers that are no members. */
  readonly spares?: readonly NodeId[];
}

/** Handlers by the node's name; a function makes new ones for every incarnation, so that its variables are volatile. */
export type Nodes = Readonly<Record<NodeId, Handlers | (() => Handlers)>>;

/** The cluster, not booted yet. */
export function build(nodes: Nodes, setup: Setup = {}): Cluster {
  return buildWith((ctx, id) => asNode(ctx, nodes[id]!), Object.keys(nodes), setup);
}

/** The cluster, booted: every onStart has run. */
export function boot(nodes: Nodes, setup: Setup = {}): Cluster {
  const cluster = build(nodes, setup);
  cluster.boot();
  return cluster;
}

/** As `build`, for tests about the constructor and odd nodes. */
export function buildWith(create: (ctx: Context, id: NodeId) => Node, servers: readonly NodeId[], setup: Setup = {}): Cluster {
  return new Cluster({
    roots: roots(setup.seed ?? 1),
    servers: servers.map((id) => ({ id, role: setup.roles?.[id] ?? "server", spare: setup.spares?.includes(id) === true })),
    clients: Array.from({ length: setup.clients ?? 0 }, (_, i) => `c${i + 1}`),
    weather: { latency: { kind: "constant", us: 1_000 }, lossPpm: 0, duplicatePpm: 0, ...setup.weather },
    policy: { target: "sticky", tryMs: 100, timeoutMs: 500, retry: false, ...setup.policy },
    create,
    transport: setup.transport ?? "datagram",
    invariants: setup.invariants ?? [],
    selectors: setup.selectors ?? {},
    goals: setup.goals ?? [],
    budgets: { events: 100_000, pending: 10_000, effects: 1_000, ...setup.budgets },
    ...(setup.bears === undefined ? {} : { bears: setup.bears }),
    trace: setup.trace ?? true,
    ...(setup.mutation === undefined ? {} : { mutation: setup.mutation }),
  });
}

function asNode(ctx: Context, made: Handlers | (() => Handlers)): Node {
  const handlers = typeof made === "function" ? made() : made;
  const { onRequest, onOrder } = handlers;
  return {
    onStart: () => void handlers.onStart?.(ctx),
    ...(onRequest === undefined ? {} : { onRequest: (request: Request) => void handlers.onRequest!(ctx, request) }),
    onMessage: (from, message) => void handlers.onMessage?.(ctx, from, message as Message),
    onTimer: (name, data) => void handlers.onTimer?.(ctx, name, data),
    ...(onOrder === undefined ? {} : { onOrder: (order: string) => void onOrder(ctx, order) }),
    onConnect: (peer) => void handlers.onConnect?.(ctx, peer),
    onDisconnect: (peer) => void handlers.onDisconnect?.(ctx, peer),
  };
}

export function ms(count: number): number {
  return count * 1_000;
}

type OfKind<K extends TraceRecord["kind"]> = Extract<TraceRecord, { kind: K }>;

/** The trace's records of one kind, of one node or of all. */
export function records<K extends TraceRecord["kind"]>(cluster: Cluster, kind: K, node?: NodeId): OfKind<K>[] {
  return cluster.trace.filter(
    (record): record is OfKind<K> => record.kind === kind && (node === undefined || record.node === node),
  );
}

/** Everything that the trace has of one node, as "kind what". */
export function told(cluster: Cluster, node: NodeId): string[] {
  return cluster.trace.filter((record) => record.node === node).map(inShort);
}

function inShort(record: TraceRecord): string {
  switch (record.kind) {
    case "send":
      return `send ${record.to} ${nameOf(record.message)}`;
    case "deliver":
      return `deliver ${record.from} ${nameOf(record.message)}`;
    case "connect":
      return `connect ${record.peer}`;
    case "disconnect":
      return `disconnect ${record.peer} ${record.why}`;
    case "timer":
    case "fact":
    case "goal":
      return `${record.kind} ${record.name}`;
    case "write":
      return `write ${record.record}`;
    case "append":
      return `append ${record.log}`;
    case "truncate":
      return `truncate ${record.log}`;
    case "log":
      return `log ${record.message}`;
    default:
      return record.kind;
  }
}

function nameOf(message: unknown): string {
  const { type, kind } = message as { readonly type?: string; readonly kind?: string };
  return type ?? kind ?? "";
}

/** An invariant that only listens: everything that a monitor can hear goes to `lines`, as "fact leader of n1 at 3". */
export function listener(facts: readonly string[], lines: string[]): Invariant {
  const heard: Monitor = {
    facts: Object.fromEntries(
      facts.map((name) => [
        name,
        (_: never, { node, atMs }: { node: NodeId; atMs: number }) => void lines.push(`fact ${name} of ${node} at ${atMs}`),
      ]),
    ),
    onStart: (node) => void lines.push(`start ${node}`),
    onCrash: (node) => void lines.push(`crash ${node}`),
    onRestart: (node) => void lines.push(`restart ${node}`),
    onWipe: (node) => void lines.push(`wipe ${node}`),
    onClientCrash: (client) => void lines.push(`client crash ${client}`),
    onClientRestart: (client) => void lines.push(`client restart ${client}`),
    onHeal: (atMs) => void lines.push(`heal at ${atMs}`),
    end: (atMs) => void lines.push(`end at ${atMs}`),
  };
  return { name: "listener", states: "nothing", monitor: () => heard };
}

/** Lets a moment's worth of code run as an event, as a fault would. */
export function at(cluster: Cluster, atMs: number, action: () => void): void {
  cluster.at(ms(atMs), action);
}
