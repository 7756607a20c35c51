/** The rules AC1, AC2, AC3 and AC5 of Bernstein, Hadzilacos and Goodman (7.3), and that a vote binds, as monitors over facts. */

import type { FactSource, Invariant, NodeId } from "../../harness/protocol.ts";
import type { Balances } from "../../harness/workloads/bank.ts";
import type { Outcome, Txn } from "./messages.ts";

/** The fact "decided", of the coordinator: a commit is on its log. */
export interface Decided {
  readonly txn: Txn;
  readonly outcome: Outcome;
  readonly participants: readonly NodeId[];
}

/** The fact "prepared", of a participant: it is on its log, and a yes may be told. */
export interface Prepared {
  readonly txn: Txn;
  readonly changes: Balances;
  /** For how long it may be in doubt, if the scenario says. */
  readonly limitMs?: number;
}

/** The facts "committed" and "aborted", of a participant: it knows the outcome and has done as it says. */
export interface Concluded {
  readonly txn: Txn;
}

/** The fact "recovered", of both, at every start: all that the log holds. */
export interface Recovered {
  readonly prepared: readonly Txn[];
  readonly committed: readonly Txn[];
  readonly aborted: readonly Txn[];
}

type Hear = (txn: Txn, outcome: Outcome, node: NodeId) => void;

/** Hears every outcome that a node states, also when it states it again. */
function outcomes(hear: Hear): Record<string, (data: never, source: FactSource) => void> {
  return {
    decided: ({ txn, outcome }: Decided, { node }: FactSource) => hear(txn, outcome, node),
    committed: ({ txn }: Concluded, { node }: FactSource) => hear(txn, "commit", node),
    aborted: ({ txn }: Concluded, { node }: FactSource) => hear(txn, "abort", node),
    recovered: ({ committed, aborted }: Recovered, { node }: FactSource) => {
      for (const txn of committed) hear(txn, "commit", node);
      for (const txn of aborted) hear(txn, "abort", node);
    },
  };
}

const done: Record<Outcome, string> = { commit: "committed", abort: "aborted" };

const atomicity: Invariant = {
  name: "atomicity",
  states: "All who reach a decision on a transaction, the coordinator among them, reach the same one (AC1).",
  monitor(_cluster, fail) {
    const first = new Map<Txn, { readonly outcome: Outcome; readonly node: NodeId }>();
    return {
      facts: outcomes((txn, outcome, node) => {
        const known = first.get(txn);
        if (known === undefined) first.set(txn, { outcome, node });
        else if (known.outcome !== outcome)
          fail(`${node} has ${done[outcome]} transaction ${txn}, which ${known.node} has ${done[known.outcome]}.`);
      }),
    };
  },
};

const stableDecision: Invariant = {
  name: "stable decision",
  states: "Nobody reverses a decision, and nobody forgets a commit, not even in a crash (AC2).",
  monitor(_cluster, fail) {
    const known = new Map<NodeId, Map<Txn, Outcome>>();
    const of = (node: NodeId): Map<Txn, Outcome> => {
      const decisions = known.get(node) ?? new Map<Txn, Outcome>();
      known.set(node, decisions);
      return decisions;
    };
    const hearing = outcomes((txn, outcome, node) => {
      const before = of(node).get(txn);
      if (before !== undefined && before !== outcome)
        fail(`${node} had ${done[before]} transaction ${txn} and has ${done[outcome]} it now.`);
      of(node).set(txn, outcome);
    });
    return {
      facts: {
        ...hearing,
        recovered(recovered: Recovered, source: FactSource) {
          hearing["recovered"]!(recovered as never, source);
          const { node } = source;
          const held = new Set(recovered.committed);
          for (const [txn, outcome] of of(node))
            if (outcome === "commit" && !held.has(txn))
              fail(`${node} had committed transaction ${txn}, and its log knows nothing of it after a restart.`);
        },
      },
      onWipe: (node) => void known.delete(node),
    };
  },
};

const unanimity: Invariant = {
  name: "unanimity",
  states: "The coordinator commits only what every participant has voted yes on (AC3).",
  monitor(_cluster, fail) {
    const prepared = new Map<Txn, Set<NodeId>>();
    const prepare = (txn: Txn, node: NodeId): void => void (prepared.get(txn)?.add(node) ?? prepared.set(txn, new Set([node])));
    return {
      facts: {
        prepared: ({ txn }: Prepared, { node }: FactSource) => prepare(txn, node),
        recovered({ prepared: inDoubt }: Recovered, { node }: FactSource) {
          for (const txn of inDoubt) prepare(txn, node);
        },
        decided({ txn, outcome, participants }: Decided, { node }: FactSource) {
          const missing = participants.find((participant) => !prepared.get(txn)?.has(participant));
          if (outcome === "commit" && missing !== undefined)
            fail(`${node} decided to commit transaction ${txn}, but ${missing} had not voted yes on it.`);
        },
      },
    };
  },
};

