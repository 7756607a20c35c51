/** Locks in a log done wrong: each differs from the right one in one decision. The ids are rows of the catalogue of known bugs. */

import type { Ms, Mutant, NodeId, Request } from "../../harness/protocol.ts";
import { type Doing, mutantOf, type Stored, type Terms } from "../locking/index.ts";
import { ConsensusLockClient } from "./client.ts";
import { type Grant, type Rules, rules } from "./machine.ts";
import type { Acquire, Ask, LockOp } from "./messages.ts";
import { right } from "./nodes.ts";
import { FencedResource } from "./resource.ts";
import { LockServer } from "./server.ts";

class ReplicasExpireByTheirClocks extends LockServer {
  private untilMs: Ms = 0;

  protected override rules(): Rules {
    return { ...rules, isFree: (state) => state.held === null || this.ctx.elapsed() >= this.untilMs };
  }
  protected override startLease(grant: Grant, op?: LockOp): void {
    this.untilMs = this.ctx.elapsed() + grant.leaseMs;
    super.startLease(grant, op);
  }
}

/** A deadline by the clock of the server that took the command, in the command. */
class ComparesTwoClocks extends LockServer {
  protected override onAsk(from: NodeId, ask: Ask): void {
    const op: LockOp & { readonly askedMs: Ms } = { ...ask.op, askedMs: this.ctx.elapsed() };
    super.onAsk(from, { ...ask, op });
  }
  protected override startLease({ leaseMs }: Grant, op?: LockOp & { readonly askedMs?: Ms }): void {
    const nowMs = this.ctx.elapsed();
    this.ctx.setTimer("lease", Math.max(0, (op?.askedMs ?? nowMs) + leaseMs - nowMs));
  }
}

class ExpiresWhoeverHolds extends LockServer {
  protected override rules(): Rules {
    return { ...rules, isOver: () => true };
  }
}

class CountsTokensInMemory extends LockServer {
  private tokens = 0;

  protected override rules(): Rules {
    return { ...rules, token: (_state, op) => (op as Acquire & { readonly token: number }).token };
  }
  protected override onAsk(from: NodeId, ask: Ask): void {
    if (ask.op.f !== "acquire") super.onAsk(from, ask);
    else super.onAsk(from, { ...ask, op: { ...ask.op, token: ++this.tokens } as Acquire });
  }
}

class TokenDiesWithTheLock extends LockServer {
  protected override rules(): Rules {
    return { ...rules, freed: () => ({ grants: 0, held: null }) };
  }
}

class SnapshotWithoutTheCount extends LockServer {
  protected override rules(): Rules {
    return { ...rules, saved: ({ held }) => ({ grants: held?.token ?? 0, held }) };
  }
}

class ReleasesWhoseverLock extends LockServer {
  protected override rules(): Rules {
    return { ...rules, mayRelease: () => true };
  }
}

class AnswersBeforeCommit extends LockServer {
  private sentAway = false;

  protected override onAsk(from: NodeId, ask: Ask): void {
    this.sentAway = false;
    super.onAsk(from, ask);
    if (this.sentAway || ask.op.f !== "acquire" || this.state.held !== null) return;
    this.ctx.send(from, { type: "answer", id: ask.id, result: { granted: this.state.grants + 1 } });
  }
  protected override onRedirected(request: Request<LockOp>, to: NodeId | undefined): void {
    this.sentAway = true;
    super.onRedirected(request, to);
  }
}

/** Every try is a client of its own, with one request. */
class NoSessions extends LockServer {
  private tries = 0;

  protected override onAsk(from: NodeId, { id, op }: Ask): void {
    this.tries += 1;
    this.raft.onRequest({
      id: `${id} by ${from} at ${this.ctx.id}, ${this.tries}`,
      client: `${this.ctx.id} ${id} ${this.tries}`,
      serial: 1,
      op,
    });
  }
  protected override onAnswered(request: Request<LockOp>, result: unknown): void {
    super.onAnswered(this.asked(request), result);
  }
  protected override onRedirected(request: Request<LockOp>, to: NodeId | undefined): void {
    super.onRedirected(this.asked(request), to);
  }
  private asked(request: Request<LockOp>): Request<LockOp> {
    const [id, rest] = request.id.split(" by ");
    return rest === undefined ? request : { ...request, id: id!, client: rest.slice(0, rest.indexOf(" ")) };
  }
}

class LooksAtItsOwnCopy extends LockServer {
  protected override onAsk(from: NodeId, ask: Ask): void {
    if (ask.op.f !== "holder") super.onAsk(from, ask);
    else this.ctx.send(from, { type: "answer", id: ask.id, result: this.state.held?.token ?? null });
  }
}

