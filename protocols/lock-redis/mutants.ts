/** Redis locks done wrong: each differs from the right one in one decision, the article's in all that it says. */

import type { Ms, Mutant, NodeId } from "../../harness/protocol.ts";
import type { Use } from "../../harness/workloads/lock.ts";
import { type Doing, ForgetsItsToken, mutantOf, type Owner, Resource, type Stored, type Write } from "../locking/index.ts";
import { RedisClient } from "./client.ts";
import { single } from "./nodes.ts";
import { type Grant, Redis } from "./redis.ts";

/**
 * `SETNX` and `EXPIRE` in one transaction, which runs its second command whatever came of the first; `DEL` to release, whose
 * second argument (the owner's number) is but the name of another key.
 */
class ArticleRedis extends Redis {
  protected override onTaken(from: NodeId, owner: Owner, leaseMs: Ms): void {
    if (this.held !== undefined) this.startLease({ ...this.held, leaseMs });
    super.onTaken(from, owner, leaseMs);
  }
  protected override mayDelete(): boolean {
    return true;
  }
}

/**
 * Asks again at once; gives up after as long as the lease is; takes what it is granted for good; and releases in a `finally`,
 * also when it was never granted anything. Else a careful user of that class: it looks at its watch before it writes, and
 * writes nothing late. The lock lets two in all the same.
 */
class ArticleClient extends RedisClient {
  protected override givesUpAfterMs({ lease }: Use): Ms {
    return lease;
  }
  protected override waitMs(): Ms {
    return 0;
  }
  protected override isLongEnough(): boolean {
    return true;
  }
  protected override giveUp(doing: Doing): void {
    this.giveBack(doing.owner);
    super.giveUp(doing);
  }
  protected override write(doing: Doing): void {
    if (this.leftMs(doing) > 0) super.write(doing);
    else this.release(doing, { kind: "fail", reason: "slept past its lease" });
  }
}

class DeletesWhoseverLock extends Redis {
  protected override mayDelete(): boolean {
    return true;
  }
}

class KeepsItInMemory extends Redis {
  protected override persist(): void {
    // appendonly no
  }
}

class SyncsLater extends Redis {
  protected override persist(grant: Grant): void {
    this.ctx.disk.write("lock", grant);
  }
}

class ExpiresByTheWallClock extends Redis {
  protected override clock(): Ms {
    return this.ctx.now();
  }
}

class TrustsItsLease extends RedisClient {
  protected override isLongEnough(): boolean {
    return true;
  }
}

class TokensApart extends Resource {
  private readonly tokens = new Map<NodeId, number>();

  protected override newest(client: NodeId): number {
    return this.tokens.get(client) ?? 0;
  }
  protected override accept(from: NodeId, write: Write, stored: Stored): void {
    this.tokens.set(from, stored.token);
    super.accept(from, write, stored);
  }
}

class ExtendsWhoseverLock extends Redis {
  protected override mayExtend(): boolean {
    return true;
  }
}

const mutant = mutantOf(single);

export const mutants: readonly Mutant[] = [
  mutant(
    "seed-article",
    { redis: ArticleRedis, client: ArticleClient },
    "SETNX and EXPIRE in one transaction, so whoever fails to get the lock renews the lease of who has it; DEL to release, so a client whose lease is over frees the lock of the next (a Redis lock as articles print it).",
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
    "An extension renews the key whoever holds it, so a client that has slept past its lease is told that it still has the lock, which is the next one's by now (EXPIRE instead of the script of the documents).",
  ),
  mutant(
    "lease-taken-whole",
    { client: TrustsItsLease },
    "The lease is not reduced by the time that it took to get it, so a late answer is taken for a lock that has long expired (the validity time of Redlock; etcd 3.4.3 under Jepsen had a waiter acquire with a lease that was over).",
    "L04",
  ),
  mutant(
    "lock-only-in-memory",
    { redis: KeepsItInMemory },
    "A server without persistence comes back empty and grants the lock again within the first one's lease (the restart in the debate of Kleppmann and Sanfilippo, 2016).",
    "L06",
  ),
  mutant(
    "answers-before-it-syncs",
    { redis: SyncsLater },
    "Writes the grant but does not sync before it answers (appendfsync everysec), so a crash may forget it (the same debate).",
  ),
  {
    ...mutant(
      "expires-by-the-wall-clock",
      { redis: ExpiresByTheWallClock },
      "Counts leases on the wall clock, so a jump ahead ends one early: Redis does (gettimeofday, Kleppmann 2016).",
    ),
    needs: {
      scenario: "mutants/lock-redis-wall-clock.yaml",
      why: "The right server reads no wall clock, so in the general scenario a jump of it would have no effect, and prove nothing.",
    },
  },
  mutant(
    "token-of-each-client",
    { resource: TokensApart },
    "The resource compares a token with the newest one of the same client instead of all, as counters of a session are compared, so nobody is ever stale.",
  ),
  mutant(
    "token-forgotten",
    { resource: ForgetsItsToken },
    "The resource keeps the newest token in memory only, so after a restart it accepts a write that it would have refused.",
  ),
];
