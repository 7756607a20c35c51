/** Log replication done wrong. */

import type { Mutant } from "../../../harness/protocol.ts";
import type { AppendEntriesResponse, Entry } from "../messages.ts";
import type { Progress } from "../quorum.ts";
import { Wrong, wrong } from "./wrong.ts";

class CommitsOlderTerms extends Wrong {
  protected override mayCommit(): boolean {
    return true;
  }
  protected override beginTerm(): void {
    // Without a no-op the entries of older terms stand alone for a while, as in Figure 8. Reads wait for them, and so are right.
    this.firstIndexOfTerm = this.log.lastIndex;
  }
}

class TruncatesAlways extends Wrong {
  protected override store(prevLogIndex: number, entries: readonly Entry[]): void {
    if (prevLogIndex < this.log.lastIndex) this.truncate(prevLogIndex);
    this.append(entries);
  }
}

class NoPrevCheck extends Wrong {
  protected override matches(): boolean {
    return true;
  }
}

class ObeysOldLeaders extends Wrong {
  protected override isOutdated(): boolean {
    return false;
  }
}

class AcksBeforeSync extends Wrong {
  protected override flushLog(): void {
    // The operating system will write it some time.
  }
}

class TruncationNotSynced extends Wrong {
  protected override truncate(length: number): void {
    this.log.truncate(length);
    this.ctx.fact("truncated", { length });
  }
}

class MatchFromNext extends Wrong {
  protected override matchOf(follower: Progress, _response: AppendEntriesResponse): number {
    return follower.next - 1;
  }
}

export const replicationMutants: readonly Mutant[] = [
  wrong(
    "commits-older-terms",
    "R01",
    "A leader commits an entry of an older term by counting its copies, and opens its term without a no-op: a later leader may still overwrite it (Raft §5.4.2, Figure 8; LogCabin issue 44, canonical/raft issue 220).",
    CommitsOlderTerms,
    {
      scenario: "mutants/raft-figure-8.yaml",
      why: "Figure 8 takes five changes of leader, each cut off before the next with an entry that only it has: three servers and leaders that are cut off with a client; the harsh scenario finds it about once in a thousand runs",
    },
  ),
  wrong(
    "truncates-always",
    "R05",
    "A follower cuts its log behind prevLogIndex even when the entries match: a late AppendEntries removes what it has acknowledged since (Raft Figure 2, rule 3 of AppendEntries; Students' Guide to Raft).",
    TruncatesAlways,
  ),
  wrong(
    "no-prev-check",
    "R06",
    "A follower appends whatever it gets, without looking at the entry before it (Raft §5.3; Students' Guide to Raft).",
    NoPrevCheck,
  ),
  wrong(
    "old-leaders-obeyed",
    undefined,
    "A follower does not refuse AppendEntries of an older term: a leader that was replaced overwrites what its successor has committed (Raft Figure 2, rule 1 of AppendEntries).",
    ObeysOldLeaders,
  ),
  wrong(
    "acks-before-sync",
    "R30",
    "Entries are acknowledged before they are on the disk: a crash loses what was counted as stored (etcd issues 14143, 14370).",
    AcksBeforeSync,
  ),
  wrong(
    "truncation-not-synced",
    "R32",
    "A truncation is not on the disk before the new entries are written behind it: after a crash the old entry stands in front of its successor's successor (etcd issue 22442).",
    TruncationNotSynced,
    {
      scenario: "mutants/raft-truncation-not-synced.yaml",
      why: "the crash must fall into the one handler that replaces several entries, and of its writes only the last may survive",
    },
  ),
  wrong(
    "match-from-next",
    "R37",
    "matchIndex is taken from nextIndex, which runs ahead of what the follower has acknowledged (Students' Guide to Raft).",
    MatchFromNext,
  ),
];