class CountsFromTheAnswer extends ConsensusLockClient {
  protected override granted(doing: Doing, terms: Terms): void {
    doing.asked[terms.nth ?? 0] = this.ctx.elapsed();
    super.granted(doing, terms);
  }
  protected override extended(doing: Doing, nth: number): void {
    doing.asked[nth] = this.ctx.elapsed();
    super.extended(doing, nth);
  }
}

class ComparesTokensAsText extends FencedResource {
  protected override isStale(token: number, newest: number): boolean {
    return String(token) < String(newest);
  }
}

class RefusesItsEqual extends FencedResource {
  protected override isStale(token: number, newest: number): boolean {
    return token <= newest;
  }
}

class ForgetsItsToken extends FencedResource {
  protected override recall(): Stored | undefined {
    const stored = super.recall();
    return stored && { ...stored, token: 0 };
  }
}

const mutant = mutantOf(right);

const history = "mutants/lock-consensus-history.yaml";

export const mutants: readonly Mutant[] = [
  mutant(
    "replicas-expire-by-their-clocks",
    { server: ReplicasExpireByTheirClocks },
    "Each server asks its own clock, while it applies an acquire, whether the lease is over: the copies come to differ about who has the lock (a state machine that reads the time; Schneider 1990 forbids it).",
  ),
  mutant(
    "compares-two-clocks",
    { server: ComparesTwoClocks },
    "A lease ends at a moment that the server which took the command wrote into it, and whoever leads then compares it with a stop-watch of its own: after a fail-over it ends too early (why etcd's new leader renews all leases, and writes down what is left of them, not when they end).",
  ),
  mutant(
    "expires-whoever-holds",
    { server: ExpiresWhoeverHolds },
    "The command that ends a lease does not say whose, so one that was proposed for a lease since extended, or for the holder before, takes the lock from who has it.",
  ),
  mutant(
    "tokens-in-memory",
    { server: CountsTokensInMemory },
    "The leader counts the fencing tokens in its memory instead of in the log, so another leader, or the same after a restart, hands out old ones again.",
  ),
  mutant(
    "token-dies-with-the-lock",
    { server: TokenDiesWithTheLock },
    "The count of grants goes with the lock when it is free, so that the next holder starts with the first token again (the version of a key in etcd and in ZooKeeper, which a new key begins anew, taken for a token).",
  ),
  mutant(
    "snapshot-without-the-count",
    { server: SnapshotWithoutTheCount },
    "A snapshot keeps who has the lock, and not how often it was granted, so a server that starts from one taken while the lock was free hands out old tokens again.",
  ),
  mutant(
    "release-by-anybody",
    { server: ReleasesWhoseverLock },
    "A release frees the lock whoever has it, so a client that has slept past its lease frees that of the next (zk-ruby #34, the same in another coat).",
    "L02",
  ),
  mutant(
    "answers-before-commit",
    { server: AnswersBeforeCommit },
    "The lock is granted when the command has been taken, not when it is committed: a leader that is cut off grants what the others give to somebody else.",
  ),
  {
    ...mutant(
      "no-sessions",
      { server: NoSessions },
      "A command that is asked again is carried out again, so a client whose answer was lost in a fail-over finds the lock taken, by itself (Ongaro's thesis §6.3 has just this example).",
      "R23",
    ),
    needs: {
      scenario: history,
      why: "Whoever only uses the lock waits until its own lease has run out, and breaks nothing; that the lock is taken by nobody shows in the history of single commands.",
    },
  },
  {
    ...mutant(
      "looks-at-its-own-copy",
      { server: LooksAtItsOwnCopy },
      "Whose the lock is, any server answers from its own copy, which may be old (a leader's own copy may be as well: Xline #870).",
      "R12",
    ),
    needs: { scenario: history, why: "Whoever uses the lock never asks whose it is." },
  },
  mutant(
    "lease-from-the-answer",
    { client: CountsFromTheAnswer },
    "The client counts its lease from the answer instead of from before it asked, and holds the lock when it has gone to another (the validity time of Redlock; etcd 3.4.3 under Jepsen had a waiter acquire with a lease that was over).",
    "L04",
  ),
  mutant(
    "tokens-compared-as-text",
    { resource: ComparesTokensAsText },
    "The resource compares tokens as the text that they came in, in which 10 stands before 9.",
  ),
  mutant(
    "refuses-its-equal",
    { resource: RefusesItsEqual },
    "The resource takes a write only with a greater token than all before, so a holder whose answer was lost is refused its own second try.",
  ),
  mutant(
    "token-forgotten",
    { resource: ForgetsItsToken },
    "The resource keeps the newest token in memory only, so after a restart it accepts a write that it would have refused.",
  ),
];
