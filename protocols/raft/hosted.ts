/**
 * Raft inside the servers of another protocol: a lock or a lock service on the log, whose clients speak messages of its own.
 *
 * The host hands over requests and Raft's own messages and timers; it hears what was applied here, what a client is to be told, and
 * when this server begins and ceases to lead. It hears so while Raft is at work: what it has to ask in turn, it asks afterwards.
 * Only servers of the host's own role keep the log together.
 */

import type { Context, Ms, NodeId, Options, Request } from "../../harness/protocol.ts";
import { InnerContext } from "./inner-context.ts";
import type { Message } from "./messages.ts";
import type { Raft } from "./raft.ts";
import type { StateMachine } from "./state-machine.ts";

export interface Host<State, Op> {
  readonly machine: StateMachine<State, Op>;
  /** The request was applied, and this is what its client is told: only at the server that took it, while it leads. */
  answered(request: Request<Op>, result: unknown): void;
  /** This server does not lead; `to` does, as far as it knows. The request did not happen through it. */
  redirected(request: Request<Op>, to?: NodeId): void;
  /** On every server, in the order of the log, and again after a restart; reads excepted. Before `answered`. */
  applied?(op: Op, result: unknown, state: State): void;
  /** The state was taken from a snapshot: what led to it is not heard. */
  restored?(state: State): void;
  elected?(term: number): void;
  deposed?(): void;
}

/** Its timers carry this mark among those of the host. */
const mark = "raft ";

export class HostedRaft<State, Op> {
  private readonly node: Raft<State, Op>;

  constructor(
    ctx: Context,
    options: Options,
    host: Host<State, Op>,
    over: (machine: StateMachine<State, Op>) => (ctx: Context, options: Options) => Raft<State, Op>,
  ) {
    this.node = over(heard(host))(new HostedContext(ctx, host as Host<unknown, unknown>), options);
  }

  /** Who leads, as far as this server knows. */
  get leader(): NodeId | undefined {
    return this.node.knownLeader;
  }

  onStart(): void {
    this.node.onStart();
  }

  onRequest(request: Request<Op>): void {
    this.node.onRequest(request);
  }

  /** From another server. */
  onMessage(from: NodeId, message: unknown): void {
    this.node.onMessage(from, message as Message);
  }

  /** True when the timer was Raft's. */
  onTimer(name: string): boolean {
    if (!name.startsWith(mark)) return false;
    this.node.onTimer(name.slice(mark.length));
    return true;
  }

  onOrder(order: string): void {
    this.node.onOrder(order);
  }

  inspect(): unknown {
    return this.node.inspect();
  }
}

/** The host's machine, telling it what is applied. */
function heard<State, Op>(host: Host<State, Op>): StateMachine<State, Op> {
  const { machine } = host;
  return {
    ...machine,
    apply(state, op) {
      const next = machine.apply(state, op);
      if (!machine.isRead(op)) host.applied?.(op, next[1], next[0]);
      return next;
    },
    save: (state) => (machine.save === undefined ? state : machine.save(state)),
    load(saved) {
      const state = machine.load === undefined ? (saved as State) : machine.load(saved);
      host.restored?.(state);
      return state;
    },
  };
}

/** ctx as Raft sees it: its peers keep the log, its clients are told things by the host. */
class HostedContext extends InnerContext {
  private readonly host: Host<unknown, unknown>;
  private others: readonly NodeId[] | undefined;

  constructor(outer: Context, host: Host<unknown, unknown>) {
    super(outer);
    this.host = host;
  }

  override get peers(): readonly NodeId[] {
    this.others ??= this.outer.nodes(this.role).filter((id) => id !== this.id);
    return this.others;
  }
  override nodes(role = this.role): readonly NodeId[] {
    return super.nodes(role);
  }
  override reply(request: Request, result: unknown): void {
    this.host.answered(request, result);
  }
  override fail(request: Request): void {
    this.host.redirected(request);
  }
  override redirect(request: Request, to?: NodeId): void {
    this.host.redirected(request, to);
  }
  override setTimer(name: string, afterMs: Ms, data?: unknown): void {
    super.setTimer(mark + name, afterMs, data);
  }
  override cancelTimer(name: string): void {
    super.cancelTimer(mark + name);
  }

  /** Raft states when it begins and ceases to lead. */
  override fact(name: string, data?: object): void {
    super.fact(name, data);
    if (name === "leader") this.host.elected?.((data as { readonly term: number }).term);
    else if (name === "stepped-down") this.host.deposed?.();
  }
}
