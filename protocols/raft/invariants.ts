/** The five properties of Figure 3 and one of Figure 2 as monitors over facts, and the selector `leader`. */

import type { FactSource, Invariant, Monitor, NodeId, Selector } from "../../harness/protocol.ts";

interface Fact {
  readonly index: number;
  readonly term: number;
  /** Undefined for the last entry that a snapshot includes: nothing but its place is known. */
  readonly request?: string | null;
}

interface Recovered {
  readonly snapshot?: Fact;
  readonly entries: readonly Fact[];
}

interface Installed extends Fact {
  /** How far the log goes now: no farther than the snapshot, unless what stood behind was kept. */
  readonly length: number;
}

/**
 * A server's log, as far as facts tell: what stands behind an entry that a snapshot has taken the place of. What a server itself
 * compacts stays known here; what it recovers or is sent as a snapshot does not.
 */
class Log {
  private base: Fact | undefined;
  private entries: Fact[] = [];

  get lastIndex(): number {
    return this.first - 1 + this.entries.length;
  }

  /** The first index that is known in full. */
  get first(): number {
    return (this.base?.index ?? 0) + 1;
  }

  at(index: number): Fact | undefined {
    return index === this.base?.index ? this.base : this.entries[index - this.first];
  }

  append(entry: Fact): void {
    this.truncate(entry.index - 1);
    this.entries.push(entry);
  }

  truncate(length: number): void {
    const kept = Math.max(0, length - this.first + 1);
    if (this.entries.length > kept) this.entries.length = kept;
  }

  replace({ snapshot, entries }: Recovered): void {
    this.base = snapshot;
    this.entries = [...entries];
  }

  install({ index, term, length }: Installed): void {
    const behind = length > index ? this.entries.slice(index - this.first + 1) : [];
    this.replace({ snapshot: { index, term }, entries: behind });
  }

  copy(): Log {
    const copy = new Log();
    copy.base = this.base;
    copy.entries = [...this.entries];
    return copy;
  }
}

/** All servers' logs. A crashed server's log is unknown until it says what it recovered. */
class Logs {
  private readonly logs = new Map<NodeId, Log>();

  of(node: NodeId): Log {
    let log = this.logs.get(node);
    if (log === undefined) {
      log = new Log();
      this.logs.set(node, log);
    }
    return log;
  }

  /** Follows what servers say of their logs. */
  follow(): Required<Pick<Monitor, "onCrash">> & { readonly facts: NonNullable<Monitor["facts"]> } {
    return {
      facts: {
        appended: (entry: Fact, { node }: FactSource) => this.of(node).append(entry),
        truncated: ({ length }: { length: number }, { node }: FactSource) => this.of(node).truncate(length),
        recovered: (recovered: Recovered, { node }: FactSource) => this.of(node).replace(recovered),
        installed: (installed: Installed, { node }: FactSource) => this.of(node).install(installed),
      },
      onCrash: (node) => this.logs.delete(node),
    };
  }
}

