/** Log compaction (§7): a snapshot of the state takes the place of the entries that led to it, and goes to followers who lack them. */

import type { NodeId } from "../../harness/protocol.ts";
import type { Configuration } from "./configuration.ts";
import type { File, Position } from "./log.ts";
import { brief, type Entry, type InstallSnapshot, type SavedState, type Snapshot } from "./messages.ts";
import type { Progress } from "./quorum.ts";
import { Replication } from "./replication.ts";

/** The latest snapshot, and the file with the entries behind it. As one record they change together or not at all. */
export interface Saved {
  readonly snapshot: Snapshot;
  readonly log: File;
}

export abstract class Snapshots<State, Op> extends Replication<State, Op> {
  private snapshot: Snapshot | undefined;

  /** From the disk: the snapshot, then the log behind it. What a snapshot includes is committed, and applied. */
  protected restore(): void {
    this.configurations.compact(0, { servers: this.ctx.nodes() });
    const saved = this.readSnapshot();
    if (saved !== undefined) this.load(saved.snapshot);
    const entries = saved === undefined ? this.log.restore() : this.log.restore(positionOf(saved.snapshot), saved.log);
    for (const { index, configuration } of entries)
      if (configuration !== undefined) this.configurations.add(index, configuration);
    // What was heard of this server before the crash need not be what the disk kept.
    if (this.currentTerm > 0) this.ctx.fact("term", { term: this.currentTerm });
    if (saved !== undefined) this.ctx.fact("recovered", { snapshot: positionOf(saved.snapshot), entries: entries.map(brief) });
    else if (entries.length > 0) this.ctx.fact("recovered", { entries: entries.map(brief) });
  }

  protected readSnapshot(): Saved | undefined {
    return this.ctx.disk.read<Saved>("snapshot");
  }

  private load(snapshot: Snapshot): void {
    this.snapshot = snapshot;
    this.lastApplied = snapshot.lastIncludedIndex;
    this.commitIndex = Math.max(this.commitIndex, snapshot.lastIncludedIndex);
    this.sessions.load(snapshot.data);
    this.configurations.compact(snapshot.lastIncludedIndex, snapshot.configuration);
  }

  protected override applyCommitted(): void {
    super.applyCommitted();
    const { snapshotEvery } = this.settings;
    if (snapshotEvery > 0 && this.lastApplied - this.log.base.index >= snapshotEvery) this.takeSnapshot();
  }

  private takeSnapshot(): void {
    const index = this.lastApplied;
    const snapshot: Snapshot = {
      lastIncludedIndex: index,
      lastIncludedTerm: this.log.termAt(index),
      configuration: this.configurationAt(index),
      data: this.savedState(),
    };
    this.replaceLog(snapshot, this.log.from(index + 1, Number.POSITIVE_INFINITY) ?? []);
    this.configurations.compact(index, this.configurations.at(index));
    this.ctx.fact("compacted", positionOf(snapshot));
    this.ctx.sometimes("snapshot taken");
  }

  protected configurationAt(index: number): Configuration {
    return this.configurations.at(index);
  }

  protected savedState(): SavedState {
    return this.sessions.save();
  }

  /**
   * The entries behind the snapshot go to another file; when they are on the disk, one record names both the snapshot and the file; when
   * that is on the disk too, the old file is freed. A crash anywhere between leaves the old pair or the new one, whole.
   */
  protected replaceLog(snapshot: Snapshot, behind: readonly Entry[]): void {
    this.snapshot = snapshot;
    this.log.moveTo(positionOf(snapshot), behind);
    this.ctx.disk.sync();
    this.persistSnapshot(snapshot);
    this.log.freeOther();
  }

  protected persistSnapshot(snapshot: Snapshot): void {
    const saved: Saved = { snapshot, log: this.log.file };
    this.ctx.disk.write("snapshot", saved);
    this.ctx.disk.sync();
  }

  // ---- InstallSnapshot (Figure 13) ------------------------------------------------------------------------------

  protected override sendSnapshot(follower: Progress): void {
    const { snapshot } = this;
    if (snapshot === undefined) return;
    // Until it is answered nothing is sent behind it.
    follower.probing = true;
    this.ctx.send(follower.id, { type: "InstallSnapshot", term: this.currentTerm, snapshot, round: this.roundUnderWay() });
  }

  protected onInstallSnapshot(from: NodeId, { term, snapshot, round }: InstallSnapshot): void {
    const index = snapshot.lastIncludedIndex;
    if (!this.obeys(from, term, index)) return;
    if (!this.isOld(snapshot)) this.install(snapshot);
    // In either case the logs match up to there now.
    this.answer(from, true, index, index, round);
  }

  /** All that it includes is committed here too: it came late, or twice. */
  protected isOld(snapshot: Snapshot): boolean {
    return snapshot.lastIncludedIndex <= this.commitIndex;
  }

  /** Rules 5 to 8: the snapshot takes the place of what it includes; what stands behind stays, if this log holds the entry that it ends with. */
  private install(snapshot: Snapshot): void {
    const { index, term } = positionOf(snapshot);
    const behind = this.keepsBehind(snapshot) ? (this.log.from(index + 1, Number.POSITIVE_INFINITY) ?? []) : [];
    const lost = this.log.lastIndex > index && behind.length === 0;
    this.replaceLog(snapshot, behind);
    this.fallBack(behind.at(-1)?.index ?? index);
    this.load(snapshot);
    this.ctx.fact("installed", { index, term, length: this.log.lastIndex });
    this.ctx.sometimes("snapshot installed");
    if (behind.length > 0) this.ctx.sometimes("snapshot installed below the end of the log");
    if (lost) this.ctx.sometimes("log replaced by a snapshot");
  }

  private keepsBehind({ lastIncludedIndex, lastIncludedTerm }: Snapshot): boolean {
    return this.log.termAt(lastIncludedIndex) === lastIncludedTerm;
  }
}

function positionOf({ lastIncludedIndex, lastIncludedTerm }: Snapshot): Position {
  return { index: lastIncludedIndex, term: lastIncludedTerm };
}
