/** The effects that a handler recorded, in the order written: parallel arrays that are used again for every handler. */

import { callSite } from "./sites.ts";

export const effectKind = {
  send: 1,
  setTimer: 2,
  cancelTimer: 3,
  disk: 4,
  sync: 5,
  fact: 6,
  goal: 7,
  log: 8,
  done: 9,
  die: 10,
  synced: 11,
  hollow: 12,
} as const;

/**
 * What the columns hold, by kind:
 *
 *     kind         subject             detail               number                      hash
 *     send         receiver (SimNode)  message              channel                     of the message
 *     setTimer     name                data                 elapsed us at which due     of the data
 *     cancelTimer  name
 *     disk         DiskWrite                                                            of the value
 *     sync
 *     fact         name                data                                             of the data
 *     goal         name
 *     log          message             data                                             of the data
 *     done         outcome             output or reason                                 of the output
 *     die          DiskError: the handler let it escape
 *     synced       (a sync whose time is over)
 *     hollow       Hollow: an effect that a mutation has taken the place of
 */
export class Effects {
  readonly kinds: number[] = [];
  readonly subjects: unknown[] = [];
  readonly details: unknown[] = [];
  readonly numbers: number[] = [];
  readonly hashes: number[] = [];
  /** Where each was written in the source; kept only for a trace. */
  sites: (string | undefined)[] | undefined = undefined;
  count = 0;
  /** How many effects of the same handler came before the first of these. */
  base = 0;

  /** False when something else was recorded in its place, by a mutation. */
  add(kind: number, subject: unknown, detail: unknown, number: number, hash: number): boolean {
    const at = this.count++;
    this.kinds[at] = kind;
    this.subjects[at] = subject;
    this.details[at] = detail;
    this.numbers[at] = number;
    this.hashes[at] = hash;
    if (this.sites !== undefined) this.sites[at] = callSite();
    return true;
  }

  clear(): void {
    this.count = 0;
  }

  /** Moves the effects at these places, in their order, behind the one at `last`, which is none of them. */
  delay(places: readonly number[], last: number): void {
    const columns: unknown[][] = [this.kinds, this.subjects, this.details, this.numbers, this.hashes];
    if (this.sites !== undefined) columns.push(this.sites);
    const [first] = places as readonly [number];
    for (const column of columns) {
      const between = column.slice(first, last + 1);
      const moved = between.filter((_, i) => places.includes(first + i));
      const others = between.filter((_, i) => !places.includes(first + i));
      column.splice(first, between.length, ...others, ...moved);
    }
  }

  /** A copy of the effects from `start` on, for a node that stays busy. */
  rest(start: number): Effects {
    const copy = new Effects();
    for (let i = start; i < this.count; i++) {
      copy.add(this.kinds[i]!, this.subjects[i], this.details[i], this.numbers[i]!, this.hashes[i]!);
    }
    copy.sites = this.sites?.slice(start, this.count);
    copy.base = this.base + start;
    return copy;
  }
}
