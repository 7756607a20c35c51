/** Chubbies done wrong: each differs from the right one in one decision. The ids are rows of the catalogue of known bugs. */

import type { Context, Ms, Mutant, NodeId, Options } from "../../harness/protocol.ts";
import { type Rules, rules } from "./cell.ts";
import { ChubbyClient } from "./client.ts";
import type { Call, Content, SessionId } from "./messages.ts";
import { client, type Parts, server } from "./nodes.ts";
import type { Office, Waiting } from "./office.ts";
import { ChubbyServer } from "./server.ts";
import { ClientSession, driftShare, type SessionEvents } from "./session.ts";

class NoLockDelay extends ChubbyServer {
  protected override rules(): Rules {
    return { ...rules, lost: "free" };
  }
}

class GenerationNotRaised extends ChubbyServer {
  protected override rules(): Rules {
    return { ...rules, generation: ({ generation }) => Math.max(1, generation) };
  }
}

class InheritsNoLeases extends ChubbyServer {
  protected override inheritedLeaseMs(): Ms {
    return 0;
  }
}

class OpensAtOnce extends ChubbyServer {
  protected override inherit(office: Office, id: SessionId): void {
    super.inherit(office, id);
    office.unaware.delete(id);
  }
}

class TakesOldEpochs extends ChubbyServer {
  protected override isOfEpoch(): boolean {
    return true;
  }
}

class KeepsUnconfirmed extends ChubbyServer {
  protected override confirm(session: SessionId, waiting: Waiting): void {
    const { office } = this;
    if (office === undefined) return;
    const standing = { epoch: office.epoch, alive: office.sessions.has(session) };
    this.keep({ ...waiting, session, askedMs: this.ctx.elapsed() }, standing);
  }
}

class PromisesWhileEnding extends ChubbyServer {
  protected override stopKeeping(): void {
    // It is still in the office's list, after all.
  }
}

class WritesAtOnce extends ChubbyServer {
  protected override mayWrite(): boolean {
    return true;
  }
}

class CachableWhileWriting extends ChubbyServer {
  protected override isCachable(): boolean {
    return true;
  }
}

class TakesAnyAcknowledgement extends ChubbyServer {
  protected override isLetGo(): boolean {
    return true;
  }
}

class AnnouncesTooEarly extends ChubbyServer {
  protected override onWrite(office: Office, from: NodeId, call: Call, file: string): void {
    const generation = (this.cell.files[file]?.content ?? 0) + 1;
    for (const session of office.sessions.values())
      if (session.interests.has(file)) this.tell(office, session, { kind: "modified", file, generation });
    super.onWrite(office, from, call, file);
  }
}

class NoGrace extends ClientSession {
  protected override onLeaseOver(): void {
    super.onLeaseOver();
    this.expire();
  }
}

class ServesInJeopardy extends ClientSession {
  protected override onLeaseOver(): void {
    const cached = [...this.cache];
    super.onLeaseOver();
    for (const [file, content] of cached) this.cache.set(file, content);
  }
  protected override mayServe(): boolean {
    return true;
  }
}

class CountsFromTheAnswer extends ClientSession {
  protected override leaseEnd(_sentMs: Ms, nowMs: Ms, _heldMs: Ms, leaseMs: Ms = 0): Ms {
    return nowMs + leaseMs * (1 - driftShare);
  }
}

class CachesWhatIsInvalid extends ClientSession {
  protected override mayKeep(_file: string, _content: Content): boolean {
    return this.isSafe;
  }
}

function mutant(name: string, wrong: Parts, breaks: string, id?: string): Mutant {
  return {
    name,
    breaks,
    create: (ctx: Context, options: Options) => server(ctx, options, wrong),
    createClient: (ctx, options) => client(ctx, options, wrong),
    ...(id !== undefined && { id }),
  };
}

/** A client whose sessions are wrong. */
function withSession(Session: typeof ClientSession): Parts {
  class Wrong extends ChubbyClient {
    protected override newSession(id: SessionId, epoch: number, askedMs: Ms, events: SessionEvents): ClientSession {
      return new Session(id, epoch, askedMs, this.ctx as never, this.settings, events);
    }
  }
  return { client: Wrong };
}

