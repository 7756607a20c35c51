/** Gathers runs, which come in order, into entries for a journal: one for each slice, and of a slice that takes long one a second. */

import { emptyPart } from "./campaign.ts";
import type { Prepared } from "./once.ts";
import type { Part } from "./part.ts";
import type { Run } from "./run.ts";
import { type Entry, sliceOf } from "./slices.ts";

/** What is under way may be lost when the process is killed: no more than this. */
const oftenMs = 1_000;

export class Keeper {
  /** What was written last. */
  last: Entry | undefined;
  private readonly prepared: Prepared;
  private readonly append: ((entry: Entry) => void) | undefined;
  private under: { from: number; to: number; digest: string; ends: boolean; part: Part } | undefined;
  private at = 0;
  private writtenMs = 0;

  /** Without `append` only the last run's place is known. */
  constructor(prepared: Prepared, append: ((entry: Entry) => void) | undefined) {
    this.prepared = prepared;
    this.append = append;
  }

  /** The next run has this index. */
  open(index: number): void {
    const { under } = this;
    if (under !== undefined && (index !== under.to || sliceOf(index).number !== sliceOf(under.from).number)) this.close();
    this.at = index;
  }

  add(run: Run, ends: boolean): void {
    this.under ??= { from: this.at, to: this.at, digest: run.digest, ends: false, part: emptyPart(this.prepared) };
    if (this.append !== undefined) this.under.part.add(run);
    this.under.to = ++this.at;
    this.under.ends = ends;
  }

  mind(nowMs: number): void {
    const { under } = this;
    if (under === undefined || (nowMs - this.writtenMs < oftenMs && sliceOf(under.to).number === sliceOf(under.from).number))
      return;
    this.close();
    this.writtenMs = nowMs;
  }

  close(): void {
    const { under } = this;
    if (under === undefined) return;
    this.under = undefined;
    this.last = { ...under, part: under.part.data() };
    this.append?.(this.last);
  }
}