function name(entry: Fact | undefined): string {
  if (entry === undefined) return "nothing";
  const { request, term } = entry;
  if (request === undefined) return `an entry of term ${term}`;
  if (request === null) return `the no-op of term ${term}`;
  return request.startsWith("members ") ? `${request} of term ${term}` : `request ${request} of term ${term}`;
}

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
        installed({ length }: Installed, { node }: FactSource) {
          const term = terms.get(node);
          if (term !== undefined) fail(`${node}, leader of term ${term}, gave up its log for a snapshot.`);
          lengths.set(node, length);
        },
        recovered({ snapshot, entries }: Recovered, { node }: FactSource) {
          lengths.set(node, (snapshot?.index ?? 0) + entries.length);
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
    const follow = logs.follow();
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
      ...follow,
      facts: {
        ...follow.facts,
        appended(entry: Fact, { node }: FactSource) {
          const log = logs.of(node);
          check(node, entry, log.at(entry.index - 1));
          log.append(entry);
        },
        recovered(recovered: Recovered, { node }: FactSource) {
          const { snapshot, entries } = recovered;
          for (let i = 0; i < entries.length; i += 1) check(node, entries[i]!, i === 0 ? snapshot : entries[i - 1]);
          logs.of(node).replace(recovered);
        },
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
    const follow = logs.follow();
    /** By index less one. */
    const committed: ({ entry: Fact; term: number; by: NodeId } | undefined)[] = [];
    const elections: { node: NodeId; term: number; log: Log }[] = [];
    const judge = (index: number, leader: { node: NodeId; term: number; log: Log }): void => {
      const { log } = leader;
      // What a snapshot includes cannot be compared; the entry that it ends with can.
      const at = Math.max(index, log.first - 1);
      const commitment = committed[at - 1];
      if (commitment === undefined || (commitment.term >= leader.term && at > index)) return;
      const { entry, term, by } = commitment;
      const held = log.at(at);
      if (held?.term === entry.term && (held.request === undefined || held.request === entry.request)) return;
      const has = held === undefined ? `ended at ${log.lastIndex}` : `held ${name(held)} there`;
      fail(
        `${by} committed entry ${at}, ${name(entry)}, in term ${term}; ${leader.node}, elected in term ${leader.term}, ${has}.`,
      );
    };
    return {
      ...follow,
      facts: {
        ...follow.facts,
        committed({ index, term }: { index: number; term: number }, { node }: FactSource) {
          const log = logs.of(node);
          const last = Math.min(index, log.lastIndex);
          for (let i = committed.length + 1; i <= last; i += 1) {
            const entry = i < log.first ? undefined : log.at(i);
            committed.push(entry === undefined ? undefined : { entry, term, by: node });
          }
          // An older leader says so late: what it committed was so in its term already.
          for (let i = last; i >= log.first && (committed[i - 1]?.term ?? term) > term; i -= 1)
            committed[i - 1] = { entry: log.at(i)!, term, by: node };
          if (index <= committed.length) for (const leader of elections) if (leader.term > term) judge(index, leader);
        },
        leader({ term }: { term: number }, { node }: FactSource) {
          const leader = { node, term, log: logs.of(node).copy() };
          elections.push(leader);
          let last = committed.length;
          while (last > 0 && (committed[last - 1]?.term ?? term) >= term) last -= 1;
          if (last > 0) judge(last, leader);
        },
      },
    };
  },
};

export const stateMachineSafety: Invariant = {
  name: "state machine safety",
  states: "No two servers apply different entries at the same index, be it from their logs or within a snapshot (§5.4.3, §7).",
  monitor(_cluster, fail) {
    const applied: { node: NodeId; entry: Fact }[] = [];
    const check = (snapshot: Fact, node: NodeId, what: string): void => {
      const known = applied[snapshot.index - 1];
      if (known === undefined || known.entry.term === snapshot.term) return;
      fail(
        `at index ${snapshot.index} ${known.node} applied ${name(known.entry)}, and ${node} ${what} a snapshot that ends there with ${name(snapshot)}.`,
      );
    };
    return {
      facts: {
        applied(entry: Fact, { node }: FactSource) {
          const known = applied[entry.index - 1];
          if (known === undefined) applied[entry.index - 1] = { node, entry };
          else if (known.entry.term !== entry.term || known.entry.request !== entry.request)
            fail(`at index ${entry.index} ${known.node} applied ${name(known.entry)} and ${node} applied ${name(entry)}.`);
        },
        compacted: ({ index, term }: Fact, { node }: FactSource) => check({ index, term }, node, "took"),
        installed: ({ index, term }: Fact, { node }: FactSource) => check({ index, term }, node, "installed"),
        recovered({ snapshot }: Recovered, { node }: FactSource) {
          if (snapshot !== undefined) check(snapshot, node, "recovered");
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
