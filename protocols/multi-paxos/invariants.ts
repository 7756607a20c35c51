/**
 * Invariants of "Paxos Made Moderately Complex" (A of acceptors, C of commanders, R of replicas) as monitors over facts, and
 * the selector `leader`.
 */

import type { ClusterView, FactSource, Invariant, Monitor, NodeId, Selector } from "../../harness/protocol.ts";
import { type Ballot, compare, majority, nameOf, noBallot, type Slot } from "./messages.ts";
import type { State } from "./state.ts";

/** The facts "accepted" of an acceptor (it is on its disk), "proposed" and "decided" of a leader. */
interface About {
  readonly slot: Slot;
  readonly ballot: Ballot;
  /** The id of the client's request; null in a no-op. */
  readonly request: string | null;
}

/** The fact "recovered", at every start: what the disk holds. */
interface Recovered {
  readonly promised: Ballot;
  /** The last checkpoint's. */
  readonly state: State;
  readonly accepted: readonly About[];
}

/** The fact "performed", of a replica. */
interface Performed {
  readonly slot: Slot;
  readonly request: string | null;
}

/** The facts "checkpoint", and "installed" of a state that came from another server. */
interface Reached {
  readonly state: State;
}

const words = (request: string | null): string => (request === null ? "a no-op" : `request ${request}`);

/** What is there under the key, made when it is not. */
function at<Key, Value>(map: Map<Key, Value>, key: Key, make: () => Value): Value {
  let value = map.get(key);
  if (value === undefined) {
    value = make();
    map.set(key, value);
  }
  return value;
}

/** Calls `hear` for every pvalue that a majority has accepted, when the majority is reached. */
function chosen({ nodes }: ClusterView, hear: (about: About) => void): Pick<Required<Monitor>, "facts">["facts"] {
  const quorum = majority(nodes.length);
  const slots = new Map<Slot, Map<string, Set<NodeId>>>();
  const accepted = (about: About, { node }: FactSource): void => {
    const pvalues = at(slots, about.slot, () => new Map<string, Set<NodeId>>());
    const acceptors = at(pvalues, `${nameOf(about.ballot)} ${about.request}`, () => new Set<NodeId>());
    if (acceptors.has(node)) return;
    acceptors.add(node);
    if (acceptors.size === quorum) hear(about);
  };
  return {
    accepted,
    recovered({ accepted: all }: Recovered, source: FactSource) {
      for (const about of all) accepted(about, source);
    },
  };
}

export const promisesBind: Invariant = {
  name: "promises bind",
  states: "A1, A2: an acceptor's ballot only grows, also across crashes, and it accepts nothing below it.",
  monitor(_cluster, fail) {
    const promised = new Map<NodeId, Ballot>();
    const raise = (node: NodeId, ballot: Ballot): void => {
      if (compare(ballot, promised.get(node) ?? noBallot) > 0) promised.set(node, ballot);
    };
    return {
      facts: {
        promised: ({ ballot }: { ballot: Ballot }, { node }: FactSource) => raise(node, ballot),
        accepted({ slot, ballot }: About, { node }: FactSource) {
          const before = promised.get(node) ?? noBallot;
          if (compare(ballot, before) < 0)
            fail(
              `${node} accepted a command for slot ${slot} under ballot ${nameOf(ballot)}, and had promised ${nameOf(before)}.`,
            );
          raise(node, ballot);
        },
        recovered({ promised: now }: Recovered, { node }: FactSource) {
          const before = promised.get(node) ?? noBallot;
          if (compare(now, before) < 0)
            fail(
              `${node} had promised ballot ${nameOf(before)}, and its disk knows ${now.round === 0 ? "of none" : `only of ${nameOf(now)}`} after a restart.`,
            );
          raise(node, now);
        },
      },
      onWipe: (node) => void promised.delete(node),
    };
  },
};

export const nothingForgotten: Invariant = {
  name: "nothing forgotten",
  states: "A3: an acceptor keeps what it has accepted, also across crashes, until it has a checkpoint behind that slot.",
  monitor(_cluster, fail) {
    const accepted = new Map<NodeId, Map<Slot, Ballot>>();
    return {
      facts: {
        accepted: ({ slot, ballot }: About, { node }: FactSource) =>
          void at(accepted, node, () => new Map<Slot, Ballot>()).set(slot, ballot),
        recovered({ state, accepted: all }: Recovered, { node }: FactSource) {
          const held = new Map(all.map(({ slot, ballot }) => [slot, ballot]));
          for (const [slot, before] of accepted.get(node) ?? []) {
            if (slot <= state.slot || compare(held.get(slot) ?? noBallot, before) >= 0) continue;
            fail(
              `${node} had accepted a command for slot ${slot} under ballot ${nameOf(before)}, and its disk knows nothing of that after a restart.`,
            );
          }
          accepted.set(node, held);
        },
      },
      onWipe: (node) => void accepted.delete(node),
    };
  },
};

export const oneCommandPerBallot: Invariant = {
  name: "one command per ballot and slot",
  states: "C1: under one ballot at most one command is proposed for a slot.",
  monitor(_cluster, fail) {
    const proposed = new Map<string, string | null>();
    return {
      facts: {
        proposed({ slot, ballot, request }: About, { node }: FactSource) {
          const known = at(proposed, `${slot} ${nameOf(ballot)}`, () => request);
          if (known !== request)
            fail(
              `for slot ${slot} and under ballot ${nameOf(ballot)} ${words(known)} was proposed, and then ${words(request)} by ${node}.`,
            );
        },
      },
    };
  },
};

