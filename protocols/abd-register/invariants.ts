/** What the proof of ABD stands on: what a replica held or promised stays held, and a timestamp belongs to one value. */

import type { FactSource, Invariant, NodeId } from "../../harness/protocol.ts";
import { isNewer, type Timestamp } from "./messages.ts";

/** The fact "holds": from here on this replica durably holds this copy. */
export interface Holds extends Timestamp {
  readonly key: string;
  readonly value: unknown;
}

/** The fact "acknowledged": this replica has told a coordinator that it holds this copy, or a newer one. */
export interface Acknowledged extends Timestamp {
  readonly key: string;
}

const name = ({ counter, writer }: Timestamp): string => (counter === 0 ? "nothing" : `${counter}.${writer}`);
const of = (key: string): string => (key === "" ? "" : ` of ${key}`);

/** The newest timestamp of each replica's registers, by what was stated of them. */
class Newest<T extends Timestamp & { readonly key: string }> {
  private readonly known = new Map<NodeId, Map<string, T>>();

  get(node: NodeId, key: string): T | undefined {
    return this.known.get(node)?.get(key);
  }

  put(node: NodeId, stated: T): void {
    const registers = this.known.get(node) ?? new Map<string, T>();
    const before = registers.get(stated.key);
    if (before === undefined || isNewer(stated, before)) registers.set(stated.key, stated);
    this.known.set(node, registers);
  }

  /** Only an empty disk may forget. */
  forget(node: NodeId): void {
    this.known.delete(node);
  }
}

const timestampsOnlyGrow: Invariant = {
  name: "timestamps only grow",
  states: "What a replica holds never becomes older, not even in a crash.",
  monitor(_cluster, fail) {
    const held = new Newest<Holds>();
    return {
      facts: {
        holds(now: Holds, { node }: FactSource): void {
          const before = held.get(node, now.key);
          if (before !== undefined && isNewer(before, now)) {
            fail(`${node} held the copy ${name(before)}${of(now.key)} and now holds ${name(now)}, which is older.`);
          }
          held.put(node, now);
        },
      },
      onWipe: (node) => held.forget(node),
    };
  },
};

const acknowledgedIsHeld: Invariant = {
  name: "acknowledged is held",
  states: "A replica that has acknowledged a copy holds it, or a newer one, ever after, not even a crash excepted.",
  monitor(_cluster, fail) {
    const promised = new Newest<Acknowledged>();
    return {
      facts: {
        acknowledged(copy: Acknowledged, { node }: FactSource): void {
          promised.put(node, copy);
        },
        holds(now: Holds, { node }: FactSource): void {
          const promise = promised.get(node, now.key);
          if (promise !== undefined && isNewer(promise, now)) {
            fail(`${node} acknowledged the copy ${name(promise)}${of(now.key)}, but holds ${name(now)}, which is older.`);
          }
        },
      },
      onWipe: (node) => promised.forget(node),
    };
  },
};

const oneValuePerTimestamp: Invariant = {
  name: "one value per timestamp",
  states: "No two replicas hold different values under the same timestamp: a timestamp names one write.",
  monitor(_cluster, fail) {
    const first = new Map<string, { readonly value: string; readonly node: NodeId }>();
    return {
      facts: {
        holds(copy: Holds, { node }: FactSource): void {
          const value = JSON.stringify(copy.value);
          const timestamp = JSON.stringify([copy.key, copy.counter, copy.writer]);
          const known = first.get(timestamp);
          if (known === undefined) first.set(timestamp, { value, node });
          else if (known.value !== value) {
            fail(
              `Under the timestamp ${name(copy)}${of(copy.key)} ${node} holds ${value}, but ${known.node} has held ${known.value}.`,
            );
          }
        },
      },
    };
  },
};

export const invariants: readonly Invariant[] = [timestampsOnlyGrow, acknowledgedIsHeld, oneValuePerTimestamp];
