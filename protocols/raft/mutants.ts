/** Raft done wrong: each differs from the right one in one decision. The ids are rows of the catalogue of known bugs. */

import type { Context, Mutant, NodeId, Options, Request } from "../../harness/protocol.ts";
import { type KeyValueOp, keyValue, type Store } from "./key-value.ts";
import type { AppendEntriesResponse, Entry, Message } from "./messages.ts";
import type { Progress } from "./quorum.ts";
import { type Ballot, Raft } from "./raft.ts";
import type { Standing } from "./sessions.ts";

class Wrong extends Raft<Store, KeyValueOp> {}

class CommitsOlderTerms extends Wrong {
  protected override mayCommit(): boolean {
    return true;
  }
  protected override beginTerm(): void {
    // Without a no-op the entries of older terms stand alone for a while, as in Figure 8. Reads wait for them, and so are right.
    this.firstIndexOfTerm = this.log.lastIndex;
  }
}

class VoteNotPersisted extends Wrong {
  protected override persistBallot(): void {
    const ballot: Ballot = { term: this.currentTerm, votedFor: null };
    this.ctx.disk.write("ballot", ballot);
    this.ctx.disk.sync();
  }
}

class TermAndVoteApart extends Wrong {
  private written: NodeId | null = null;

  protected override persistBallot(): void {
    this.written = null;
    this.ctx.disk.write("term", this.currentTerm);
    this.ctx.disk.write("votedFor", this.written);
    this.ctx.disk.sync();
  }
  override onMessage(from: NodeId, message: Message): void {
    super.onMessage(from, message);
    this.persistVote();
  }
  override onTimer(name: string): void {
    super.onTimer(name);
    this.persistVote();
  }
  private persistVote(): void {
    if (this.votedFor === this.written) return;
    this.written = this.votedFor;
    this.ctx.disk.write("votedFor", this.written);
    this.ctx.disk.sync();
  }
  protected override readBallot(): void {
    this.currentTerm = this.ctx.disk.read<number>("term") ?? 0;
    this.votedFor = this.ctx.disk.read<NodeId | null>("votedFor") ?? null;
    this.written = this.votedFor;
  }
}

class TermNotPersisted extends Wrong {
  protected override persistTerm(): void {
    // It will be on the disk with the next vote.
  }
}

class TruncatesAlways extends Wrong {
  protected override store(prevLogIndex: number, entries: readonly Entry[]): void {
    if (prevLogIndex < this.log.lastIndex) this.truncate(prevLogIndex);
    this.append(entries);
  }
}

class NoPrevCheck extends Wrong {
  protected override matches(): boolean {
    return true;
  }
}

class NoUpToDateCheck extends Wrong {
  protected override isUpToDate(): boolean {
    return true;
  }
}

class CountsVoteMessages extends Wrong {
  private messages = 0;

  protected override countVote(from: NodeId): number {
    this.messages = from === this.ctx.id ? 1 : this.messages + 1;
    return this.messages;
  }
}

class ObeysOldLeaders extends Wrong {
  protected override isOutdated(): boolean {
    return false;
  }
}

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
    let answered = 1;
    for (const follower of this.followers) if (follower.round > 0) answered += 1;
    return answered >= this.quorum() ? Number.POSITIVE_INFINITY : 0;
  }
}

class NoSessions extends Wrong {
  protected override standing(): Standing {
    return "new";
  }
}

class AcksBeforeSync extends Wrong {
  protected override flushLog(): void {
    // The operating system will write it some time.
  }
}

class TruncationNotSynced extends Wrong {
  protected override truncate(length: number): void {
    this.log.truncate(length);
    this.ctx.fact("truncated", { length });
  }
}

class HalfIsAQuorum extends Wrong {
  protected override quorum(): number {
    return Math.ceil((this.ctx.peers.length + 1) / 2);
  }
}

class MatchFromNext extends Wrong {
  protected override matchOf(follower: Progress, _response: AppendEntriesResponse): number {
    return follower.next - 1;
  }
}

type Variant = new (ctx: Context<Message>, options: Options, machine: typeof keyValue) => Wrong;

