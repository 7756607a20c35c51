/** ABD done wrong: each differs from the right one in one decision. */

import type { Context, Mutant, NodeId, Options } from "../../harness/protocol.ts";
import { Abd, type Operation } from "./abd.ts";
import { type Copy, recordOf, type Store, type Timestamp } from "./messages.ts";

class NoWriteBack extends Abd {
  protected override onQueried(operation: Operation): void {
    if (operation.request.op.f === "read") this.onStored(operation);
    else super.onQueried(operation);
  }
}

class QuorumOfHalf extends Abd {
  protected override quorum(): number {
    return Math.floor(this.ctx.nodes().length / 2);
  }
}

class WriteSkipsQuery extends Abd {
  protected override begin(operation: Operation): void {
    if (operation.request.op.f === "write") this.onQueried(operation);
    else super.begin(operation);
  }
}

class NoTieBreak extends Abd {
  protected override nextTimestamp(operation: Operation): Timestamp {
    return { ...super.nextTimestamp(operation), writer: "" };
  }
}

class TimestampGivenTwice extends Abd {
  protected override nextTimestamp(operation: Operation): Timestamp {
    return { counter: operation.copy.timestamp.counter + 1, writer: this.ctx.id };
  }
}

class TellsBeforeItHolds extends Abd {
  protected override store(operation: Operation, copy: Copy): void {
    operation.copy = copy;
    this.communicate(operation, this.storing(operation));
    this.adopt(operation.key, copy);
  }
}

class OverwritesNewer extends Abd {
  protected override adopt(key: string, copy: Copy): void {
    this.hold(key, copy);
  }
}

class AcksBeforePersisting extends Abd {
  protected override onStore(from: NodeId, { phase, key, copy }: Store): void {
    this.ctx.send(from, { type: "ack", phase, copy });
    this.ctx.fact("acknowledged", { key, ...copy.timestamp });
    this.adopt(key, copy);
  }
}

class NeverSyncs extends Abd {
  protected override persist(key: string, copy: Copy): void {
    this.ctx.disk.write(recordOf(key), copy);
  }
}

class CountsMessages extends Abd {
  protected override count(operation: Operation, from: NodeId): void {
    operation.acks.push(from);
  }
}

class CountsLateAcks extends Abd {
  protected override answers(): boolean {
    return true;
  }
}

function mutant(name: string, Wrong: typeof Abd, breaks: string): Mutant {
  return { name, breaks, create: (ctx: Context, options: Options) => new Wrong(ctx, options) };
}

export const mutants: readonly Mutant[] = [
  {
    ...mutant(
      "no-write-back",
      NoWriteBack,
      "A read returns the newest copy that it found without making a majority hold it, so a later read may find an older one: read repair in the background (CASSANDRA-14635, scylladb #3696).",
    ),
    id: "B01",
  },
  mutant(
    "quorum-of-half",
    QuorumOfHalf,
    "Waits for floor(n/2) replicas instead of more than half, so two quorums need not meet (as in raft-java #21, for n = 4).",
  ),
  mutant(
    "write-skips-query",
    WriteSkipsQuery,
    "A writer counts on from its own copy without asking a majority: right for the single writer of the 1995 paper, lost writes for several.",
  ),
  mutant(
    "no-tie-break",
    NoTieBreak,
    "Timestamps are bare counters, so two writers may choose the same one: the tie-break by process is what Lynch and Shvartsman added in 1997.",
  ),
  mutant(
    "timestamp-given-twice",
    TimestampGivenTwice,
    "Counts on from the answers of the query alone, so two writes that one server coordinates at the same time get one timestamp: the papers let a process do one operation at a time.",
  ),
  mutant(
    "tells-before-it-holds",
    TellsBeforeItHolds,
    "Sends its new copy before it holds it on its own disk, so after a crash in between it gives the same timestamp out again: the log before the second round in Guerraoui and Levy (ICDCS 2004).",
  ),
  mutant(
    "overwrites-newer",
    OverwritesNewer,
    "A replica takes whatever it is told to store, so a delayed message brings an old copy back.",
  ),
  mutant(
    "acks-before-persisting",
    AcksBeforePersisting,
    "A replica acknowledges first and writes to disk then: a crash in between forgets what was promised (as in etcd #14370).",
  ),
  mutant(
    "never-syncs",
    NeverSyncs,
    "A replica writes but does not sync before it acknowledges, so a crash forgets what was promised (as in etcd #14370).",
  ),
  mutant(
    "counts-messages",
    CountsMessages,
    "Counts acknowledgements instead of nodes, so a doubled message, or a replica that was asked again, counts twice (votes in akka-raft).",
  ),
  mutant(
    "counts-late-acks",
    CountsLateAcks,
    "Takes any acknowledgement of the operation for one of its current phase, so late answers to the query pass for stored copies: what the handshakes in the 1995 paper are for.",
  ),
];
