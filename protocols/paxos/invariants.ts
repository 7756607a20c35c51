/** The safety requirements and the properties P1a to P2b of "Paxos Made Simple", §2.1 and §2.2, as monitors over facts. */

import type { ClusterView, FactSource, Invariant, Monitor, NodeId, Selector } from "../../harness/protocol.ts";
import { type Ballot, compare, type Decree, majority, nameOf, noBallot, type Proposal, type Value } from "./messages.ts";

/** The fact "requested", of a proposer: a client wants this value. */
interface Requested {
  readonly decree: Decree;
  readonly value: Value;
}

/** The fact "promised", of an acceptor: it is on its disk. */
interface Promised {
  readonly decree: Decree;
  readonly ballot: Ballot;
}

/**
 * The facts "issued" of a proposer, "accepted" of an acceptor (it is on its disk) and "learned" of whoever takes it for chosen.
 */
interface About extends Proposal {
  readonly decree: Decree;
}

/** The fact "recovered", of an acceptor, at every start: all that its ledger holds. */
interface Recovered {
  readonly votes: readonly { readonly decree: Decree; readonly promised: Ballot; readonly accepted: Proposal | null }[];
}

/** One of each, by decree. */
function perDecree<State>(make: () => State): (decree: Decree) => State {
  const all = new Map<Decree, State>();
  return (decree) => {
    let state = all.get(decree);
    if (state === undefined) {
      state = make();
      all.set(decree, state);
    }
    return state;
  };
}

/** Calls `hear` for every proposal that a majority of the acceptors has accepted, when the majority is reached. */
function chosen(
  { nodes, role }: ClusterView,
  hear: (about: About) => void,
): { accepted(about: About, source: FactSource): void; recovered(recovered: Recovered, source: FactSource): void } {
  const quorum = majority(nodes.filter((node) => role(node) === "acceptor").length);
  const votes = perDecree(() => new Map<string, Set<NodeId>>());
  const accepted = (about: About, { node }: FactSource): void => {
    const of = votes(about.decree);
    const name = `${nameOf(about.ballot)} ${about.value}`;
    const voters = of.get(name) ?? new Set<NodeId>();
    of.set(name, voters);
    if (voters.has(node)) return;
    voters.add(node);
    if (voters.size === quorum) hear(about);
  };
  return {
    accepted,
    recovered({ votes }, source) {
      for (const { decree, accepted: proposal } of votes) if (proposal !== null) accepted({ decree, ...proposal }, source);
    },
  };
}

export const validity: Invariant = {
  name: "validity",
  states: "Only a value that has been proposed may be chosen.",
  monitor(cluster, fail) {
    const requested = perDecree(() => new Set<Value>());
    return {
      facts: {
        requested: ({ decree, value }: Requested) => void requested(decree).add(value),
        ...chosen(cluster, ({ decree, ballot, value }) => {
          if (!requested(decree).has(value))
            fail(`proposal ${nameOf(ballot)} for ${value} was chosen on ${decree}, and no client had proposed ${value}.`);
        }),
      },
    };
  },
};

export const agreement: Invariant = {
  name: "agreement",
  states: "Only a single value is chosen.",
  monitor(cluster, fail) {
    const first = perDecree((): { about?: About } => ({}));
    return {
      facts: {
        ...chosen(cluster, (about) => {
          const { decree, ballot, value } = about;
          const known = first(decree);
          if (known.about === undefined) known.about = about;
          else if (known.about.value !== value) {
            const { about: before } = known;
            fail(
              `on ${decree} proposal ${nameOf(before.ballot)} for ${before.value} was chosen, and then proposal ${nameOf(ballot)} for ${value}.`,
            );
          }
        }),
      },
    };
  },
};

export const learnedIsChosen: Invariant = {
  name: "learned is chosen",
  states: "A process never learns that a value has been chosen unless it actually has been.",
  monitor(cluster, fail) {
    const values = perDecree(() => new Set<Value>());
    return {
      facts: {
        ...chosen(cluster, ({ decree, value }) => void values(decree).add(value)),
        learned({ decree, ballot, value }: About, { node }: FactSource) {
          if (!values(decree).has(value))
            fail(
              `${node} learned ${value} on ${decree}, from proposal ${nameOf(ballot)}, and no majority has accepted ${value}.`,
            );
        },
      },
    };
  },
};

