/** The log: in memory for reading, on the disk for good, and what of it can be trusted after a crash. */

import type { Disk, Torn } from "../../harness/protocol.ts";
import type { Entry } from "./messages.ts";

/** An entry, by its place. */
export interface Position {
  readonly index: number;
  readonly term: number;
}

const beginning: Position = Object.freeze({ index: 0, term: 0 });

/** The two files that a log lives in by turns: what a snapshot leaves of one is written to the other. */
export type File = "log" | "log-2";

/**
 * What a recovered disk log is worth: its longest prefix that is whole and in sequence, behind what a snapshot includes.
 *
 * A crash may leave a torn entry or a hole (a later append survived, an earlier did not). All of that was never synced, so
 * never acknowledged, and goes. What must not happen is an entry of a new leader behind an entry of an old one that it should
 * have replaced: the truncation lost, the first new entry lost, the second kept would look in sequence. Therefore a
 * truncation is synced before anything is appended behind it, and recovery need not guess.
 */
export function recover(found: readonly (Entry | Torn)[], base: Position = beginning): Entry[] {
  const entries: Entry[] = [];
  let { term } = base;
  for (const entry of found) {
    if ("torn" in entry || entry.index !== base.index + entries.length + 1 || entry.term < term) break;
    entries.push(entry);
    term = entry.term;
  }
  return entries;
}

export class RaftLog {
  /** The last entry that a snapshot includes: the log begins behind it. */
  private start: Position = beginning;
  private entries: Entry[] = [];
  private current: File = "log";
  private readonly disk: Disk;

  constructor(disk: Disk) {
    this.disk = disk;
  }

  /** Reads the disk, and cleans it of what cannot be trusted before anything new is written behind it. */
  restore(base: Position = beginning, file: File = "log"): readonly Entry[] {
    this.start = base;
    this.current = file;
    const found = this.disk.log<Entry>(file).entries();
    this.entries = recover(found, base);
    if (this.entries.length < found.length) {
      this.disk.log<Entry>(file).truncate(this.entries.length);
      this.disk.sync();
    }
    return this.entries;
  }

  /** The last entry that is no longer here, because a snapshot includes it. */
  get base(): Position {
    return this.start;
  }

  get file(): File {
    return this.current;
  }

  get lastIndex(): number {
    return this.start.index + this.entries.length;
  }

  get lastTerm(): number {
    return this.entries.at(-1)?.term ?? this.start.term;
  }

  /** 0 before the first entry, where there is none, and where a snapshot has taken the entry's place. */
  termAt(index: number): number {
    if (index === this.start.index) return this.start.term;
    return this.entries[index - this.start.index - 1]?.term ?? 0;
  }

  at(index: number): Entry | undefined {
    return this.entries[index - this.start.index - 1];
  }

  /** At most `limit` entries from `index` on; null when there is none. */
  from(index: number, limit: number): readonly Entry[] | null {
    if (index > this.lastIndex) return null;
    const from = index - this.start.index - 1;
    return this.entries.slice(from, from + limit);
  }

  /** The first index of the run of entries of one term that `index` stands in, as far as the log goes back. */
  firstOfTerm(index: number): number {
    const term = this.termAt(index);
    let first = index;
    while (first > this.start.index + 1 && this.termAt(first - 1) === term) first -= 1;
    return first;
  }

  append(entry: Entry): void {
    this.disk.log<Entry>(this.current).append(entry);
    this.entries.push(entry);
  }

  /** Keeps the entries up to index `length`. */
  truncate(length: number): void {
    const kept = Math.max(0, length - this.start.index);
    this.disk.log<Entry>(this.current).truncate(kept);
    this.entries.length = kept;
  }

  /**
   * Lets the log begin behind `base`: what is left of it goes to the other file. Nothing of the old file is touched; the new one
   * counts when a snapshot on the disk names it (see snapshots.ts).
   */
  moveTo(base: Position, entries: readonly Entry[]): void {
    this.current = this.other;
    this.start = base;
    this.entries = [...entries];
    const file = this.disk.log<Entry>(this.current);
    if (file.length > 0) file.truncate(0);
    for (const entry of entries) file.append(entry);
  }

  /** Frees the file that no longer counts. */
  freeOther(): void {
    const file = this.disk.log<Entry>(this.other);
    if (file.length > 0) file.truncate(0);
  }

  private get other(): File {
    return this.current === "log" ? "log-2" : "log";
  }
}
