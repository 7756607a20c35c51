/** Balancers done wrong: each differs from the right one in one decision. */

import type { Mutant, NodeId, Request } from "../../harness/protocol.ts";
import type { Work } from "../../harness/workloads/requests.ts";
import { Balancer, type Health } from "./balancer.ts";
import { type Asked, type Assignment, requestOf } from "./messages.ts";
import { node } from "./nodes.ts";
import { bounded, type Policy, type PolicyName, type View, weightOf } from "./policies.ts";
import { hash, Ring } from "./ring.ts";

/** The article's `distribute`: the smallest count, and one more there. Nothing counts down, nobody looks who lives. */
class ArticleBalancer extends Balancer {
  protected override serves(): boolean {
    return true;
  }
  protected override countDown(): void {}
}

/** The article's `ConsistentHash`: a ring of 160 places for each node, built once; nobody looks who lives. */
class ArticleRing extends Balancer {
  protected override serves(): boolean {
    return true;
  }
  protected override rule(): Policy {
    const ring = new Ring(this.ctx.nodes("worker"), 160);
    return { choose: (_candidates, key) => ({ worker: ring.from(key)[0]! }) };
  }
}

/** The article's `distribute` and `monitor`: what a caller was once given is written down twice, and never looked at again. */
class ArticleTable extends Balancer {
  protected override serves(): boolean {
    return true;
  }
  protected override rule(): Policy {
    const servers = new Map<string, NodeId>();
    const workers = this.ctx.nodes("worker");
    return {
      choose(_candidates, key) {
        const worker = servers.get(key) ?? workers[servers.size % workers.length]!;
        servers.set(key, worker);
        return { worker };
      },
    };
  }
}

class CountsDownTwice extends Balancer {
  protected override onStray(worker: NodeId): void {
    this.countDown(worker);
  }
}

class KeepsTheLoadOfTheDead extends Balancer {
  protected override lost(worker: NodeId): void {
    for (const open of this.open.values()) if (open.worker === worker) this.open.delete(open.assignment);
  }
}

class NeverTimesOut extends Balancer {
  protected override isOverdue(): boolean {
    return false;
  }
}

class SendsToTheDead extends Balancer {
  protected override serves(): boolean {
    return true;
  }
}

class SendsToTheDraining extends Balancer {
  protected override serves(worker: NodeId): boolean {
    return this.isAlive(worker);
  }
}

class BelievesLateAnswers extends Balancer {
  protected override isStale(): boolean {
    return false;
  }
}

class BelievesItsFormerSelf extends Balancer {
  protected override isStale(health: Health, { atMs }: Asked): boolean {
    return super.isStale(health, { atMs, boot: this.boot });
  }
}

class TrustsTheConnection extends Balancer {
  protected override isSilent(): boolean {
    return false;
  }
}

class GivesBackTwice extends Balancer {
  protected override lost(worker: NodeId): void {
    for (const open of this.open.values()) if (open.worker === worker) this.countDown(worker);
  }
}

class TakesTurns extends Balancer {
  protected override rule(): Policy {
    return placesInTurn();
  }
}

class TurnsByPlace extends Balancer {
  protected override rule(): Policy {
    return placesInTurn();
  }
}

function placesInTurn(): Policy {
  let turn = -1;
  return {
    choose(candidates) {
      turn += 1;
      return { worker: candidates[turn % candidates.length]! };
    },
  };
}

class OneOfTwo extends Balancer {
  protected override rule(_name: PolicyName, { random }: View): Policy {
    return {
      choose(candidates) {
        const among = random.shuffle(candidates).slice(0, 2);
        return { worker: among[0]!, among };
      },
    };
  }
}

class HashModulo extends Balancer {
  protected override rule(_name: PolicyName, view: View): Policy {
    return bounded(view, (key, candidates) => {
      const first = hash(key) % candidates.length;
      return [...candidates.slice(first), ...candidates.slice(0, first)];
    });
  }
}

class UnboundedRing extends Balancer {
  protected override rule(name: PolicyName, view: View): Policy {
    return super.rule(name, { ...view, load: () => 0 });
  }
}

class WeightsByChance extends Balancer {
  protected override rule(_name: PolicyName, { random, workers }: View): Policy {
    return {
      choose(candidates) {
        const tickets = candidates.flatMap((worker) => Array<NodeId>(weightOf(worker, workers)).fill(worker));
        return { worker: random.pick(tickets) };
      },
    };
  }
}

class AnswersTwice extends Balancer {
  private readonly requests = new Map<string, Request<Work>>();

  override onRequest(request: Request<Work>): void {
    this.requests.set(request.id, request);
    super.onRequest(request);
  }
  protected override onStray(worker: NodeId, assignment: Assignment): void {
    const request = this.requests.get(requestOf(assignment));
    if (request !== undefined) this.answer(request, worker);
  }
}

