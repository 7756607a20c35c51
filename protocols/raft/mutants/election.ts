/** Leader election done wrong. */

import type { Mutant, NodeId } from "../../../harness/protocol.ts";
import type { Message, PreVote, PreVoteResponse, RequestVote } from "../messages.ts";
import type { Ballot } from "../server.ts";
import { Wrong, wrong } from "./wrong.ts";

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

class NoUpToDateCheck extends Wrong {
  protected override isUpToDate(): boolean {
    return true;
  }
}

class CountsVoteMessages extends Wrong {
  private messages = 0;

  protected override countVote(from: NodeId): void {
    this.messages = from === this.ctx.id ? 1 : this.messages + 1;
    super.countVote(from);
  }
  protected override votesOf(): number {
    return this.messages;
  }
}

class HalfIsAQuorum extends Wrong {
  protected override quorum(servers: number): number {
    return Math.ceil(servers / 2);
  }
}

class PreVotesCounted extends Wrong {
  protected override onPreVoteResponse(from: NodeId, response: PreVoteResponse): void {
    super.onPreVoteResponse(from, response);
    const { asked, granted } = response;
    if (granted && asked === this.currentTerm && this.role === "candidate") this.countVote(from);
  }
}

class TransfereeNotCompared extends Wrong {
  protected override isUpToDate(candidate: RequestVote | PreVote): boolean {
    return (candidate.type === "RequestVote" && candidate.transfer === true) || super.isUpToDate(candidate);
  }
}

export const electionMutants: readonly Mutant[] = [
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
    "pre-votes-counted",
    undefined,
    "A pre-vote that comes late counts as a vote: who gave it has promised nothing, and may vote for another in that term (thesis §9.6; etcd tells the two answers apart).",
    PreVotesCounted,
    { scenario: "raft-transfer-harsh.yaml", why: "the general harsh scenario asks for no pre-votes" },
  ),
  wrong(
    "transferee-not-compared",
    undefined,
    "Whom the leader has asked to stand is voted for without a look at its log; but it may have heard so late (thesis §3.10: the rest is an ordinary election).",
    TransfereeNotCompared,
    { scenario: "raft-transfer-harsh.yaml", why: "the general harsh scenario hands no leadership over" },
  ),
];
