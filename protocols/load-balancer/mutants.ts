/** Balancers done wrong: each differs from the right one in one decision. */

import type { Mutant, NodeId, Request } from "../../harness/protocol.ts";
import type { Work } from "../../harness/workloads/requests.ts";
import { Balancer } from "./balancer.ts";
import { type Assignment, requestOf } from "./messages.ts";
import { node } from "./nodes.ts";

/** The article's `distribute`: the smallest count, and one more there. Nothing counts down, nobody looks who lives. */
class ArticleBalancer extends Balancer {
  protected override candidates(): readonly NodeId[] {
    return this.ctx.nodes("worker");
  }
  protected override countDown(): void {}
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
  protected override candidates(not: NodeId | undefined): readonly NodeId[] {
    return this.ctx.nodes("worker").filter((worker) => worker !== not);
  }
}

class TakesTurns extends Balancer {
  private turn = 0;

  protected override choose(candidates: readonly NodeId[]): NodeId | undefined {
    this.turn += 1;
    return candidates[this.turn % candidates.length];
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

function mutant(name: string, Wrong: typeof Balancer, breaks: string): Mutant {
  return { name, breaks, create: (ctx, options) => node(ctx, options, Wrong) };
}

export const mutants: readonly Mutant[] = [
  mutant(
    "seed-article",
    ArticleBalancer,
    "Counts every request that it sends and none that comes back, and checks no worker: after a while it knows who has had least, not who has least (a balancer as articles print it).",
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
    "answers-twice",
    AnswersTwice,
    "Tries a request at a second worker, and answers it for the first one as well when that was only late.",
  ),
];