const votesBind: Invariant = {
  name: "votes bind",
  states: "A participant that was ready to vote yes knows of the transaction ever after, not even a crash excepted.",
  monitor(_cluster, fail) {
    const promised = new Map<NodeId, Set<Txn>>();
    return {
      facts: {
        prepared: ({ txn }: Prepared, { node }: FactSource) =>
          void (promised.get(node)?.add(txn) ?? promised.set(node, new Set([txn]))),
        recovered({ prepared, committed, aborted }: Recovered, { node }: FactSource) {
          const held = new Set([...prepared, ...committed, ...aborted]);
          for (const txn of promised.get(node) ?? [])
            if (!held.has(txn))
              fail(`${node} was ready to commit transaction ${txn}, and its log knows nothing of it after a restart.`);
        },
      },
      onWipe: (node) => void promised.delete(node),
    };
  },
};

/**
 * Reads are left out, and what was prepared after the heal: a run ends when the last client is answered, and then no
 * changed account is locked (that answer was a read of them all), but who keeps one for reading may not have asked yet.
 */
const decided: Invariant = {
  name: "decided",
  states: "A participant that had voted yes on a change before the heal knows the outcome by the end (AC5).",
  monitor(_cluster, fail) {
    const inDoubt = new Map<NodeId, Set<Txn>>();
    let healed = false;
    const know = (txn: Txn, node: NodeId): void => void inDoubt.get(node)?.delete(txn);
    return {
      facts: {
        prepared({ txn, changes }: Prepared, { node }: FactSource) {
          if (healed || Object.keys(changes).length === 0) return;
          const those = inDoubt.get(node) ?? new Set<Txn>();
          inDoubt.set(node, those.add(txn));
        },
        committed: ({ txn }: Concluded, { node }: FactSource) => know(txn, node),
        aborted: ({ txn }: Concluded, { node }: FactSource) => know(txn, node),
        recovered({ committed, aborted }: Recovered, { node }: FactSource) {
          for (const txn of [...committed, ...aborted]) know(txn, node);
        },
      },
      onWipe: (node) => void inDoubt.delete(node),
      onHeal() {
        healed = true;
      },
      end() {
        for (const [node, those] of inDoubt)
          for (const txn of those)
            fail(`${node} was ready to commit transaction ${txn} before the heal, and has not learned what became of it.`);
      },
    };
  },
};

/**
 * No theorem: two-phase commit blocks for as long as the coordinator is dead and all others are in doubt (Skeen 1981). Under
 * a limit this tells for how long that was.
 */
const boundedBlocking: Invariant = {
  name: "bounded blocking",
  states: "No participant is in doubt for longer than the option in-doubt-limit says; without one, for any time.",
  monitor(_cluster, fail) {
    const since = new Map<NodeId, Map<Txn, { readonly fromMs: number; readonly limitMs: number }>>();
    const judge = (txn: Txn, node: NodeId, atMs: number): void => {
      const { fromMs, limitMs } = since.get(node)!.get(txn)!;
      const forMs = Math.round(atMs - fromMs);
      if (atMs - fromMs > limitMs)
        fail(`${node} was in doubt about transaction ${txn} for ${forMs} ms, and the limit is ${limitMs} ms.`);
    };
    const know = (txn: Txn, { node, atMs }: FactSource): void => {
      if (!since.get(node)?.has(txn)) return;
      judge(txn, node, atMs);
      since.get(node)!.delete(txn);
    };
    return {
      facts: {
        prepared({ txn, limitMs }: Prepared, { node, atMs }: FactSource) {
          if (limitMs === undefined) return;
          const those = since.get(node) ?? new Map();
          since.set(node, those.set(txn, { fromMs: atMs, limitMs }));
        },
        committed: ({ txn }: Concluded, source: FactSource) => know(txn, source),
        aborted: ({ txn }: Concluded, source: FactSource) => know(txn, source),
        recovered({ committed, aborted }: Recovered, source: FactSource) {
          for (const txn of [...committed, ...aborted]) know(txn, source);
        },
      },
      onWipe: (node) => void since.delete(node),
      end(atMs) {
        for (const [node, those] of since) for (const txn of those.keys()) judge(txn, node, atMs);
      },
    };
  },
};

export const invariants: readonly Invariant[] = [atomicity, stableDecision, unanimity, votesBind, decided, boundedBlocking];
