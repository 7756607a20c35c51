/** What Chubby promises, as monitors over facts. Servers state what the log says, each of them: the first to say so counts. */

import type { FactSource, Invariant, Monitor, Ms, NodeId, Selector } from "../../harness/protocol.ts";
import type {
  AcceptedFact,
  AcquiredFact,
  ExpiredFact,
  JeopardyFact,
  LeaseFact,
  LockedFact,
  MasterFact,
  ReadFact,
  SessionEndedFact,
  SessionId,
  UnlockedFact,
  WrittenFact,
} from "./messages.ts";

/** Two clocks that differ by no more than this do not yet tell that a lease is over. */
const doubt = 0.01;

/** Until when, in true time, each client counts on its session. */
class Leases {
  private readonly until = new Map<SessionId, Ms>();

  hear({ session, forMs }: LeaseFact, { atMs }: FactSource): void {
    this.until.set(session, Math.max(this.untilMs(session), atMs + forMs * (1 - doubt)));
  }

  untilMs(session: SessionId): Ms {
    return this.until.get(session) ?? 0;
  }
}

const sessionIsKept: Invariant = {
  name: "session is kept",
  states: "No session is ended while its client counts on its lease (§2.8).",
  monitor(_cluster, fail) {
    const leases = new Leases();
    const ended = new Set<SessionId>();
    return {
      facts: {
        lease(fact: LeaseFact, source: FactSource): void {
          leases.hear(fact, source);
          if (fact.forMs > 0 && ended.has(fact.session))
            fail(
              `${source.node} counts on its session ${fact.session} for ${Math.ceil(fact.forMs)} ms, but that has been ended.`,
            );
        },
        "session-ended"({ session }: SessionEndedFact, { node, atMs }: FactSource): void {
          const leftMs = leases.untilMs(session) - atMs;
          if (!ended.has(session) && leftMs > 0)
            fail(`${node} has ended the session ${session}, whose client counts on it for ${Math.ceil(leftMs)} ms more.`);
          ended.add(session);
        },
      },
    };
  },
};

const graceIsGiven: Invariant = {
  name: "grace is given",
  states:
    "A client gives its session up when that has been ended, or after a whole grace period in which no master has answered (§2.8).",
  monitor(_cluster, fail) {
    const ended = new Set<SessionId>();
    const jeopardy = new Map<SessionId, { readonly sinceMs: Ms; readonly graceMs: Ms }>();
    return {
      facts: {
        "session-ended": ({ session }: SessionEndedFact): void => {
          ended.add(session);
        },
        jeopardy({ session, graceMs }: JeopardyFact, { atMs }: FactSource): void {
          jeopardy.set(session, { sinceMs: atMs, graceMs });
        },
        lease({ session }: LeaseFact): void {
          jeopardy.delete(session);
        },
        expired({ session }: ExpiredFact, { node, atMs }: FactSource): void {
          if (ended.has(session)) return;
          const since = jeopardy.get(session);
          if (since === undefined) fail(`${node} gave its session ${session} up, which lived, and was not even in jeopardy.`);
          else if (atMs - since.sinceMs < since.graceMs * (1 - doubt))
            fail(
              `${node} gave its session ${session} up, which lived, after ${Math.round(atMs - since.sinceMs)} ms of a grace period of ${since.graceMs}.`,
            );
        },
      },
    };
  },
};

/** How a lock came to be free. */
interface Holding extends LockedFact {
  released: boolean;
  /** Undefined until its client knows that it has it. */
  delayMs: Ms | undefined;
}

/** Calls `passed` when a lock goes from one session to another. */
function locks(
  passed: (from: Holding, to: LockedFact, source: FactSource) => void,
  clash: (known: LockedFact, now: LockedFact, source: FactSource) => void,
): Monitor {
  const byGeneration = new Map<string, Holding>();
  const newest = new Map<string, Holding>();
  const key = ({ file, generation }: UnlockedFact): string => `${file} ${generation}`;
  return {
    facts: {
      locked(now: LockedFact, source: FactSource): void {
        const known = byGeneration.get(key(now));
        if (known !== undefined) {
          if (known.session !== now.session) clash(known, now, source);
          return;
        }
        const before = newest.get(now.file);
        if (before !== undefined && before.session !== now.session) passed(before, now, source);
        const holding: Holding = { ...now, released: false, delayMs: undefined };
        byGeneration.set(key(now), holding);
        newest.set(now.file, holding);
      },
      unlocked(fact: UnlockedFact): void {
        const holding = byGeneration.get(key(fact));
        if (holding !== undefined) holding.released = true;
      },
      acquired(fact: AcquiredFact): void {
        const holding = byGeneration.get(key(fact));
        if (holding?.session === fact.session) holding.delayMs = fact.delayMs;
      },
    },
  };
}

