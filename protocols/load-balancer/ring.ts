/**
 * Consistent hashing (Karger et al., STOC 1997): workers and keys on one circle, each worker at many places; a key belongs to
 * the next worker clockwise. When a worker leaves only its own keys move, and to others in about equal shares: K/n of K keys.
 */

import type { NodeId } from "../../harness/protocol.ts";

interface Place {
  readonly at: number;
  readonly worker: NodeId;
}

export class Ring {
  private readonly places: readonly Place[];
  private readonly count: number;

  /** `virtualNodes`: at how many places each worker stands. */
  constructor(workers: readonly NodeId[], virtualNodes: number) {
    this.count = workers.length;
    this.places = workers
      .flatMap((worker) => Array.from({ length: virtualNodes }, (_, i): Place => ({ at: hash(`${worker}:${i}`), worker })))
      // Two at one place: the name decides, so that all who build this ring build the same.
      .toSorted((a, b) => a.at - b.at || (a.worker < b.worker ? -1 : 1));
  }

  /** All workers in the order in which they follow this key, each once. */
  from(key: string): readonly NodeId[] {
    const order = new Set<NodeId>();
    const first = this.next(hash(key));
    for (let i = 0; i < this.places.length && order.size < this.count; i++) {
      order.add(this.places[(first + i) % this.places.length]!.worker);
    }
    return [...order];
  }

  /** The first place at or behind this point. */
  private next(point: number): number {
    let low = 0;
    let high = this.places.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.places[middle]!.at < point) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** FNV-1a, 32 bits, with MurmurHash3's finalizer: FNV alone leaves "w:1" and "w:2" beside each other. */
export function hash(text: string): number {
  let h = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193);
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}