/** `policy`: of which policy it is a wrong variant, where it is one. */
function mutant(name: string, Wrong: typeof Balancer, breaks: string, policy?: PolicyName): Mutant {
  return { name, breaks, create: (ctx, options) => node(ctx, policy === undefined ? options : { ...options, policy }, Wrong) };
}

export const mutants: readonly Mutant[] = [
  mutant(
    "seed-article",
    ArticleBalancer,
    "Counts every request that it sends and none that comes back, and checks no worker: after a while it knows who has had least, not who has least (a balancer as articles print it).",
  ),
  mutant(
    "seed-article-2",
    ArticleRing,
    "A hash ring that is built once, and nobody looks who on it lives: the keys of a dead node go on going there (a hash ring as articles print it).",
    "hash",
  ),
  mutant(
    "seed-article-3",
    ArticleTable,
    "Writes down whom a caller was given, and what it calls monitoring is writing it down again: a caller stays with a dead server for ever (a balancer as articles print it).",
  ),
  mutant(
    "counts-down-twice",
    CountsDownTwice,
    "Counts down for every answer, also for one that is doubled or comes after its time-out, so a worker seems to have less than nothing and gets everything.",
  ),
  mutant(
    "keeps-the-load-of-the-dead",
    KeepsTheLoadOfTheDead,
    "Forgets the requests of a worker that has died without giving their load back, so it comes back as the busiest of all and gets nothing.",
  ),
  mutant(
    "never-times-out",
    NeverTimesOut,
    "Waits for ever for an answer that was lost, and counts it for ever: a leak of load with every lost message.",
  ),
  mutant(
    "sends-to-the-dead",
    SendsToTheDead,
    "Chooses among all workers, not among the living: one that is dead answers nothing, has nothing open, and so is chosen again and again.",
  ),
  mutant(
    "takes-turns",
    TakesTurns,
    "Sends to the next in turn instead of the least busy, by its place among the living: when one is taken out, the next is skipped.",
  ),
  mutant(
    "sends-to-the-draining",
    SendsToTheDraining,
    "Chooses among all that live, also those that ask to be drained: a rolling restart cuts requests short (connection draining of load balancers).",
  ),
  mutant(
    "believes-late-answers",
    BelievesLateAnswers,
    "Takes any answer to a health check for a sign of life, however long it was under way: a dead worker comes back into service.",
  ),
  mutant(
    "believes-its-former-self",
    BelievesItsFormerSelf,
    "Judges the age of an answer by its stop-watch alone, which began anew when it did: what its former self asked for seems to lie in the future, and keeps a dead worker in service (the first version of this very file).",
  ),
  mutant(
    "turns-by-place",
    TurnsByPlace,
    "Round-robin that counts places among the living instead of names: when one is taken out, somebody else is skipped.",
    "round-robin",
  ),
  mutant(
    "one-of-two",
    OneOfTwo,
    "Draws two workers and takes the first without comparing: one choice, and with it the long queues of random (Mitzenmacher 2001).",
    "two-choices",
  ),
  mutant(
    "hash-modulo",
    HashModulo,
    "Hashes modulo the number of workers in service: when one of n leaves, all keys but one in n move (what consistent hashing was invented against: Karger et al. 1997).",
    "hash",
  ),
  mutant(
    "unbounded-ring",
    UnboundedRing,
    "A ring that does not look at loads: a hot key, or the neighbour of a dead worker, gets everything (Mirrokni, Thorup, Zadimoghaddam 2018).",
    "hash",
  ),
  mutant(
    "weights-by-chance",
    WeightsByChance,
    "Draws by weight instead of taking turns by weight: right in the long run, bursts in the short (what smooth weighted round-robin of nginx replaced).",
    "weighted",
  ),
  mutant(
    "answers-twice",
    AnswersTwice,
    "Tries a request at a second worker, and answers it for the first one as well when that was only late.",
  ),
];

const datagramsOnly = new Set(["believes-late-answers", "believes-its-former-self"]);

/** On streams: those of the datagrams that order does not heal, and those that only connections make possible. */
export const mutantsOnStreams: readonly Mutant[] = [
  ...mutants.filter(({ name }) => !datagramsOnly.has(name) && !name.startsWith("seed-article-")),
  mutant(
    "trusts-the-connection",
    TrustsTheConnection,
    "Takes a worker for alive as long as its connection stands: one that is half open, its other end gone without a word, stands for ever (TCP without keep-alives).",
  ),
  mutant(
    "gives-back-twice",
    GivesBackTwice,
    "Counts down what a broken connection had open and goes on waiting for it, so the time-out counts down a second time.",
  ),
];
