/** The token lock done wrong: each differs from the right one in one decision, the article's in all that it leaves out. */

import type { Context, Ms, Mutant, NodeId, Options } from "../../harness/protocol.ts";
import { type Doing, ForgetsItsToken, mutantOf, type Terms } from "../locking/index.ts";
import { TokenClient } from "./client.ts";
import { type Candidacy, Election } from "./election.ts";
import type { AmongServers } from "./messages.ts";
import { right } from "./nodes.ts";
import { type Holder, TokenServer, type Waiting } from "./server.ts";

/**
 * "A coordinator node is elected to manage the distribution of tokens. If the coordinator has a token available, it grants the lock and
 * gives it the token. The node then releases the lock by returning the token": of losses of either it says nothing. So a token is
 * handed out for good, and a new coordinator has one.
 */
class ArticleServer extends TokenServer {
  protected override expire(holder: Holder): void {
    holder.untilMs = Number.MAX_SAFE_INTEGER;
  }
  protected override waitsAtFirstMs(): Ms {
    return 0;
  }
}

class HandsOutAtOnce extends TokenServer {
  protected override waitsAtFirstMs(): Ms {
    return 0;
  }
}

class ReignsForGood extends TokenServer {
  protected override mayServe(): boolean {
    return this.election.coordinator === this.ctx.id;
  }
}

class CountsWithoutEpochs extends TokenServer {
  protected override token(count: number): number {
    return count;
  }
}

class LastComeFirstServed extends TokenServer {
  protected override enqueue(waiting: Waiting): void {
    this.queue.unshift(waiting);
  }
}

class TakesFromAnybody extends TokenServer {
  protected override mayReturn(): boolean {
    return true;
  }
}

function electing(
  Wrong: new (ctx: Context<AmongServers>, options: Options, candidacy: Candidacy) => Election,
): Partial<typeof right> {
  class ServerElecting extends TokenServer {
    protected override elections(ctx: Context<AmongServers>, options: Options): Election {
      return new Wrong(ctx, options, this);
    }
  }
  return { server: ServerElecting };
}

class Bully extends Election {
  protected override isMajority(): boolean {
    return true;
  }
}

class VotesInMemory extends Election {
  protected override persist(): void {}
}

class VotesBeforeItSyncs extends Election {
  protected override persist(promise: unknown): void {
    this.ctx.disk.write("promise", promise);
  }
}

class CountsMessages extends Election {
  protected override count(votes: NodeId[], from: NodeId): void {
    votes.push(from);
  }
}

class VotesAtOnce extends Election {
  protected override boundAtStartMs(): Ms {
    return 0;
  }
}

class CountsFromTheAnswer extends TokenClient {
  protected override granted(doing: Doing, terms: Terms): void {
    doing.asked[terms.nth ?? 0] = this.ctx.elapsed();
    super.granted(doing, terms);
  }
}

const mutant = mutantOf(right);

export const mutants: readonly Mutant[] = [
  mutant(
    "seed-article",
    { server: ArticleServer },
    "A token is handed out for good, and whoever is elected has another one: lost with its holder it stops everybody, and after an election there are two (the token-based algorithm as articles tell it).",
  ),
  mutant(
    "hands-out-at-once",
    { server: HandsOutAtOnce },
    "A new coordinator does not wait until the tokens of the last one have run out, so two clients have one.",
  ),
  mutant(
    "reigns-for-good",
    { server: ReignsForGood },
    "A coordinator goes on until it hears of another one instead of until a majority stops hearing it, so one that was cut off or asleep hands out tokens beside its successor (as leaders do that answer without asking: Raft §8).",
  ),
  mutant(
    "bully",
    electing(Bully),
    "Whoever hears of no coordinator takes office with the votes that it gets, so each side of a cut network has one (Garcia-Molina's bully, 1982, assumes that a silent node is dead).",
  ),
  mutant(
    "votes-in-memory",
    electing(VotesInMemory),
    "A vote is not on the disk, so a server that restarts votes again in the same epoch, and two coordinators hand out the same tokens (Raft Figure 2, persistent state).",
  ),
  mutant(
    "votes-before-it-syncs",
    electing(VotesBeforeItSyncs),
    "A vote is told before it is on the disk, so a crash may forget it (hashicorp/raft issue 661).",
  ),
  mutant(
    "counts-messages",
    electing(CountsMessages),
    "Counts votes instead of voters, so a vote that the network doubles stands for one that never came (votes in akka-raft).",
  ),
  {
    ...mutant(
      "votes-at-once",
      electing(VotesAtOnce),
      "A server that has restarted votes though it may have promised a coordinator not to, so a second one is elected in the first one's reign (why PaxosLease waits after a restart).",
    ),
    needs: {
      scenario: "mutants/lock-token-votes-at-once.yaml",
      why: "Two coordinators must reign at one time for as long as a lease but a little, and neither may hear of the other: five decisions in a row.",
    },
  },
  mutant(
    "tokens-without-epochs",
    { server: CountsWithoutEpochs },
    "A token is a count that a new coordinator begins again, so the resource takes the token of the last epoch for a newer one.",
  ),
  mutant(
    "last-come-first-served",
    { server: LastComeFirstServed },
    "The queue is a stack, so who has waited longest is served when nobody else wants to be.",
  ),
  mutant(
    "takes-it-back-from-anybody",
    { server: TakesFromAnybody },
    "The token counts as returned whoever returns one, so a late return of an old token frees that of the next holder.",
    "L02",
  ),
  mutant(
    "lease-counted-from-the-answer",
    { client: CountsFromTheAnswer },
    "A client counts its lease from when it hears that its turn has come, so a late answer makes it hold a token that was given to the next (as waiters did in etcd 3.4.3 under Jepsen).",
    "L08",
  ),
  mutant(
    "token-forgotten",
    { resource: ForgetsItsToken },
    "The resource keeps the newest token in memory only, so after a restart it accepts a write that it would have refused.",
  ),
];
