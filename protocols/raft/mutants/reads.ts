/** Clients and their reads done wrong. */

import type { Ms, Mutant, Request } from "../../../harness/protocol.ts";
import type { Standing } from "../sessions.ts";
import { Wrong, wrong } from "./wrong.ts";

const leases = {
  scenario: "mutants/raft-leases.yaml",
  why: "a new leader must be elected and answer a write while the old one reads on, unaware: it falls silent, or is cut off from one server but not from the other",
};
const promises = {
  scenario: "mutants/raft-lease-promises.yaml",
  why: "the one server that hears both the leader and a candidate must vote within the lease, and the candidate's log must not be behind",
};

class LocalReads extends Wrong {
  protected override onRead(request: Request): void {
    this.ctx.reply(request, this.sessions.read(request.op));
  }
}

class ReadsBeforeNoOp extends Wrong {
  protected override readIndex(): number {
    return this.commitIndex;
  }
}

class ReadsCountLateAnswers extends Wrong {
  protected override roundReached(): number {
    return this.reached(({ id, round }) => (id === this.ctx.id || round > 0 ? Number.POSITIVE_INFINITY : 0));
  }
}

class NoSessions extends Wrong {
  protected override standing(): Standing {
    return "new";
  }
}

class LeaseFromTheAnswer extends Wrong {
  protected override holdsLease(): boolean {
    const now = this.ctx.elapsed();
    const heardAt = this.reached((server) => (server.id === this.ctx.id ? now : server.round > 0 ? server.heardAt : 0));
    return !this.handedOver && now < heardAt + this.settings.lease;
  }
}

class LeaseOnTheWallClock extends Wrong {
  private readonly began = new Map<Ms, Ms>();

  protected override nextRound(): void {
    super.nextRound();
    this.began.set(this.round, this.ctx.now());
  }
  protected override holdsLease(): boolean {
    const began = this.began.get(this.roundReached());
    return !this.handedOver && began !== undefined && this.ctx.now() < began + this.settings.lease;
  }
}

class LeaseKeptInTransfer extends Wrong {
  protected override giveUpLease(): void {
    // The clock says that it lasts.
  }
}

class LeaseWithoutPromise extends Wrong {
  protected override disregards(): boolean {
    return false;
  }
}

class PromiseForgotten extends Wrong {
  protected override promiseAnew(): void {
    // It has heard nobody since it started.
  }
}

export const readsMutants: readonly Mutant[] = [
  wrong(
    "local-reads",
    "R12",
    "A leader answers reads from its own state without asking a majority: one that was replaced and does not know it answers stale (Raft §8; Xline issue 870).",
    LocalReads,
  ),
  wrong(
    "reads-before-no-op",
    "R13",
    "A new leader takes its commitIndex as read index before its no-op is committed, and misses what its predecessor had answered (thesis §6.4 step 1; TiKV issues 9239, 9351).",
    ReadsBeforeNoOp,
  ),
  wrong(
    "reads-count-late-answers",
    undefined,
    "Any answer of the term confirms a read, also one to a message that was sent before the read came (thesis §6.4 step 3).",
    ReadsCountLateAnswers,
    {
      scenario: "mutants/raft-late-answers.yaml",
      why: "a leader must hear nothing for longer than an election takes, lead on, and then get old answers first: messages to it are held, and it is patient",
    },
  ),
  wrong(
    "no-sessions",
    "R23",
    "A retried request is applied again: the client's compare-and-set that succeeded is told that it failed (Raft §8, thesis §6.3).",
    NoSessions,
  ),
  wrong(
    "lease-from-the-answer",
    "R14",
    "A lease is counted from when the answers came, not from when was sent what they answer: late answers make it too long (thesis §6.4.1; TiKV issue 964).",
    LeaseFromTheAnswer,
    leases,
  ),
  wrong(
    "lease-on-the-wall-clock",
    undefined,
    "A lease is counted on the wall clock, which somebody sets back: it lasts as much longer (thesis §6.4.1 asks for clocks whose drift is bounded, and a jump is not).",
    LeaseOnTheWallClock,
    { scenario: "mutants/raft-lease-on-the-wall-clock.yaml", why: "a wall clock must be set back; the right one never reads it" },
  ),
  wrong(
    "lease-kept-in-transfer",
    "R15",
    "A leader that has asked another to take over still trusts its lease, but for this election nobody keeps the promise (openraft issue 1749, TiKV issue 4680).",
    LeaseKeptInTransfer,
    leases,
  ),
  wrong(
    "lease-without-promise",
    undefined,
    "The leader counts on a lease, but who has heard it votes for another all the same (thesis §6.4.1 rests on §4.2.3).",
    LeaseWithoutPromise,
    promises,
  ),
  wrong(
    "promise-forgotten",
    undefined,
    "A server that restarts votes at once, though before its crash it has promised the leader not to (thesis §6.4.1, its promise being in memory only).",
    PromiseForgotten,
    promises,
  ),
];
