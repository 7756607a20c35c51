/** Redlock done wrong: each differs from the right one in one decision. */

import type { Ms, Mutant } from "../../../harness/protocol.ts";
import { type Doing, mutantOf, type Terms } from "../../locking/index.ts";
import { redlock } from "../nodes.ts";
import type { Grant } from "../redis.ts";
import { RedlockClient } from "./client.ts";
import { RedlockRedis } from "./redis.ts";

class KeepsItInMemory extends RedlockRedis {
  protected override persist(): void {}
}

class SyncsLater extends RedlockRedis {
  protected override persist(grant: Grant): void {
    this.ctx.disk.write("lock", grant);
  }
}

class ExpiresByTheWallClock extends RedlockRedis {
  protected override clock(): Ms {
    return this.ctx.now();
  }
}

class DeletesWhoseverLock extends RedlockRedis {
  protected override mayDelete(): boolean {
    return true;
  }
}

class CountsFromTheAnswer extends RedlockClient {
  protected override granted(doing: Doing, terms: Terms): void {
    doing.asked = [this.ctx.elapsed()];
    super.granted(doing, terms);
  }
}

class HalfIsEnough extends RedlockClient {
  protected override isEnough(count: number): boolean {
    return count >= Math.floor(this.servers().length / 2);
  }
}

class TakesAnyExtension extends RedlockClient {
  protected override isEnoughToExtend(): boolean {
    return true;
  }
}

class TokenAlone extends RedlockClient {
  protected override takeToken(doing: Doing, token: number): void {
    this.granted(doing, { token });
  }
}

class LateAnswersCount extends RedlockClient {
  protected override isOf(owner: string, message: string): boolean {
    const operation = (name: string): string => name.slice(0, name.lastIndexOf("."));
    return operation(owner) === operation(message);
  }
}

const mutant = mutantOf(redlock);

export const mutants: readonly Mutant[] = [
  mutant(
    "restarts-empty",
    { redis: KeepsItInMemory },
    "A server without persistence comes back empty within the lease and grants the lock again, which makes a second majority of it and those that had not granted the first (Kleppmann 2016; Sanfilippo's own remedy is to restart late).",
    "L06",
  ),
  mutant(
    "syncs-later",
    { redis: SyncsLater },
    "A server answers before its append-only file is synced (appendfsync everysec, the default), so a crash may forget what was granted within the last second.",
  ),
  {
    ...mutant(
      "expires-by-the-wall-clock",
      { redis: ExpiresByTheWallClock },
      "Servers count leases on their wall clocks, so a jump of one of them makes a second majority (Redis uses gettimeofday: Kleppmann 2016).",
    ),
    needs: {
      scenario: "redlock-clock-jump.yaml",
      why: "The right server reads no wall clock, so in the general scenario a jump of it would have no effect, and prove nothing.",
    },
  },
  mutant(
    "release-without-owner-check",
    { redis: DeletesWhoseverLock },
    "A release deletes the key whoever holds it, and Redlock releases on all servers whenever it has not got a majority: so every loser frees the winner's lock.",
    "L02",
  ),
  mutant(
    "lease-counted-from-the-answer",
    { client: CountsFromTheAnswer },
    "The validity is not reduced by the time that it took to get a majority, so a client holds the lock when the servers that answered first have given it to the next.",
    "L04",
  ),
  mutant(
    "half-is-enough",
    { client: HalfIsEnough },
    "Holds the lock when floor(n/2) servers have granted it, so two clients can have it (as in raft-java #21).",
  ),
  mutant(
    "one-extension-is-enough",
    { client: TakesAnyExtension },
    "Takes the lease for extended when one server has extended it instead of a majority, so the others let it run out.",
  ),
  mutant(
    "late-answers-count",
    { client: LateAnswersCount },
    "All tries of an operation use one name for the answers, so a grant of a try that was given back counts for the next one.",
  ),
  mutant(
    "token-from-the-answers",
    { client: TokenAlone },
    "The token is one more than the greatest that the servers know of, without being taken at a majority, so two clients get the same (the counter that Kleppmann warns of).",
  ),
];
