/** Snapshots done wrong. */

import type { Mutant } from "../../../harness/protocol.ts";
import type { Configuration } from "../configuration.ts";
import type { Entry, SavedState, Snapshot } from "../messages.ts";
import type { Saved } from "../snapshots.ts";
import { Wrong, wrong } from "./wrong.ts";

const snapshots = { scenario: "raft-snapshots-harsh.yaml", why: "the general harsh scenario takes no snapshots" };

class SessionsNotInSnapshot extends Wrong {
  protected override savedState(): SavedState {
    return { ...super.savedState(), sessions: [] };
  }
}

class OldSnapshotsInstalled extends Wrong {
  protected override isOld(): boolean {
    return false;
  }
}

class CompactedIsConflict extends Wrong {
  protected override store(prevLogIndex: number, entries: readonly Entry[]): void {
    const { base, lastIndex } = this.log;
    // The entry is not to be found, so it is another one.
    if (prevLogIndex < base.index && base.index < lastIndex) this.truncate(base.index);
    super.store(prevLogIndex, entries);
  }
}

class PlaceApartFromState extends Wrong {
  protected override persistSnapshot(snapshot: Snapshot): void {
    const { data, ...place } = snapshot;
    this.ctx.disk.write("snapshot", { snapshot: place, log: this.log.file });
    this.ctx.disk.sync();
    this.ctx.disk.write("state", data);
    this.ctx.disk.sync();
  }
  protected override readSnapshot(): Saved | undefined {
    const saved = this.ctx.disk.read<Saved>("snapshot");
    const data = this.ctx.disk.read<SavedState>("state") ?? { state: [], sessions: [] };
    return saved === undefined ? undefined : { ...saved, snapshot: { ...saved.snapshot, data } };
  }
}

class FreesBeforeSync extends Wrong {
  protected override persistSnapshot(snapshot: Snapshot): void {
    const saved: Saved = { snapshot, log: this.log.file };
    this.ctx.disk.write("snapshot", saved);
  }
}

class MembersNotInSnapshot extends Wrong {
  protected override configurationAt(): Configuration {
    return { servers: this.ctx.nodes() };
  }
}

export const snapshotMutants: readonly Mutant[] = [
  wrong(
    "sessions-not-in-snapshot",
    "R24",
    "A snapshot holds the state without the clients' sessions: whoever starts from it applies a retried request again (thesis §6.3).",
    SessionsNotInSnapshot,
    snapshots,
  ),
  wrong(
    "old-snapshots-installed",
    "R25",
    "A snapshot that comes late replaces a log that goes farther already: entries that were acknowledged are gone (camunda issue 6092; hashicorp/raft issue 248).",
    OldSnapshotsInstalled,
    snapshots,
  ),
  wrong(
    "compacted-is-conflict",
    "R40",
    "An entry that a snapshot has taken the place of is not found, and so taken for a conflict: a late AppendEntries removes what stands behind the snapshot (openraft commits 44381b0c, 71a290cd).",
    CompactedIsConflict,
    snapshots,
  ),
  wrong(
    "place-apart-from-state",
    "R31",
    "How far a snapshot goes and what it holds are two records: after a crash between them the state lacks what counts as applied (etcd issue 13766; the postmortem of etcd 3.5).",
    PlaceApartFromState,
    snapshots,
  ),
  wrong(
    "frees-before-sync",
    undefined,
    "The log is freed before the snapshot that takes its place is on the disk: a crash leaves neither (Raft §7; the order is the whole point of compaction).",
    FreesBeforeSync,
    snapshots,
  ),
  wrong(
    "members-not-in-snapshot",
    undefined,
    "A snapshot forgets who makes up the cluster: whoever starts from it goes back to the members of the beginning (Raft §7, Figure 13: the configuration is part of it).",
    MembersNotInSnapshot,
    {
      scenario: "raft-membership-harsh.yaml",
      why: "members must change, and servers start from snapshots: the general harsh scenario does neither",
    },
  ),
];
