/** The five properties of Figure 3 and one of Figure 2 as monitors over facts, and the selector `leader`. */

import type { FactSource, Invariant, Monitor, NodeId, Selector } from "../../harness/protocol.ts";

interface Fact {
  readonly index: number;
  readonly term: number;
  readonly request: string | null;
}

/** The servers' logs, as far as facts tell. A crashed server's log is unknown until it says what it recovered. */
class Logs {
  private readonly logs = new Map<NodeId, Fact[]>();

  of(node: NodeId): Fact[] {
    let log = this.logs.get(node);
    if (log === undefined) {
      log = [];
      this.logs.set(node, log);
    }
    return log;
  }

  append(node: NodeId, entry: Fact): void {
    const log = this.of(node);
    if (log.length !== entry.index - 1) log.length = entry.index - 1;
    log.push(entry);
  }

  truncate(node: NodeId, length: number): void {
    this.of(node).length = length;
  }

  replace(node: NodeId, entries: readonly Fact[]): void {
    this.logs.set(node, [...entries]);
  }
}

const name = (entry: Fact | undefined): string =>
  entry === undefined ? "nothing" : `${entry.request === null ? "the no-op" : `request ${entry.request}`} of term ${entry.term}`;

export const electionSafety: Invariant = {
  name: "election safety",
  states: "At most one leader is elected in a term (§5.2).",
  monitor(_cluster, fail) {
    const leaders = new Map<number, NodeId>();
    return {
      facts: {
        leader({ term }: { term: number }, { node }: FactSource) {
          const other = leaders.get(term);
          if (other === node)
            fail(`${node} was elected leader of term ${term} a second time; the first time it crashed and forgot.`);
          else if (other !== undefined) fail(`${node} was elected leader of term ${term}, which had elected ${other} already.`);
          leaders.set(term, node);
        },
      },
    };
  },
};

export const leaderAppendOnly: Invariant = {
  name: "leader append-only",
  states: "A leader never overwrites or deletes entries in its log; it only appends (§5.3).",
  monitor(_cluster, fail) {
    const terms = new Map<NodeId, number>();
    const lengths = new Map<NodeId, number>();
    const stop = (node: NodeId): void => {
      terms.delete(node);
    };
    return {
      facts: {
        leader({ term }: { term: number }, { node }: FactSource) {
          terms.set(node, term);
        },
        "stepped-down"(_: object, { node }: FactSource) {
          stop(node);
        },
        appended({ index }: Fact, { node }: FactSource) {
          const term = terms.get(node);
          const length = lengths.get(node) ?? 0;
          if (term !== undefined && index <= length)
            fail(`${node}, leader of term ${term}, wrote over entry ${index} of its log, which had ${length}.`);
          lengths.set(node, index);
        },
        truncated({ length }: { length: number }, { node }: FactSource) {
          const term = terms.get(node);
          if (term !== undefined) fail(`${node}, leader of term ${term}, cut its log back to ${length} entries.`);
          lengths.set(node, length);
        },
        recovered({ entries }: { entries: readonly Fact[] }, { node }: FactSource) {
          lengths.set(node, entries.length);
        },
      },
      onCrash(node) {
        stop(node);
        lengths.delete(node);
      },
    };
  },
};

/**
 * Holds by induction when every (index, term) stands for one request and one predecessor, so each entry is looked at
 * once. Entries lost in a crash need no care: whoever created them does not lead that term any more.
 */
export const logMatching: Invariant = {
  name: "log matching",
  states: "If two logs hold an entry of the same index and term, they are identical up to it (§5.3).",
  monitor(_cluster, fail) {
    const logs = new Logs();
    /** By term and index: who stated it first, and behind what. */
    const first = new Map<number, { node: NodeId; entry: Fact; before: Fact | undefined }>();
    const check = (node: NodeId, entry: Fact, before: Fact | undefined): void => {
      const key = entry.term * 2 ** 26 + entry.index;
      const known = first.get(key);
      if (known === undefined) {
        first.set(key, { node, entry, before });
        return;
      }
      const which = `entry ${entry.index} of term ${entry.term}`;
      if (known.entry.request !== entry.request)
        fail(`${which} is ${name(known.entry)} in ${known.node}'s log and ${name(entry)} in ${node}'s.`);
      else if (known.before?.term !== before?.term)
        fail(`${which} stands behind ${name(known.before)} in ${known.node}'s log and behind ${name(before)} in ${node}'s.`);
    };
    return {
      facts: {
        appended(entry: Fact, { node }: FactSource) {
          check(node, entry, logs.of(node)[entry.index - 2]);
          logs.append(node, entry);
        },
        truncated({ length }: { length: number }, { node }: FactSource) {
          logs.truncate(node, length);
        },
        recovered({ entries }: { entries: readonly Fact[] }, { node }: FactSource) {
          for (let i = 0; i < entries.length; i += 1) check(node, entries[i]!, entries[i - 1]);
          logs.replace(node, entries);
        },
      },
      onCrash(node) {
        logs.replace(node, []);
      },
    };
  },
};

