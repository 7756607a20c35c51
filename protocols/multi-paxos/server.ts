/**
 * Multi-Paxos. Leslie Lamport, "Paxos Made Simple" (2001), §3; Robbert van Renesse and Deniz Altinbuken, "Paxos Made Moderately
 * Complex" (ACM Computing Surveys 2015), whose words are used here; Tushar Chandra, Robert Griesemer, Joshua Redstone, "Paxos
 * Made Live" (PODC 2007) for leases, checkpoints and catching up.
 *
 * Servers agree on a sequence of commands, one synod for each slot. Phase 1 of Paxos does not depend on what is proposed, so a
 * leader does it once, under one ballot, for all slots: it learns what may have been chosen by others, proposes that again, and
 * fills the holes between with no-ops. From then on a command takes one round of phase 2, and slots need not wait for each
 * other. Replicas execute what is decided in the order of the slots, with their clients' sessions, and forget the beginning of
 * the log at checkpoints.
 *
 * A server is acceptor, replica and leader in one process; each is a file of its own, and the leader speaks to its own acceptor
 * by messages as to the others. This file passes the messages on, and says who leads: whoever is not heard for a while is
 * replaced. Reads are commands like others, or, with a lease, answered by the leader alone: for a while after they have heard
 * it, acceptors promise nothing to anybody else, and the leader counts on that, less what clocks may differ.
 *
 * Left out of "Moderately Complex": the change of the configuration by a command of the log.
 */

import type { Context, Ms, Node, NodeId, Options, Request } from "../../harness/protocol.ts";
import { never } from "../../harness/protocol.ts";
import { Acceptor } from "./acceptor.ts";
import { Leader } from "./leader.ts";
import { type Ballot, compare, type Heartbeat, type Message, nameOf, noBallot, type Op } from "./messages.ts";
import { Replica } from "./replica.ts";
import { read } from "./state.ts";

/** Which class plays which part. A mutant puts one of its own in a place. */
export interface Parts {
  readonly acceptor: typeof Acceptor;
  readonly replica: typeof Replica;
  readonly leader: typeof Leader;
}

const right: Parts = { acceptor: Acceptor, replica: Replica, leader: Leader };

export class Server implements Node<Message, Op> {
  protected readonly ctx: Context<Message>;
  private readonly heartbeat: Ms;
  protected readonly electionTimeout: { readonly min: Ms; readonly max: Ms };
  private readonly leases: boolean;
  private readonly drift: number;
  protected readonly acceptor: Acceptor;
  protected readonly replica: Replica;
  protected readonly leader: Leader;
  /** Whoever was last heard to lead, and its ballot. */
  private followed: NodeId | undefined;
  private followedBallot: Ballot = noBallot;
  private heardAt: Ms = 0;
  private timeout: Ms = 0;
  /** What the last heartbeat had decided that this server does not know: when the next one comes, it has missed it. */
  private missing = 0;
  /** Requests that came while nobody knew a leader: of each client the latest, for nobody waits for an older one. */
  private readonly homeless = new Map<NodeId, Request<Op>>();

  constructor(ctx: Context<Message>, options: Options, parts: Partial<Parts> = {}) {
    const all = { ...right, ...parts };
    this.ctx = ctx;
    this.heartbeat = options["heartbeat"] as Ms;
    this.electionTimeout = options["election-timeout"] as { min: Ms; max: Ms };
    this.leases = options["reads"] === "lease";
    this.drift = options["drift"] as number;
    this.acceptor = new all.acceptor(ctx, this.electionTimeout.min);
    this.replica = new all.replica(ctx, this.acceptor, options["checkpoint"] as number);
    this.leader = new all.leader(ctx, this.acceptor, this.replica);
  }

  onStart(): void {
    this.replica.recover(this.acceptor.recover());
    this.awaitLeader();
  }

  // ---- Clients --------------------------------------------------------------------------------------------------

  onRequest(request: Request<Op>): void {
    if (!this.leader.active) {
      if (this.followed !== undefined) this.redirect(request, this.followed);
      else if (request.serial >= (this.homeless.get(request.client)?.serial ?? 0)) this.homeless.set(request.client, request);
      return;
    }
    if (request.op.f === "read" && this.leases && this.mayReadAlone()) {
      this.ctx.sometimes("read under a lease");
      this.ctx.reply(request, read(this.replica.state, request.op));
      return;
    }
    const standing = this.replica.standing(request);
    if (standing === "answered") {
      this.ctx.sometimes("retried request answered from the session");
      this.replica.answer(request);
    } else if (standing === "new" && this.replica.remember(request)) this.leader.propose(request);
  }

