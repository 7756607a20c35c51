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

  add(kind: number, subject: unknown, detail: unknown, number: number, hash: number): void {
    const at = this.count++;
    this.kinds[at] = kind;
    this.subjects[at] = subject;
    this.details[at] = detail;
    this.numbers[at] = number;
    this.hashes[at] = hash;
    if (this.sites !== undefined) this.sites[at] = callSite();
  }

  clear(): void {
    this.count = 0;
  }

  /** A copy of the effects from `start` on, for a node that stays busy. */
  rest(start: number): Effects {
    const copy = new Effects();
    for (let i = start; i < this.count; i++) {
      copy.add(this.kinds[i]!, this.subjects[i], this.details[i], this.numbers[i]!, this.hashes[i]!);
    }
    copy.sites = this.sites?.slice(start, this.count);
    return copy;
  }
}
