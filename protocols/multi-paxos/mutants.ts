/** Multi-Paxos done wrong: each differs from the right one in one decision. */

import type { Ms, Mutant } from "../../harness/protocol.ts";
import { Acceptor } from "./acceptor.ts";
import { Leader } from "./leader.ts";
import { type Ballot, type Command, compare, type Decided, type PValue, type Slot } from "./messages.ts";
import { Replica } from "./replica.ts";
import { type Parts, Server } from "./server.ts";
import { perform, type State } from "./state.ts";

class PromisesInMemory extends Acceptor {
  protected override persistPromise(): void {}
}

class TellsBeforeItSyncs extends Acceptor {
  protected override flush(): void {}
}

class AcceptanceIsNoPromise extends Acceptor {
  protected override raise(ballot: Ballot): void {
    if (compare(ballot, this.promised) > 0) this.promised = ballot;
  }
}

class AcceptsBelowItsPromise extends Acceptor {
  protected override mayAccept(): boolean {
    return true;
  }
}

class CollectsEverything extends Acceptor {
  protected override staying(): PValue[] {
    return [];
  }
}

class CheckpointsWithoutSessions extends Acceptor {
  protected override stored(state: State): State {
    return { ...state, sessions: {} };
  }
}

class DisloyalAfterRestart extends Acceptor {
  protected override initiallyHeardAt(): Ms {
    return Number.NEGATIVE_INFINITY;
  }
}

class StartsAfresh extends Leader {
  protected override inherit(slot: Slot): void {
    super.inherit(slot, undefined);
  }
}

class TakesTheLowest extends Leader {
  protected override isHigher(a: PValue, b: PValue): boolean {
    return super.isHigher(b, a);
  }
}

class LeavesHoles extends Leader {
  protected override inherit(slot: Slot, pvalue: PValue | undefined): void {
    if (pvalue !== undefined) super.inherit(slot, pvalue);
  }
}

class AsksHalf extends Leader {
  protected override quorum(): number {
    return Math.floor(this.ctx.nodes().length / 2);
  }
}

class CountsMessages extends Leader {
  protected override isNew(): boolean {
    return true;
  }
}

class SkipsHoles extends Replica {
  protected override decided(slot: Slot): Decided | undefined {
    const later = [...this.decisions.keys()].some((known) => known > slot);
    return super.decided(slot) ?? (later ? { slot, command: null } : undefined);
  }
}

class ExecutesRetries extends Replica {
  protected override execute(command: Command): State {
    return perform(this.state, command, () => "new");
  }
}

class InstallsWhateverComes extends Replica {
  protected override isAhead(): boolean {
    return true;
  }
}

class ReadsAlone extends Server {
  protected override mayReadAlone(): boolean {
    return this.leader.isSettled();
  }
}

class TrustsClocks extends Server {
  protected override lease(): Ms {
    return this.electionTimeout.min;
  }
}

class ReadsUnsettled extends Leader {
  override isSettled(): boolean {
    return true;
  }
}

type Wrong = Partial<Parts> & { readonly server?: typeof Server };

function mutant(name: string, id: string | undefined, wrong: Wrong, breaks: string, needs?: Mutant["needs"]): Mutant {
  const { server: One = Server, ...parts } = wrong;
  return {
    name,
    ...(id !== undefined && { id }),
    breaks,
    create: (ctx, options) => new One(ctx, options, parts),
    ...(needs !== undefined && { needs }),
  };
}

