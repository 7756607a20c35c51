/** Who makes up the cluster (§6), and what a server knows of it: the latest configuration in its log counts, committed or not. */

import type { NodeId } from "../../harness/protocol.ts";

/** While the members change (C_old,new), `next` are those who will make up the cluster: then a majority of either is asked. */
export interface Configuration {
  readonly servers: readonly NodeId[];
  readonly next?: readonly NodeId[];
}

/** The sets of servers each of which must agree by a majority of its own. */
export function electorates({ servers, next }: Configuration): readonly (readonly NodeId[])[] {
  return next === undefined ? [servers] : [servers, next];
}

export function everybody({ servers, next }: Configuration): readonly NodeId[] {
  return next === undefined ? servers : [...servers, ...next.filter((id) => !servers.includes(id))];
}

export function isMember(id: NodeId, { servers, next }: Configuration): boolean {
  return servers.includes(id) || next?.includes(id) === true;
}

/** "n1, n2, n3", or "n1, n2 and n2, n3" while it changes. */
export function named({ servers, next }: Configuration): string {
  return next === undefined ? servers.join(", ") : `${servers.join(", ")} and ${next.join(", ")}`;
}

interface Change {
  readonly index: number;
  readonly configuration: Configuration;
}

/** The configurations of one server's log, oldest first; the first is the snapshot's, or that with which the cluster began. */
export class Configurations {
  private changes: Change[] = [{ index: 0, configuration: { servers: [] } }];

  /** The one that counts (§6: "a server always uses the latest configuration in its log"). */
  get latest(): Configuration {
    return this.changes.at(-1)!.configuration;
  }

  /** Where it stands in the log; 0 or the snapshot's index when the log holds none. */
  get latestIndex(): number {
    return this.changes.at(-1)!.index;
  }

  /** The one that counted before. */
  get previous(): Configuration {
    return (this.changes.at(-2) ?? this.changes[0]!).configuration;
  }

  /** The one that counts for a log that ends at `index`. */
  at(index: number): Configuration {
    return this.changes.findLast((change) => change.index <= index)?.configuration ?? this.changes[0]!.configuration;
  }

  add(index: number, configuration: Configuration): void {
    this.changes.push({ index, configuration });
  }

  /** The log was cut back: a server must be prepared to fall back to what counted before (thesis §4.1). */
  truncate(length: number): void {
    while (this.changes.length > 1 && this.latestIndex > length) this.changes.pop();
  }

  /** The one that counts at `index` takes the place of all before it: a snapshot includes them, or the cluster begins. */
  compact(index: number, configuration: Configuration): void {
    this.changes = [{ index, configuration }, ...this.changes.filter((change) => change.index > index)];
  }
}
