/** The log: in memory for reading, on the disk for good, and what of it can be trusted after a crash. */

import type { Disk, Torn } from "../../harness/protocol.ts";
import type { Entry } from "./messages.ts";

const LOG = "log";

/**
 * What a recovered disk log is worth: its longest prefix that is whole and in sequence.
 *
 * A crash may leave a torn entry or a hole (a later append survived, an earlier did not). All of that was never synced, so
 * never acknowledged, and goes. What must not happen is an entry of a new leader behind an entry of an old one that it should
 * have replaced: the truncation lost, the first new entry lost, the second kept would look in sequence. Therefore a
 * truncation is synced before anything is appended behind it, and recovery need not guess.
 */
export function recover(found: readonly (Entry | Torn)[]): Entry[] {
  const entries: Entry[] = [];
  let term = 0;
  for (const entry of found) {
    if ("torn" in entry || entry.index !== entries.length + 1 || entry.term < term) break;
    entries.push(entry);
    term = entry.term;
  }
  return entries;
}

export class RaftLog {
  private entries: Entry[] = [];
  private readonly disk: Disk;

  constructor(disk: Disk) {
    this.disk = disk;
  }

  /** Reads the disk, and cleans it of what cannot be trusted before anything new is written behind it. */
  restore(keep: (found: readonly (Entry | Torn)[]) => Entry[] = recover): readonly Entry[] {
    const found = this.disk.log<Entry>(LOG).entries();
    this.entries = keep(found);
    if (this.entries.length < found.length) {
      this.disk.log<Entry>(LOG).truncate(this.entries.length);
      this.disk.sync();
    }
    return this.entries;
  }

  get lastIndex(): number {
    return this.entries.length;
  }

  get lastTerm(): number {
    return this.termAt(this.entries.length);
  }

  /** 0 before the first entry, and where there is none. */
  termAt(index: number): number {
    return this.entries[index - 1]?.term ?? 0;
  }

  at(index: number): Entry | undefined {
    return this.entries[index - 1];
  }

  /** At most `limit` entries from `index` on; null when there is none. */
  from(index: number, limit: number): readonly Entry[] | null {
    return index > this.entries.length ? null : this.entries.slice(index - 1, index - 1 + limit);
  }

  /** The first index of the run of entries of one term that `index` stands in. */
  firstOfTerm(index: number): number {
    const term = this.termAt(index);
    let first = index;
    while (first > 1 && this.termAt(first - 1) === term) first -= 1;
    return first;
  }

  append(entry: Entry): void {
    this.disk.log<Entry>(LOG).append(entry);
    this.entries.push(entry);
  }

  /** Keeps the first `length` entries. */
  truncate(length: number): void {
    this.disk.log<Entry>(LOG).truncate(length);
    this.entries.length = length;
  }
}
