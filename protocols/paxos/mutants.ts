/** Paxos done wrong: each differs from the right one in one decision, the articles' in all that they say. */

import type { Mutant } from "../../harness/protocol.ts";
import { Acceptor, type Line } from "./acceptor.ts";
import { ArticleAcceptor, ArticleLearner, LearnsFromOne, NeverDecides, OverwritesProposals } from "./articles.ts";
import { Learner } from "./learner.ts";
import { type Ballot, compare, type Decree, type Proposal, type Value } from "./messages.ts";
import { node, type Parts } from "./nodes.ts";
import { Proposer } from "./proposer.ts";

class PromisesInMemory extends Acceptor {
  protected override persist(line: Line): void {
    const before = this.vote(line.decree).accepted;
    if (line.accepted !== null && line.accepted !== before) super.persist(line);
  }
}

class AcceptsInMemory extends Acceptor {
  protected override persist(line: Line): void {
    super.persist({ ...line, accepted: null });
  }
}

class TellsBeforeItSyncs extends Acceptor {
  protected override persist(line: Line): void {
    this.ctx.disk.log<Line>("ledger").append(line);
  }
}

class AcceptsBelowItsPromise extends Acceptor {
  protected override mayAccept(): boolean {
    return true;
  }
}

class ProposesItsOwn extends Proposer {
  protected override valueOf(_reported: readonly Proposal[], own: Value): Value {
    return own;
  }
}

class AdoptsTheLowest extends Proposer {
  protected override valueOf(reported: readonly Proposal[], own: Value): Value {
    return [...reported].sort((a, b) => compare(a.ballot, b.ballot))[0]?.value ?? own;
  }
}

class SharesNumbers extends Proposer {
  protected override nextBallot(round: number): Ballot {
    return { round, proposer: "anybody" };
  }
}

class ForgetsItsNumbers extends Proposer {
  private readonly tried = new Map<Decree, number>();

  protected override lastRound(decree: Decree): number {
    return this.tried.get(decree) ?? 0;
  }
  protected override persistRound(decree: Decree, round: number): void {
    this.tried.set(decree, round);
  }
}

class AsksHalf extends Proposer {
  protected override quorum(): number {
    return Math.floor(this.ctx.nodes("acceptor").length / 2);
  }
}

class CountsPromises extends Proposer {
  protected override isNew(): boolean {
    return true;
  }
}

class NeverWaitsLonger extends Proposer {
  protected override longer(): number {
    return 1;
  }
}

class CountsValues extends Learner {
  protected override counted({ value }: Proposal): string {
    return String(value);
  }
}

class CountsMessages extends Learner {
  protected override isNew(): boolean {
    return true;
  }
}

function mutant(name: string, id: string | undefined, parts: Parts, breaks: string, needs?: Mutant["needs"]): Mutant {
  return {
    name,
    ...(id !== undefined && { id }),
    breaks,
    create: (ctx, options) => node(ctx, options, parts),
    ...(needs !== undefined && { needs }),
  };
}

const article = { acceptor: ArticleAcceptor, learner: ArticleLearner };

export const mutants: readonly Mutant[] = [
  mutant(
    "promise-not-persisted",
    "P01",
    { acceptor: PromisesInMemory },
    "An acceptor keeps its promises in memory, so after a restart it accepts what it had promised not to (Paxos Made Simple §2.2: it must remember this even if it fails and then restarts).",
  ),
  mutant(
    "acceptance-not-persisted",
    "P02",
    { acceptor: AcceptsInMemory },
    "An acceptor writes down what it has promised but not what it has accepted, so after a restart it reports nothing to the next proposer, which takes its own value (Paxos Made Simple §2.2).",
  ),
  mutant(
    "tells-before-it-syncs",
    undefined,
    { acceptor: TellsBeforeItSyncs },
    "An acceptor writes but does not sync before it answers, so a crash may take back a promise or an acceptance that others have counted (etcd issues 14143, 14370, the same in Raft's log).",
  ),
  mutant(
    "accepts-below-its-promise",
    undefined,
    { acceptor: AcceptsBelowItsPromise },
    "An acceptor accepts whatever it is sent, also what is numbered less than it has promised: P1a, the first thing that is left out.",
  ),
  mutant(
    "proposes-its-own",
    "P03",
    { proposer: ProposesItsOwn },
    "A proposer issues its own client's value though acceptors have reported others, one of which may be chosen (P2c of Paxos Made Simple).",
  ),
  mutant(
    "adopts-the-lowest",
    undefined,
    { proposer: AdoptsTheLowest },
    "Of the reported proposals a proposer takes the value of the lowest-numbered, as if who came first had won; the highest-numbered is the one that may be chosen (P2c).",
  ),
  mutant(
    "shared-numbers",
    "P05",
    { proposer: SharesNumbers },
    "Numbers do not carry the proposer's name, so two proposers issue different proposals under the same one (Paxos Made Simple §2.5: different proposers choose from disjoint sets of numbers).",
  ),
  mutant(
    "number-used-again",
    undefined,
    { proposer: ForgetsItsNumbers },
    "A proposer keeps the numbers that it has tried in memory, so after a restart it issues another proposal under an old one (Paxos Made Simple §2.5: it remembers in stable storage the highest-numbered proposal it has tried to issue).",
  ),
  mutant(
    "half-is-a-quorum",
    "P06",
    { proposer: AsksHalf },
    "A proposer is content with the promises of n / 2 acceptors, rounded down, so it may ask none of those that have chosen.",
  ),
  mutant(
    "promises-counted-as-messages",
    "P10",
    { proposer: CountsPromises },
    "A promise that the network doubles counts twice, so there is no majority behind the proposal.",
  ),
  mutant(
    "never-waits-longer",
    undefined,
    { proposer: NeverWaitsLonger },
    "A proposer gives every attempt the same time, so where a proposal takes longer than that to be chosen, it outbids itself for ever (Paxos Made Simple §2.4: progress rests on time-outs; nobody knows beforehand how long they must be).",
    {
      scenario: "paxos-slow-links.yaml",
      why: "it takes links on which a prepare request and its promises together always take longer than its patience; on those of the harsh scenario they soon do not",
    },
  ),
  mutant(
    "acceptances-counted-by-value",
    "P07",
    { learner: CountsValues },
    "A learner counts who has accepted a value, under whatever numbers: two acceptances of it under two numbers are no majority for either, and a later proposal may be for another.",
  ),
  mutant(
    "acceptances-counted-as-messages",
    undefined,
    { learner: CountsMessages },
    "A learner counts an acceptance that the network doubles twice, and takes for chosen what one acceptor has accepted.",
  ),
  mutant(
    "seed-article",
    undefined,
    { ...article, proposer: OverwritesProposals },
    "Proposes to every node over what was there, and takes for decided what more than half of the nodes have at the moment: no numbers and no promises, so a second proposer takes a decided majority away from the first (a class Paxos as articles print it).",
  ),
  mutant(
    "seed-article-2",
    undefined,
    { ...article, proposer: LearnsFromOne },
    "propose calls accept calls learn, and one node that had not yet voted on the number makes it learned: no majority anywhere, so each proposer decides its own value (a class Paxos as articles print it; the three predicates that it calls are not defined there).",
  ),
  mutant(
    "seed-article-3",
    undefined,
    { ...article, proposer: NeverDecides },
    "Looks for the number of a proposal in a list of pairs, where no number is ever found: decide says False to everything, and nothing is decided (a class Paxos as articles print it).",
  ),
];