export const mutants: readonly Mutant[] = [
  mutant(
    "no-lock-delay",
    { server: NoLockDelay },
    "A lock whose holder was lost is free at once, so what that had sent may arrive when the next one works already (what Chubby's lock-delay is for, §2.4).",
    "L10",
  ),
  mutant(
    "generation-not-raised",
    { server: GenerationNotRaised },
    "The lock generation number stays as it is when the lock goes from one session to the next, so all sequencers look the same.",
  ),
  mutant(
    "inherits-no-leases",
    { server: InheritsNoLeases },
    "A new master takes the leases for over that it knows nothing of, instead of extending them to the most that its predecessor may have promised (§2.9, step 3).",
  ),
  mutant(
    "opens-at-once",
    { server: OpensAtOnce },
    "A new master lets calls proceed before every session has acknowledged the fail-over, and does not know who caches what it changes (§2.9, step 6).",
  ),
  {
    ...mutant(
      "takes-old-epochs",
      { server: TakesOldEpochs },
      "A new master takes keep-alives of the epoch before, so an acknowledgement of its predecessor's events counts for its own (§2.9, step 1).",
    ),
    needs: {
      scenario: "mutants/chubby-old-epochs.yaml",
      why: "Between the new master's first keep-alives and the end of its predecessor's leases lie a few hundred ms, in which one client must write and another read: the general scenario asks too seldom.",
    },
  },
  mutant(
    "keeps-unconfirmed",
    { server: KeepsUnconfirmed },
    "A master extends leases without making sure that it still is one, so one that was cut off makes promises that its successor does not know (the master lease, §2.1).",
  ),
  mutant(
    "promises-while-ending",
    { server: PromisesWhileEnding },
    "A master that has proposed the end of a session goes on answering its keep-alives, and the end takes place all the same (a check and an act that are apart).",
  ),
  mutant(
    "writes-at-once",
    { server: WritesAtOnce },
    "A write tells those who cache the file and does not wait until they have let go of it (§2.7).",
  ),
  mutant(
    "cachable-while-writing",
    { server: CachableWhileWriting },
    'What is read while a write waits for caches may be cached, and nobody invalidates it when the write proceeds ("the node is treated as uncachable", §2.7).',
  ),
  {
    ...mutant(
      "takes-any-acknowledgement",
      { server: TakesAnyAcknowledgement },
      "The acknowledgement of an invalidation counts for a copy that the client has read since, so the next write does not wait for that one (a mistake of our own, found by the harness in the first draft of this file).",
    ),
    needs: {
      scenario: "mutants/chubby-invalidation-overtakes.yaml",
      why: "It takes two writes of one file at a time, a read between two acknowledgements, and another write soon.",
    },
  },
  mutant(
    "announces-too-early",
    { server: AnnouncesTooEarly },
    'Clients are told that a file has changed before it has, and read what it held before ("delivered after the corresponding action has taken place", §2.5).',
  ),
  mutant(
    "no-grace",
    withSession(NoGrace),
    "A client gives its session up when its lease is over, so every fail-over that takes longer than a lease ends sessions that the next master would have kept (§2.8).",
  ),
  mutant(
    "serves-in-jeopardy",
    withSession(ServesInJeopardy),
    'A client goes on serving from its cache when its lease is over, and others may write ("the client empties and disables its cache", §2.8).',
  ),
  mutant(
    "lease-from-the-answer",
    withSession(CountsFromTheAnswer),
    "A client counts its lease from the answer to its keep-alive, however long that was under way (§2.8; the validity time of Redlock).",
    "L04",
  ),
  {
    ...mutant(
      "caches-what-is-invalid",
      withSession(CachesWhatIsInvalid),
      "A client forgets an invalidation when it has carried it out, so content that was read before and arrives after it is cached (on links that keep no order).",
    ),
    needs: {
      scenario: "mutants/chubby-invalidation-overtakes.yaml",
      why: "The content must be late by more than an invalidation, its acknowledgement and the write, and be read again soon: that takes many reads of one file, and nothing else going on.",
    },
  },
];