const wrong = (name: string, id: string | undefined, breaks: string, Variant: Variant, needs?: Mutant["needs"]): Mutant => ({
  name,
  ...(id === undefined ? {} : { id }),
  breaks,
  create: (ctx, options) => new Variant(ctx, options, keyValue),
  ...(needs === undefined ? {} : { needs }),
});

export const mutants: readonly Mutant[] = [
  wrong(
    "commits-older-terms",
    "R01",
    "A leader commits an entry of an older term by counting its copies, and opens its term without a no-op: a later leader may still overwrite it (Raft §5.4.2, Figure 8; LogCabin issue 44, canonical/raft issue 220).",
    CommitsOlderTerms,
    {
      scenario: "mutants/raft-figure-8.yaml",
      why: "Figure 8 takes five changes of leader, each cut off before the next with an entry that only it has: three servers and leaders that are cut off with a client; the harsh scenario finds it about once in a thousand runs",
    },
  ),
  wrong(
    "vote-not-persisted",
    "R02",
    "votedFor is kept in memory only: a server that restarts votes a second time in the same term (Raft Figure 2, persistent state).",
    VoteNotPersisted,
    {
      scenario: "mutants/raft-vote-not-persisted.yaml",
      why: "two candidates of one term must both ask the same server, with its crash and restart between: elections must be slow against time-outs, and restarts fast; the harsh scenario finds it about once in a thousand runs",
    },
  ),
  wrong(
    "term-and-vote-apart",
    "R03",
    "Term and vote are two records, and the vote's is written when the answer has left: a crash between the two forgets it (hashicorp/raft issue 661).",
    TermAndVoteApart,
    {
      scenario: "mutants/raft-vote-not-persisted.yaml",
      why: "as for vote-not-persisted, and the crash must fall right behind the answer",
    },
  ),
  wrong(
    "term-not-persisted",
    "R04",
    "A server that hears of a higher term follows in memory only: after a restart it is back in the old term, and obeys the old leader again (seen in a home-made key-value store, abrange.dev, 2026).",
    TermNotPersisted,
  ),
  wrong(
    "truncates-always",
    "R05",
    "A follower cuts its log behind prevLogIndex even when the entries match: a late AppendEntries removes what it has acknowledged since (Raft Figure 2, rule 3 of AppendEntries; Students' Guide to Raft).",
    TruncatesAlways,
  ),
  wrong(
    "no-prev-check",
    "R06",
    "A follower appends whatever it gets, without looking at the entry before it (Raft §5.3; Students' Guide to Raft).",
    NoPrevCheck,
  ),
  wrong(
    "no-up-to-date-check",
    "R07",
    "A server votes for a candidate whose log is behind its own: the new leader lacks committed entries (Raft §5.4.1).",
    NoUpToDateCheck,
  ),
  wrong(
    "votes-counted-as-messages",
    "R09",
    "A vote that the network doubles counts twice (found by fuzzing akka-raft, Scott 2015).",
    CountsVoteMessages,
  ),
  wrong(
    "old-leaders-obeyed",
    undefined,
    "A follower does not refuse AppendEntries of an older term: a leader that was replaced overwrites what its successor has committed (Raft Figure 2, rule 1 of AppendEntries).",
    ObeysOldLeaders,
  ),
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
    "acks-before-sync",
    "R30",
    "Entries are acknowledged before they are on the disk: a crash loses what was counted as stored (etcd issues 14143, 14370).",
    AcksBeforeSync,
  ),
  wrong(
    "truncation-not-synced",
    "R32",
    "A truncation is not on the disk before the new entries are written behind it: after a crash the old entry stands in front of its successor's successor (etcd issue 22442).",
    TruncationNotSynced,
    {
      scenario: "mutants/raft-truncation-not-synced.yaml",
      why: "the crash must fall into the one handler that replaces several entries, and of its writes only the last may survive",
    },
  ),
  wrong(
    "half-is-a-quorum",
    "R34",
    "With an even number of servers, half of them count as a majority (raft-java issue 21).",
    HalfIsAQuorum,
    {
      scenario: "mutants/raft-half-is-a-quorum.yaml",
      why: "it takes an even number of servers; the harsh scenario has five",
    },
  ),
  wrong(
    "match-from-next",
    "R37",
    "matchIndex is taken from nextIndex, which runs ahead of what the follower has acknowledged (Students' Guide to Raft).",
    MatchFromNext,
  ),
];