const mutualExclusion: Invariant = {
  name: "mutual-exclusion",
  states:
    "Of two holdings of a lock the later has another generation, and begins when the earlier was released, or its session's lease is over.",
  monitor(_cluster, fail) {
    const leases = new Leases();
    const { facts } = locks(
      (from, to, { node, atMs }) => {
        const leftMs = leases.untilMs(from.session) - atMs;
        if (!from.released && leftMs > 0)
          fail(
            `${node} gave the lock of ${to.file} to ${to.session}, when ${from.session} held it and counted on ${Math.ceil(leftMs)} ms more.`,
          );
      },
      (known, now, { node }) =>
        fail(
          `${node} gave the lock of ${now.file} to ${now.session} in generation ${now.generation}, in which ${known.session} has it.`,
        ),
    );
    return { facts: { ...facts, lease: (fact: LeaseFact, source: FactSource) => leases.hear(fact, source) } };
  },
};

const lockDelay: Invariant = {
  name: "lock-delay",
  states: "A lock whose holder was lost goes to nobody else before its lease and the lock-delay are over (§2.4).",
  monitor(_cluster, fail) {
    const leases = new Leases();
    const { facts } = locks(
      (from, to, { node, atMs }) => {
        if (from.released || from.delayMs === undefined) return;
        const sinceMs = atMs - leases.untilMs(from.session);
        if (sinceMs < from.delayMs * (1 - doubt))
          fail(
            `${node} gave the lock of ${to.file} to ${to.session} ${Math.round(sinceMs)} ms after the lease of ${from.session}, which held it; its lock-delay is ${from.delayMs} ms.`,
          );
      },
      () => undefined,
    );
    return { facts: { ...facts, lease: (fact: LeaseFact, source: FactSource) => leases.hear(fact, source) } };
  },
};

const noLostWrite: Invariant = {
  name: "no-lost-write",
  states: "The resource accepts no write of an older holding of a lock after one of a newer.",
  monitor(_cluster, fail) {
    /** In the order of holding. */
    const order: string[] = [];
    const newest = new Map<string, { readonly fact: AcceptedFact; readonly place: number }>();
    const key = ({ file, generation, session }: LockedFact): string => `${file} ${generation} ${session}`;
    return {
      facts: {
        locked(fact: LockedFact): void {
          if (!order.includes(key(fact))) order.push(key(fact));
        },
        accepted(fact: AcceptedFact, { node }: FactSource): void {
          const place = order.indexOf(key(fact));
          const last = newest.get(fact.file);
          if (last !== undefined && place >= 0 && place < last.place)
            fail(
              `${node} accepted the write of ${fact.value} under the lock of ${fact.file} in generation ${fact.generation}, after that of ${last.fact.value} in generation ${last.fact.generation}: the newer write is lost.`,
            );
          newest.set(fact.file, { fact, place });
        },
      },
    };
  },
};

/** Judged by what is committed, which is a little more than what is acknowledged: the copies are gone before either. */
const cacheCoherence: Invariant = {
  name: "cache coherence",
  states: "No client serves content from its cache after a newer one was written (§2.7).",
  monitor(_cluster, fail) {
    const newest = new Map<string, number>();
    return {
      facts: {
        written({ file, generation }: WrittenFact): void {
          newest.set(file, Math.max(newest.get(file) ?? 0, generation));
        },
        read({ file, generation, cached }: ReadFact, { node }: FactSource): void {
          const now = newest.get(file) ?? 0;
          if (cached && generation < now)
            fail(`${node} served generation ${generation} of ${file} from its cache, when generation ${now} had been written.`);
        },
      },
    };
  },
};

const eventsAreTrue: Invariant = {
  name: "events are true",
  states: "Who was told that a file has changed, and then reads it, sees the change (§2.5).",
  monitor(_cluster, fail) {
    return {
      facts: {
        read({ file, generation, told }: ReadFact, { node }: FactSource): void {
          if (generation < told)
            fail(`${node} read generation ${generation} of ${file}, after it had been told of generation ${told}.`);
        },
      },
    };
  },
};

const oneMaster: Invariant = {
  name: "one master an epoch",
  states: "An epoch has one master, and it takes office in it once (§2.9).",
  monitor(_cluster, fail) {
    const masters = new Map<number, NodeId>();
    return {
      facts: {
        master({ epoch }: MasterFact, { node }: FactSource): void {
          const known = masters.get(epoch);
          if (known !== undefined) fail(`${node} became master in epoch ${epoch}, in which ${known} had become it.`);
          masters.set(epoch, node);
        },
      },
    };
  },
};

export const invariants: readonly Invariant[] = [
  sessionIsKept,
  graceIsGiven,
  mutualExclusion,
  lockDelay,
  noLostWrite,
  cacheCoherence,
  eventsAreTrue,
  oneMaster,
];

export const master: Selector = {
  states: "the master of the latest epoch, while it is up, whether it still leads or not",
  track() {
    let current: NodeId | undefined;
    return {
      facts: {
        master(_fact: MasterFact, { node }: FactSource): void {
          current = node;
        },
      },
      onCrash(node): void {
        if (current === node) current = undefined;
      },
      current: () => current,
    };
  },
};

export const holder: Selector = {
  states: "the client that was the last to begin to hold a lock, and has not left it",
  track() {
    let current: NodeId | undefined;
    return {
      facts: {
        acquired(_fact: AcquiredFact, { node }: FactSource): void {
          current = node;
        },
        left(_fact: object, { node }: FactSource): void {
          if (current === node) current = undefined;
        },
      },
      current: () => current,
    };
  },
};
