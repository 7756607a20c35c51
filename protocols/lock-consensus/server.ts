/**
 * A server of the lock: Raft, a lock as its state machine, and a stop-watch that says when a lease is over.
 *
 * The thesis on Raft has this lock as its example (Ongaro, Consensus: Bridging Theory and Practice, 2014, §6.3); leases are Gray and
 * Cheriton's (SOSP 1989), fencing tokens Kleppmann's (How to do distributed locking, 2016), after Chubby's sequencers.
 *
 * Time must not enter a state machine by the back door: servers whose clocks decide for themselves whether a lease is over
 * disagree on who has the lock. So a server that has seen a whole lease pass on its own stop-watch, counted from when it applied
 * the grant or the last extension, *proposes* the expiry, as a command that names the grant and how often it had been
 * extended; where it comes to stand in the log, it takes place, or is void. No two clocks are compared: a server that
 * leads anew, or has restarted, has begun to count later than the client, never earlier, and a fail-over makes a lease longer.
 * Every server counts, the one that leads gets its proposal through.
 */

import type { Context, Ms, Node, NodeId, Options, Request } from "../../harness/protocol.ts";
import { type HostedRaft, hostRaft } from "../raft/index.ts";
import { type Grant, type LockState, lockMachine, type Rules, rules } from "./machine.ts";
import type { Ask, Expire, FromServer, GrantedFact, LockOp } from "./messages.ts";

/** Who proposes expiries. The expiry of one lease is one command, whichever servers propose it. */
const clock = "expiry";

/** More often than this no lease is extended. */
const mostExtensions = 2 ** 20;

export class LockServer implements Node {
  protected readonly ctx: Context<FromServer>;
  protected readonly raft: HostedRaft<LockState, LockOp>;
  private readonly tryMs: Ms;
  /** What the log says, as far as it is applied here. */
  protected state: LockState = { grants: 0, held: null };

  constructor(ctx: Context<FromServer>, options: Options) {
    this.ctx = ctx;
    this.tryMs = Number(options["try"]);
    this.raft = hostRaft<LockState, LockOp>(ctx, options, {
      machine: lockMachine(this.rules()),
      applied: (op, _result, state) => this.onApplied(op, state),
      restored: (state) => this.onRestored(state),
      answered: (request, result) => this.onAnswered(request, result),
      redirected: (request, to) => this.onRedirected(request, to),
    });
  }

  protected rules(): Rules {
    return rules;
  }

  onStart(): void {
    this.raft.onStart();
  }

  onMessage(from: NodeId, message: unknown): void {
    if (isAsk(message)) this.onAsk(from, message);
    else this.raft.onMessage(from, message);
  }

  onTimer(name: string): void {
    if (!this.raft.onTimer(name)) this.onLeaseOver();
  }

  onOrder(order: string): void {
    this.raft.onOrder(order);
  }

  /** The same request on every try, so that it takes place once: a client whose answer was lost must not find the lock taken by itself. */
  protected onAsk(from: NodeId, { id, serial, op }: Ask): void {
    this.raft.onRequest({ id, client: from, serial, op });
  }

  protected onAnswered({ id, client }: Request<LockOp>, result: unknown): void {
    if (client !== clock) this.ctx.send(client, { type: "answer", id, result });
  }

  protected onRedirected({ id, client }: Request<LockOp>, to: NodeId | undefined): void {
    if (client !== clock) this.ctx.send(client, { type: "redirect", id, ...(to !== undefined && { to }) });
  }

  private onApplied(op: LockOp, state: LockState): void {
    const { held: before } = this.state;
    const { held } = state;
    this.state = state;
    if (held === before) return;
    if (held === null) {
      if (op.f === "expire") this.ctx.sometimes("lease ran out");
      this.ctx.cancelTimer("lease");
      return;
    }
    if (op.f === "acquire") this.tell(held);
    this.startLease(held, op);
  }

  private onRestored(state: LockState): void {
    this.state = state;
    this.ctx.cancelTimer("lease");
    if (state.held === null) return;
    this.ctx.sometimes("lock found in a snapshot");
    this.tell(state.held);
    this.startLease(state.held);
  }

  private tell({ owner, client, token }: Grant): void {
    const fact: GrantedFact = { owner, client, token };
    this.ctx.fact("granted", fact);
  }

  /** Counted from here: when the client asked, and when it stood in the log, was earlier. */
  protected startLease({ leaseMs }: Grant, _op?: LockOp): void {
    this.ctx.setTimer("lease", leaseMs);
  }

  private onLeaseOver(): void {
    const { held } = this.state;
    if (held === null) return;
    this.propose(held);
    // Until it stands in the log: this server may not lead, or not for long.
    this.ctx.setTimer("lease", this.tryMs);
  }

  private propose({ token, extensions }: Grant): void {
    const op: Expire = { f: "expire", token, extensions };
    this.raft.onRequest({
      id: `${clock}#${token}.${extensions}`,
      client: clock,
      serial: token * mostExtensions + extensions,
      op,
    });
  }

  inspect(): unknown {
    return { raft: this.raft.inspect(), ...this.state };
  }
}

function isAsk(message: unknown): message is Ask {
  return (message as { readonly type: string }).type === "ask";
}