export const mutants: readonly Mutant[] = [
  mutant(
    "promise-not-persisted",
    "P01",
    { acceptor: PromisesInMemory },
    "An acceptor keeps its ballot in memory, so after a restart it accepts from a leader that it had promised to refuse (Paxos Made Simple §2.2).",
  ),
  mutant(
    "tells-before-it-syncs",
    "P02",
    { acceptor: TellsBeforeItSyncs },
    "An acceptor writes what it accepts but does not sync before it says so, so a crash takes back what a leader has counted (Paxos Made Simple §2.2; etcd issues 14143, 14370, the same in Raft's log).",
  ),
  mutant(
    "acceptance-is-no-promise",
    undefined,
    { acceptor: AcceptanceIsNoPromise },
    "An acceptor that accepts under a ballot which it has never promised notes that ballot with the acceptance only; when that is collected the ballot is forgotten in the next crash (our own, found by the harsh scenario on its first day).",
  ),
  mutant(
    "accepts-below-its-promise",
    undefined,
    { acceptor: AcceptsBelowItsPromise },
    "An acceptor accepts from a leader below its ballot, so one that was replaced and does not know it goes on deciding (P1a; A2 of Paxos Made Moderately Complex).",
  ),
  mutant(
    "starts-afresh",
    "P03",
    { leader: StartsAfresh },
    "A new leader fills all open slots with no-ops and does not look at what was accepted for them, some of which may be decided (P2c for every slot: pmax of Paxos Made Moderately Complex).",
  ),
  mutant(
    "takes-the-lowest",
    undefined,
    { leader: TakesTheLowest },
    "Of several commands accepted for a slot a new leader proposes that of the lowest ballot (pmax is the maximum).",
  ),
  mutant(
    "leaves-holes",
    "P11",
    { leader: LeavesHoles },
    "A new leader proposes again what was accepted, and nothing for the slots between, so no replica gets past the first of them (DSLabs lab 3, handling of logs with holes).",
  ),
  mutant(
    "skips-holes",
    undefined,
    { replica: SkipsHoles },
    "A replica that knows what is decided for a later slot goes on as if the slots before were no-ops: some are only late (R2 of Paxos Made Moderately Complex).",
  ),
  mutant(
    "half-is-a-quorum",
    "P06",
    { leader: AsksHalf },
    "A leader is content with n / 2 acceptors, rounded down, in both phases.",
  ),
  mutant(
    "counts-messages",
    "P10",
    { leader: CountsMessages },
    "A leader counts answers instead of acceptors, so one that the network doubles stands for another (in akka-raft, the same with votes).",
  ),
  mutant(
    "executes-retries",
    "R23",
    { replica: ExecutesRetries },
    "A command that was decided in two slots, as a retried request may be, is executed twice: the second time a compare-and-set finds its own value (Raft §8, the same).",
  ),
  mutant(
    "checkpoint-without-sessions",
    "R24",
    { acceptor: CheckpointsWithoutSessions },
    "A checkpoint holds the keys and not the clients' sessions, so who starts from it executes again what was executed before (Ongaro's thesis §6.3, the same in snapshots).",
  ),
  mutant(
    "collects-everything",
    undefined,
    { acceptor: CollectsEverything },
    "At a checkpoint an acceptor forgets also what it has accepted for later slots, which nobody else may know to be decided (A3 of Paxos Made Moderately Complex, and its remarks on garbage collection).",
  ),
  mutant(
    "installs-whatever-comes",
    "R25",
    { replica: InstallsWhateverComes },
    "A replica installs a state without asking whether it is ahead, so one that comes late, or twice, takes back what was executed since (camunda issue 6092, the same with a snapshot).",
  ),
  mutant(
    "reads-alone",
    "R12",
    { server: ReadsAlone },
    "A leader answers reads from its own state as long as it thinks that it leads, lease or not (Xline issue 870, the same in Raft).",
    {
      scenario: "multi-paxos-lease.yaml",
      why: "a leader that was cut off gives up soon, and until then its client must read while others write elsewhere: that takes many reads in a short time",
    },
  ),
  mutant(
    "reads-before-it-is-settled",
    "R13",
    { leader: ReadsUnsettled },
    "A new leader answers reads under its lease before it has executed what earlier leaders decided (TiKV issues 9239, 9351, the same in Raft).",
  ),
  mutant(
    "disloyal-after-restart",
    undefined,
    { acceptor: DisloyalAfterRestart },
    "An acceptor that restarts does not remember that it has acknowledged a heartbeat, and lets another leader in while the old one counts on its lease (Paxos Made Live on master leases: replicas refuse to process messages from others while a lease stands).",
    {
      scenario: "multi-paxos-restart-under-lease.yaml",
      why: "one server must not hear the leader, another must restart just after it did, and the leader must not be heard of by either until a read: a window of less than a lease",
    },
  ),
  mutant(
    "lease-without-clock-bound",
    "P13",
    { server: TrustsClocks },
    "A leader counts on its lease for as long as acceptors are loyal by their own clocks, though its own may be slower (Paxos Made Live on master leases: the lease time-out on the replicas is longer than on the master, to guard against clock drift).",
    {
      scenario: "multi-paxos-lease.yaml",
      why: "the two clocks must differ, and a read must fall into the small gap between the two ends of the lease",
    },
  ),
];