export const chosenIsFinal: Invariant = {
  name: "chosen is final",
  states: "C2: once a majority has accepted a command for a slot, every higher ballot proposes the same for it.",
  monitor(cluster, fail) {
    const slots = new Map<Slot, { lowest?: About; readonly proposed: About[] }>();
    const of = (slot: Slot): { lowest?: About; readonly proposed: About[] } => at(slots, slot, () => ({ proposed: [] }));
    const judge = (lowest: About, proposed: About): void => {
      if (compare(proposed.ballot, lowest.ballot) > 0 && proposed.request !== lowest.request)
        fail(
          `for slot ${lowest.slot} a majority has accepted ${words(lowest.request)} under ballot ${nameOf(lowest.ballot)}, and ballot ${nameOf(proposed.ballot)} proposed ${words(proposed.request)}.`,
        );
    };
    return {
      facts: {
        ...chosen(cluster, (about) => {
          const slot = of(about.slot);
          if (slot.lowest !== undefined && compare(slot.lowest.ballot, about.ballot) <= 0) return;
          slot.lowest = about;
          for (const proposed of slot.proposed) judge(about, proposed);
        }),
        proposed(about: About) {
          const slot = of(about.slot);
          slot.proposed.push(about);
          if (slot.lowest !== undefined) judge(slot.lowest, about);
        },
      },
    };
  },
};

export const oneValuePerSlot: Invariant = {
  name: "one value per slot",
  states: "R1: no two commands are decided for one slot, and a leader decides only what a majority has accepted.",
  monitor(cluster, fail) {
    const accepted = new Set<string>();
    const slots = new Map<Slot, { readonly node: NodeId; readonly request: string | null }>();
    const hear = ({ slot, request }: Performed, node: NodeId): void => {
      const known = at(slots, slot, () => ({ node, request }));
      if (known.request !== request)
        fail(`for slot ${slot} ${known.node} has ${words(known.request)} as decided, and ${node} has ${words(request)}.`);
    };
    return {
      facts: {
        ...chosen(cluster, ({ slot, request }) => void accepted.add(`${slot} ${request}`)),
        decided(about: About, { node }: FactSource) {
          const { slot, ballot, request } = about;
          if (!accepted.has(`${slot} ${request}`))
            fail(
              `${node} took ${words(request)} for decided in slot ${slot} under ballot ${nameOf(ballot)}, and no majority has accepted it.`,
            );
          hear(about, node);
        },
        performed: (performed: Performed, { node }: FactSource) => hear(performed, node),
      },
    };
  },
};

export const inOrder: Invariant = {
  name: "in the order of slots",
  states: "R2, R4: a replica executes every slot once, in order; only a state from elsewhere lets it skip some, and never back.",
  monitor(_cluster, fail) {
    const slots = new Map<NodeId, Slot>();
    return {
      facts: {
        performed({ slot }: Performed, { node }: FactSource) {
          const before = slots.get(node) ?? 0;
          if (slot !== before + 1) fail(`${node} executed slot ${slot} after slot ${before}.`);
          slots.set(node, slot);
        },
        installed({ state }: Reached, { node }: FactSource) {
          const before = slots.get(node) ?? 0;
          if (state.slot <= before) fail(`${node} went back from slot ${before} to a state of slot ${state.slot}.`);
          slots.set(node, state.slot);
        },
        recovered: ({ state }: Recovered, { node }: FactSource) => void slots.set(node, state.slot),
      },
    };
  },
};

export const sameState: Invariant = {
  name: "same state",
  states: "R3: all replicas that have executed the same slots have the same state, sessions included.",
  monitor(_cluster, fail) {
    const states = new Map<Slot, { readonly node: NodeId; readonly text: string }>();
    const hear = ({ state }: Reached, { node }: FactSource): void => {
      const text = JSON.stringify(state);
      const known = at(states, state.slot, () => ({ node, text }));
      if (known.text !== text)
        fail(`behind slot ${state.slot} the state of ${known.node} was ${known.text}, and that of ${node} is ${text}.`);
    };
    return { facts: { checkpoint: hear, installed: hear, recovered: hear } };
  },
};

export const invariants: readonly Invariant[] = [
  promisesBind,
  nothingForgotten,
  oneCommandPerBallot,
  chosenIsFinal,
  oneValuePerSlot,
  inOrder,
  sameState,
];

/** Nobody, while the latest leader is down or has stepped down. */
export const leader: Selector = {
  states: "The server that came to lead under the highest ballot so far, while it leads.",
  track(): Monitor & { current(): NodeId | undefined } {
    let current: NodeId | undefined;
    let highest = noBallot;
    const lose = (node: NodeId): void => {
      if (current === node) current = undefined;
    };
    return {
      facts: {
        leader({ ballot }: { ballot: Ballot }, { node }: FactSource) {
          if (compare(ballot, highest) < 0) return;
          highest = ballot;
          current = node;
        },
        "stepped-down"({ ballot }: { ballot: Ballot }, { node }: FactSource) {
          if (compare(ballot, highest) === 0) lose(node);
        },
      },
      onCrash: lose,
      current: () => current,
    };
  },
};
