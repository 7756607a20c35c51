/** Two-phase commit done wrong: each differs from the right one in one decision. */

import type { Context, Mutant, Options } from "../../harness/protocol.ts";
import { Coordinator, type Started, type Transaction } from "./coordinator.ts";
import { type Decision, homeOf, type Inquire, type Txn, type Work } from "./messages.ts";
import { Participant } from "./participant.ts";

class TellsBeforeItLogs extends Coordinator {
  protected override commit(transaction: Transaction): void {
    this.close(transaction);
    this.tellCommit(transaction);
    this.logCommit(transaction);
  }
}

class ExecutesRetries extends Coordinator {
  protected override isRetry(): boolean {
    return false;
  }
}

class CountsMessages extends Coordinator {
  protected override isUnanimous({ participants, yes }: Transaction): boolean {
    return yes.length === participants.length;
  }
}

class AsksOnlyWhoPays extends Coordinator {
  protected override isUnanimous(transaction: Transaction): boolean {
    const { request, yes } = transaction;
    const { op } = request;
    if (op.f === "read") return super.isUnanimous(transaction);
    return yes.includes(homeOf(op.from, this.ctx.nodes("participant")));
  }
}

class ForgetsOnceTold extends Coordinator {
  protected override tellCommit(transaction: Transaction): void {
    super.tellCommit(transaction);
    this.forget(transaction.txn);
  }
}

class PresumesTooEarly extends Coordinator {
  protected override onInquire(from: string, { txn }: Inquire): void {
    this.ctx.send(from, { type: this.committed.has(txn) ? "commit" : "abort", txn });
  }
}

class StartsUnforced extends Coordinator {
  protected override logStart(started: Started): void {
    this.log.append(started);
  }
}

class AbortsInDoubt extends Participant {
  protected override onInDoubt(txn: Txn): void {
    this.abortForGood(txn);
  }
}

class PreparedInMemory extends Participant {
  protected override logPrepared(): void {}
}

class NeverInquires extends Participant {
  protected override onInDoubt(): void {}
}

class UnlocksWhenVoted extends Participant {
  protected override conflicts(): boolean {
    return false;
  }
}

class ReadsUnlockWhenVoted extends Participant {
  protected override conflicts(holder: Work, other: Work): boolean {
    return super.conflicts({ ...holder, reads: [] }, other);
  }
}

class AcknowledgesBeforeItLogs extends Participant {
  protected override onCommit(_from: string, { txn }: Decision): void {
    this.acknowledge(txn);
    this.commit(txn);
  }
}

class SaysAbortWithoutAborting extends Participant {
  protected override onInquire(from: string, { txn }: Inquire): void {
    if (this.prepared.has(txn)) return;
    this.ctx.send(from, { type: this.outcomes.get(txn) ?? "abort", txn });
  }
}

class TellsAbortUnforced extends Participant {
  protected override abortForGood(txn: Txn): void {
    if (!this.outcomes.has(txn)) this.abort(txn);
  }
}

class TakesPromisesForDecisions extends Participant {
  protected override onInquire(from: string, inquire: Inquire): void {
    if (this.prepared.has(inquire.txn)) this.ctx.send(from, { type: "commit", txn: inquire.txn });
    else super.onInquire(from, inquire);
  }
}

type Wrong = { readonly coordinator: typeof Coordinator } | { readonly participant: typeof Participant };

function mutant(name: string, wrong: Wrong, breaks: string): Mutant {
  const { coordinator, participant } = { coordinator: Coordinator, participant: Participant, ...wrong };
  return {
    name,
    breaks,
    create: (ctx: Context, options: Options) =>
      ctx.role === "coordinator" ? new coordinator(ctx, options) : new participant(ctx, options),
  };
}