export const promisesBind: Invariant = {
  name: "promises bind",
  states:
    "P1a: an acceptor accepts nothing numbered less than what it has promised, and forgets no promise, not even in a crash.",
  monitor(_cluster, fail) {
    const promised = new Map<NodeId, Map<Decree, Ballot>>();
    const of = (node: NodeId): Map<Decree, Ballot> => {
      const all = promised.get(node) ?? new Map<Decree, Ballot>();
      promised.set(node, all);
      return all;
    };
    return {
      facts: {
        promised: ({ decree, ballot }: Promised, { node }: FactSource) => void of(node).set(decree, ballot),
        accepted({ decree, ballot }: About, { node }: FactSource) {
          const before = of(node).get(decree) ?? noBallot;
          if (compare(ballot, before) < 0)
            fail(`${node} accepted proposal ${nameOf(ballot)} on ${decree}, and had promised ${nameOf(before)}.`);
          of(node).set(decree, ballot);
        },
        recovered({ votes }: Recovered, { node }: FactSource) {
          const held = new Map(votes.map(({ decree, promised }) => [decree, promised]));
          for (const [decree, before] of of(node)) {
            const now = held.get(decree) ?? noBallot;
            if (compare(now, before) < 0)
              fail(
                `${node} had promised ${nameOf(before)} on ${decree}, and ${now === noBallot ? "nothing is" : `only ${nameOf(now)} is`} in its ledger after a restart.`,
              );
          }
          for (const [decree, now] of held) of(node).set(decree, now);
        },
      },
      onWipe: (node) => void promised.delete(node),
    };
  },
};

export const numbersAreUnique: Invariant = {
  name: "numbers are unique",
  states: "Different proposals have different numbers.",
  monitor(_cluster, fail) {
    const issued = perDecree(() => new Map<string, { readonly value: Value; readonly by: NodeId }>());
    return {
      facts: {
        issued({ decree, ballot, value }: About, { node }: FactSource) {
          const name = nameOf(ballot);
          const known = issued(decree).get(name);
          if (known === undefined) issued(decree).set(name, { value, by: node });
          else if (known.value !== value)
            fail(
              `on ${decree} proposal ${name} was for ${known.value} when ${known.by} issued it, and for ${value} when ${node} did.`,
            );
        },
      },
    };
  },
};

export const chosenBinds: Invariant = {
  name: "chosen binds",
  states: "P2b: when a value is chosen, every higher-numbered proposal issued by any proposer has that value.",
  monitor(cluster, fail) {
    const decrees = perDecree((): { lowest?: About; issued: About[] } => ({ issued: [] }));
    const judge = (lowest: About, issued: About): void => {
      if (compare(issued.ballot, lowest.ballot) > 0 && issued.value !== lowest.value)
        fail(
          `on ${lowest.decree} proposal ${nameOf(lowest.ballot)} for ${lowest.value} was chosen, and the higher-numbered ${nameOf(issued.ballot)} was issued for ${issued.value}.`,
        );
    };
    return {
      facts: {
        issued(about: About) {
          const state = decrees(about.decree);
          state.issued.push(about);
          if (state.lowest !== undefined) judge(state.lowest, about);
        },
        ...chosen(cluster, (about) => {
          const state = decrees(about.decree);
          if (state.lowest !== undefined && compare(state.lowest.ballot, about.ballot) <= 0) return;
          state.lowest = about;
          for (const issued of state.issued) judge(about, issued);
        }),
      },
    };
  },
};

export const invariants: readonly Invariant[] = [
  validity,
  agreement,
  learnedIsChosen,
  promisesBind,
  numbersAreUnique,
  chosenBinds,
];

/** Nobody while all proposers are down. Two may think themselves it: this is the one that would be right. */
export const president: Selector = {
  states: "The proposer with the last name among those that are up.",
  track({ nodes, role }): Monitor & { current(): NodeId | undefined } {
    const up = new Set(nodes.filter((node) => role(node) === "proposer"));
    return {
      onCrash: (node) => void up.delete(node),
      onRestart(node) {
        if (role(node) === "proposer") up.add(node);
      },
      current: () =>
        [...up].reduce<NodeId | undefined>((last, name) => (last === undefined || name > last ? name : last), undefined),
    };
  },
};
