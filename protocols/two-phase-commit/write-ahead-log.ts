/** The log that both roles stand on: what is forced is on disk before anything that comes after it is told. */

import type { Disk, Torn } from "../../harness/protocol.ts";

const LOG = "log";

interface Numbered<Entry> {
  readonly number: number;
  readonly entry: Entry;
}

export class WriteAheadLog<Entry> {
  private readonly disk: Disk;
  private length = 0;

  constructor(disk: Disk) {
    this.disk = disk;
  }

  /**
   * The longest prefix that is whole and in sequence. What a crash left behind it (a torn entry, one behind a hole) was never
   * forced, so nobody was told, and it goes.
   */
  recover(): readonly Entry[] {
    const log = this.disk.log<Numbered<Entry>>(LOG);
    const found = log.entries();
    const entries: Entry[] = [];
    for (const one of found) {
      if (isTorn(one) || one.number !== entries.length + 1) break;
      entries.push(one.entry);
    }
    if (entries.length < found.length) {
      log.truncate(entries.length);
      this.disk.sync();
    }
    this.length = entries.length;
    return entries;
  }

  /** May be lost in a crash, unless something is forced after it. */
  append(entry: Entry): void {
    this.length += 1;
    this.disk.log<Numbered<Entry>>(LOG).append({ number: this.length, entry });
  }

  /** Durable, with all before it, once the node's next effect has its turn. Without an entry: all before it. */
  force(entry?: Entry): void {
    if (entry !== undefined) this.append(entry);
    this.disk.sync();
  }
}

function isTorn(entry: object): entry is Torn {
  return "torn" in entry;
}