export const mutants: readonly Mutant[] = [
  {
    ...mutant(
      "tells-before-it-logs",
      { coordinator: TellsBeforeItLogs },
      "The coordinator tells a commit before it is on its log, so after a crash in between it presumes the abort of what somebody has committed (horizontal-scaling-convex #101).",
    ),
    id: "T01",
  },
  {
    ...mutant(
      "aborts-in-doubt",
      { participant: AbortsInDoubt },
      "A participant that has voted yes and hears nothing for a while aborts on its own, though others may have committed: heuristic decisions (infinispan #18143).",
    ),
    id: "T02",
  },
  {
    ...mutant(
      "prepared-in-memory",
      { participant: PreparedInMemory },
      "A participant votes yes without having written it down, so after a crash it has nothing to commit and keeps no locks (horizontal-scaling-convex #101).",
    ),
    id: "T03",
  },
  {
    ...mutant(
      "never-inquires",
      { participant: NeverInquires },
      "A participant in doubt waits for ever: presumed abort tells an abort once at most, so its accounts stay locked (horizontal-scaling-convex #158, atomix #360).",
    ),
    id: "T05",
  },
  {
    ...mutant(
      "asks-only-who-pays",
      { coordinator: AsksOnlyWhoPays },
      "Commits when the payer has voted, as who gets money has nothing to refuse: the read-only and one-phase optimisations, taken for a participant that has writes.",
    ),
    id: "T08",
  },
  mutant(
    "executes-retries",
    { coordinator: ExecutesRetries },
    "A request that the client sends again is executed again, so money moves twice.",
  ),
  mutant(
    "counts-messages",
    { coordinator: CountsMessages },
    "Counts votes instead of voters, so a doubled yes stands for one that never came (votes in akka-raft).",
  ),
  mutant(
    "forgets-once-told",
    { coordinator: ForgetsOnceTold },
    "The coordinator forgets a commit without waiting for acknowledgements, so who missed it is told the presumed abort: what the end record of Mohan, Lindsay and Obermarck waits for.",
  ),
  mutant(
    "presumes-too-early",
    { coordinator: PresumesTooEarly },
    "The coordinator presumes the abort of whatever has not committed, also of a transaction whose votes are still coming in.",
  ),
  mutant(
    "starts-unforced",
    { coordinator: StartsUnforced },
    "The start record is written but not synced before votes are asked for, so a coordinator that restarts gives a second transaction the name of the first, and executes a request again.",
  ),
  mutant(
    "unlocks-when-voted",
    { participant: UnlocksWhenVoted },
    "Locks go with the vote instead of the outcome, so a second transaction spends what the first was promised.",
  ),
  mutant(
    "reads-unlock-when-voted",
    { participant: ReadsUnlockWhenVoted },
    "What was read is unlocked with the vote while other participants have yet to read, so a read sees half of a transfer: the read-only optimisation without its condition that all locks have been taken.",
  ),
  mutant(
    "acknowledges-before-it-logs",
    { participant: AcknowledgesBeforeItLogs },
    "A participant acknowledges a commit before it is on its log, so the coordinator forgets what the participant still has to ask about.",
  ),
  mutant(
    "says-abort-without-aborting",
    { participant: SaysAbortWithoutAborting },
    "Asked by one in doubt, a participant that has not voted says abort and does not abort, so it votes yes when it is asked late.",
  ),
  {
    ...mutant(
      "tells-abort-unforced",
      { participant: TellsAbortUnforced },
      "Asked by one in doubt, a participant that has not voted yes aborts without forcing that, so after a crash it votes yes on what the other has aborted: presumed abort saves the record only where the coordinator alone hears of it.",
    ),
    needs: {
      scenario: "mutants/two-phase-commit-forgets-its-word.yaml",
      why: "it is asked for its vote late, by another for the outcome before that, and crashes in between: the general scenario needs some hundred runs",
    },
  },
  mutant(
    "takes-promises-for-decisions",
    { participant: TakesPromisesForDecisions },
    "Asked by one in doubt, a participant that is in doubt itself says commit, since it has voted yes too: what is unanimous between the two is not known of a third.",
  ),
];