/**
 * A leader states how far it has committed, so its log says what. Each commitment is looked at once, and per leader only the
 * last entry that it must hold: that those before it agree is log matching, which has a monitor of its own. A leader of
 * an older term may learn late that it had committed; then later leaders are compared as they were when elected.
 */
export const leaderCompleteness: Invariant = {
  name: "leader completeness",
  states: "An entry committed in a term is in the logs of the leaders of all later terms (§5.4).",
  monitor(_cluster, fail) {
    const logs = new Logs();
    const committed: { entry: Fact; term: number; by: NodeId }[] = [];
    const elections: { node: NodeId; term: number; log: readonly Fact[] }[] = [];
    const judge = (index: number, leader: { node: NodeId; term: number; log: readonly Fact[] }): void => {
      const { entry, term, by } = committed[index - 1]!;
      const held = leader.log[index - 1];
      if (held?.term === entry.term && held.request === entry.request) return;
      const has = held === undefined ? `ended at ${leader.log.length}` : `held ${name(held)} there`;
      fail(
        `${by} committed entry ${index}, ${name(entry)}, in term ${term}; ${leader.node}, elected in term ${leader.term}, ${has}.`,
      );
    };
    return {
      facts: {
        appended(entry: Fact, { node }: FactSource) {
          logs.append(node, entry);
        },
        truncated({ length }: { length: number }, { node }: FactSource) {
          logs.truncate(node, length);
        },
        recovered({ entries }: { entries: readonly Fact[] }, { node }: FactSource) {
          logs.replace(node, entries);
        },
        committed({ index, term }: { index: number; term: number }, { node }: FactSource) {
          const log = logs.of(node);
          for (let i = committed.length; i < index && i < log.length; i += 1) committed.push({ entry: log[i]!, term, by: node });
          // An older leader says so late: what it committed was so in its term already.
          for (let i = Math.min(index, committed.length, log.length) - 1; i >= 0 && committed[i]!.term > term; i -= 1)
            committed[i] = { entry: log[i]!, term, by: node };
          if (index <= committed.length) for (const leader of elections) if (leader.term > term) judge(index, leader);
        },
        leader({ term }: { term: number }, { node }: FactSource) {
          const leader = { node, term, log: [...logs.of(node)] };
          elections.push(leader);
          let last = committed.length;
          while (last > 0 && committed[last - 1]!.term >= term) last -= 1;
          if (last > 0) judge(last, leader);
        },
      },
      onCrash(node) {
        logs.replace(node, []);
      },
    };
  },
};

export const stateMachineSafety: Invariant = {
  name: "state machine safety",
  states: "No two servers apply different entries at the same index (§5.4.3).",
  monitor(_cluster, fail) {
    const applied: { node: NodeId; entry: Fact }[] = [];
    return {
      facts: {
        applied(entry: Fact, { node }: FactSource) {
          const known = applied[entry.index - 1];
          if (known === undefined) applied[entry.index - 1] = { node, entry };
          else if (known.entry.term !== entry.term || known.entry.request !== entry.request)
            fail(`at index ${entry.index} ${known.node} applied ${name(known.entry)} and ${node} applied ${name(entry)}.`);
        },
      },
    };
  },
};

export const monotonicTerms: Invariant = {
  name: "monotonic terms",
  states: "A server's currentTerm only grows, also across crashes (Figure 2).",
  monitor(_cluster, fail) {
    const highest = new Map<NodeId, number>();
    return {
      facts: {
        term({ term }: { term: number }, { node }: FactSource) {
          const before = highest.get(node) ?? 0;
          if (term < before) fail(`${node} is in term ${term}, and has been in term ${before} before.`);
          highest.set(node, term);
        },
      },
      onWipe(node) {
        highest.delete(node);
      },
    };
  },
};

export const invariants: readonly Invariant[] = [
  electionSafety,
  leaderAppendOnly,
  logMatching,
  leaderCompleteness,
  stateMachineSafety,
  monotonicTerms,
];

/** Nobody, while the latest leader is down or has stepped down. */
export const leader: Selector = {
  states: "The server that was elected in the highest term so far, while it leads.",
  track(): Monitor & { current(): NodeId | undefined } {
    let current: NodeId | undefined;
    let highest = 0;
    const lose = (node: NodeId): void => {
      if (current === node) current = undefined;
    };
    return {
      facts: {
        leader({ term }: { term: number }, { node }: FactSource) {
          if (term < highest) return;
          highest = term;
          current = node;
        },
        "stepped-down"({ term }: { term: number }, { node }: FactSource) {
          if (term === highest) lose(node);
        },
      },
      onCrash: lose,
      current: () => current,
    };
  },
};
