/** What a leader knows of its followers, and what a majority of them has. */

import type { Ms, NodeId } from "../../harness/protocol.ts";

/** A leader's view of one server, itself included. Changed in place: one per server and term of office. */
export interface Progress {
  readonly id: NodeId;
  /** The next entry to send (nextIndex). Runs ahead of the answers unless `probing`. */
  next: number;
  /** The highest entry known to be stored there (matchIndex). Only ever raised. */
  match: number;
  /** It is not known yet where the logs part: one message at a time, on heartbeats, until one is accepted. */
  probing: boolean;
  /** The highest round of reads that it has answered. */
  round: number;
  /** When it last answered, on the leader's stop-watch. */
  heardAt: Ms;
}

/** More than half. */
export function majority(servers: number): number {
  return Math.floor(servers / 2) + 1;
}

/** The highest number that at least `quorum` of these reach. Sorts in place, by insertion: they are few, and mostly equal. */
export function reachedBy(quorum: number, numbers: number[]): number {
  for (let i = 1; i < numbers.length; i++) {
    const number = numbers[i]!;
    let at = i;
    for (; at > 0 && numbers[at - 1]! < number; at--) numbers[at] = numbers[at - 1]!;
    numbers[at] = number;
  }
  return numbers[quorum - 1] ?? 0;
}