  private redirect(request: Request<Op>, to: NodeId): void {
    this.ctx.sometimes("request redirected");
    this.ctx.redirect(request, to);
  }

  /** Nobody else can have become the leader yet, and everything that was decided before is known here. */
  protected mayReadAlone(): boolean {
    const since = this.leader.heardByMajority();
    return since !== undefined && this.ctx.elapsed() - since < this.lease() && this.leader.isSettled();
  }

  /** As long as acceptors are loyal, less what this clock may be slower than theirs. */
  protected lease(): Ms {
    return (this.electionTimeout.min * (100 - this.drift)) / 100;
  }

  // ---- Who leads ------------------------------------------------------------------------------------------------

  private awaitLeader(): void {
    this.heardAt = this.ctx.elapsed();
    this.timeout = this.electionTimeout.min + this.ctx.random.real() * (this.electionTimeout.max - this.electionTimeout.min);
    this.ctx.setTimer("election", this.timeout);
  }

  /** Who hears a leader only notes the time; the timer looks at it when due. */
  private onElectionTimer(): void {
    if (this.leader.active) return;
    const left = this.timeout - (this.ctx.elapsed() - this.heardAt);
    if (left > 0) {
      this.ctx.setTimer("election", Math.max(left, 1));
      return;
    }
    this.followed = undefined;
    this.leader.startScout();
    this.awaitLeader();
  }

  private lead(): void {
    this.followed = this.ctx.id;
    this.ctx.cancelTimer("election");
    this.onHeartbeatTimer();
    for (const request of this.homeless.values()) this.onRequest(request);
    this.homeless.clear();
  }

  private onPreempted(ballot: Ballot): void {
    if (this.leader.onPreempted(ballot)) this.stopLeading();
  }

  private stopLeading(): void {
    this.ctx.sometimes("leader stepped down");
    this.followed = undefined;
    this.replica.forgetClients();
    this.ctx.cancelTimer("heartbeat");
    this.awaitLeader();
  }

  private onHeartbeatTimer(): void {
    if (!this.leader.active) return;
    if (this.leader.hearsMajorityWithin(this.electionTimeout.max)) {
      this.leader.heartbeat();
      this.ctx.setTimer("heartbeat", this.heartbeat);
    } else {
      this.leader.stop();
      this.stopLeading();
    }
  }

  private onHeartbeat(from: NodeId, { ballot, decided, sent }: Heartbeat): void {
    const { promised } = this.acceptor;
    const highest = compare(promised, this.followedBallot) < 0 ? this.followedBallot : promised;
    if (compare(ballot, highest) < 0) {
      this.ctx.send(from, { type: "preempted", ballot: highest });
      return;
    }
    this.onPreempted(ballot);
    this.follow(from, ballot);
    this.ctx.send(from, { type: "heartbeat-ack", ballot, sent });
    if (this.missing >= this.replica.next) this.replica.catchUpWith(from);
    this.missing = decided;
  }

  private follow(leader: NodeId, ballot: Ballot): void {
    this.heardAt = this.ctx.elapsed();
    this.acceptor.hearLeader(leader);
    this.followedBallot = ballot;
    if (this.followed === leader) return;
    this.followed = leader;
    for (const request of this.homeless.values()) this.redirect(request, leader);
    this.homeless.clear();
  }

  // ---- What happens ---------------------------------------------------------------------------------------------

  onMessage(from: NodeId, message: Message): void {
    switch (message.type) {
      case "P1a":
        this.leader.note(message.ballot);
        this.acceptor.onP1a(from, message, this.replica.state);
        break;
      case "P1b":
        if (this.leader.onP1b(from, message)) this.lead();
        break;
      case "P2a":
        this.acceptor.onP2a(from, message);
        break;
      case "P2b":
        this.leader.onP2b(from, message);
        break;
      case "preempted":
        this.onPreempted(message.ballot);
        break;
      case "decision":
        this.replica.learn(message);
        break;
      case "heartbeat":
        this.onHeartbeat(from, message);
        break;
      case "heartbeat-ack":
        this.leader.onHeartbeatAck(from, message);
        break;
      case "catch-up":
        this.replica.onCatchUp(from, message);
        break;
      case "caught-up":
        this.replica.onCaughtUp(message);
        break;
      default:
        never(message);
    }
  }

  onTimer(name: string): void {
    if (name === "heartbeat") this.onHeartbeatTimer();
    else this.onElectionTimer();
  }

  inspect(): unknown {
    const { acceptor, replica, leader, followed } = this;
    return {
      leads: leader.active,
      follows: followed ?? null,
      promised: nameOf(acceptor.promised),
      executed: replica.state.slot,
      checkpoint: acceptor.checkpoint,
    };
  }
}
