/** Redis locks with a fail-over done wrong: each differs from the right one in one decision. */

import type { Mutant } from "../../../harness/protocol.ts";
import { type Doing, mutantOf, type Terms } from "../../locking/index.ts";
import { replicated } from "../nodes.ts";
import type { Grant } from "../redis.ts";
import { ReplicatedClient } from "./client.ts";
import type { Replicate } from "./messages.ts";
import { ReplicatedRedis } from "./redis.ts";
import { Sentinel } from "./sentinel.ts";

class AnswersBeforeItReplicates extends ReplicatedRedis {
  protected override answer(...[to, message]: Parameters<ReplicatedRedis["answer"]>): void {
    this.ctx.send(to, message);
  }
}

class SyncsLater extends ReplicatedRedis {
  protected override write(grant: Grant): void {
    this.ctx.disk.write("lock", grant);
  }
}

class ObeysTheDeposed extends ReplicatedRedis {
  protected override obeys(): boolean {
    return true;
  }
}

class CountsWithoutEpochs extends ReplicatedRedis {
  protected override nextToken(): number {
    return this.count + 1;
  }
}

class DeletesWhoseverLock extends ReplicatedRedis {
  protected override mayDelete(): boolean {
    return true;
  }
}

class ExtendsWhoseverLock extends ReplicatedRedis {
  protected override mayExtend(): boolean {
    return true;
  }
}

class ForgetsTheEpoch extends Sentinel {
  protected override persist(): void {}
}

class CountsFromTheAnswer extends ReplicatedClient {
  protected override granted(doing: Doing, terms: Terms): void {
    doing.asked = [this.ctx.elapsed()];
    super.granted(doing, terms);
  }
}

/** `PEXPIREAT`: the moment at which the key is gone, by the primary's wall clock, travels with it. */
class CopiesTheMoment extends ReplicatedRedis {
  private untilByWallMs = 0;

  protected override startLease(grant: Grant): void {
    super.startLease(grant);
    this.untilByWallMs = this.ctx.now() + grant.leaseMs;
  }
  protected override copyOf(grant: Grant): Grant {
    return { ...grant, untilByWallMs: this.untilByWallMs } as Grant;
  }
  protected override holdCopy(message: Replicate): void {
    super.holdCopy(message);
    const { untilByWallMs } = message.grant as Grant & { readonly untilByWallMs: number };
    this.untilMs = this.clock() + untilByWallMs - this.ctx.now();
  }
}

const mutant = mutantOf(replicated);

export const mutants: readonly Mutant[] = [
  mutant(
    "answers-before-it-replicates",
    { redis: AnswersBeforeItReplicates },
    "The primary tells a client that it has the lock before a replica knows, so a fail-over in between gives it to the next: what Redis does without WAIT (Redis documentation, Why failover-based implementations are not enough).",
    "L05",
  ),
  mutant(
    "acknowledges-from-memory",
    { redis: SyncsLater },
    "A replica acknowledges what is not on its disk yet (WAIT without appendfsync always), so after a restart it is promoted without the lock: why the documents say that WAIT does not make Redis strongly consistent.",
  ),
  mutant(
    "obeys-the-deposed",
    { redis: ObeysTheDeposed },
    "A server takes and acknowledges copies of any epoch, so a deposed primary that was cut off goes on granting, and overwrites what its successor has granted.",
  ),
  mutant(
    "release-without-owner-check",
    { redis: DeletesWhoseverLock },
    "A release deletes the key whoever holds it, so a client that has slept past its lease frees the lock of the next (zk-ruby #34, the same in another coat).",
    "L02",
  ),
  mutant(
    "extension-without-owner-check",
    { redis: ExtendsWhoseverLock },
    "An extension renews the key whoever holds it, so a client that has slept past its lease is told that it still has the lock, which is the next one's by now.",
  ),
  mutant(
    "lease-counted-from-the-answer",
    { client: CountsFromTheAnswer },
    "The client counts its lease from when it hears of it instead of from when it asked, so a late answer, as one that waited for replicas is, makes it hold the lock after the server has given it to the next (the validity time of Redlock).",
    "L04",
  ),
  mutant(
    "epoch-in-memory",
    { sentinel: ForgetsTheEpoch },
    "The sentinel does not write down the epoch in which it has made a primary, so after a restart it begins again at one that is over: its orders are not obeyed, or two obey in the same epoch.",
  ),
  {
    ...mutant(
      "tokens-without-epochs",
      { redis: CountsWithoutEpochs },
      "A token is the count of grants alone, which a fail-over forgets with the grants, so the next client gets the token of one that still works (why Kleppmann, 2016, wants consensus for tokens).",
    ),
    needs: {
      scenario: "lock-redis-replicated-fail-over.yaml",
      why: "Where the primary waits for its replica, as in the general scenario, no told grant is forgotten and no count given twice.",
    },
  },
  {
    ...mutant(
      "copies-the-moment",
      { redis: CopiesTheMoment },
      "The key is replicated with the moment of its expiry by the primary's wall clock, so a replica whose clock is ahead lets it run out early: PEXPIREAT, which is how Redis replicates every expiry.",
    ),
    needs: {
      scenario: "mutants/lock-redis-replicated-clocks.yaml",
      why: "The right server reads no wall clock, so in the general scenario an offset of it would have no effect, and prove nothing.",
    },
  },
];
