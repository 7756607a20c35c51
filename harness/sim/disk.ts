/** A node's disk: what it sees, what is durable, and what a crash leaves of the rest. */

import type { Torn } from "../protocol.ts";
import { TORN } from "../protocol.ts";

/** One write that no sync has covered yet, in order. */
export type DiskWrite =
  | { readonly kind: "write"; readonly name: string; readonly value: unknown }
  | { readonly kind: "append"; readonly name: string; readonly index: number; readonly value: unknown }
  | { readonly kind: "truncate"; readonly name: string; readonly length: number };

interface Contents {
  readonly records: Map<string, unknown>;
  readonly logs: Map<string, (unknown | Torn)[]>;
}

function empty(): Contents {
  return { records: new Map(), logs: new Map() };
}

function logOf(contents: Contents, name: string): (unknown | Torn)[] {
  let log = contents.logs.get(name);
  if (log === undefined) {
    log = [];
    contents.logs.set(name, log);
  }
  return log;
}

function apply(contents: Contents, write: DiskWrite): void {
  switch (write.kind) {
    case "write":
      contents.records.set(write.name, write.value);
      return;
    case "append":
      logOf(contents, write.name).push(write.value);
      return;
    case "truncate": {
      const log = logOf(contents, write.name);
      if (log.length > write.length) log.length = write.length;
    }
  }
}

/** What a crash did to the writes that were not synced. */
export interface Loss {
  readonly lost: number;
  readonly torn: number;
}

/**
 * The view is what the node reads: it runs ahead of the effects, because a handler reads its own writes while they are only
 * recorded. `pending` are those whose turn has come (applied) but that no sync has covered. A crash rebuilds the view from
 * what is durable plus the survivors, so writes whose turn never came are gone with it.
 */
export class SimDisk {
  private durable = empty();
  private view = empty();
  private pending: DiskWrite[] = [];

  read(name: string): unknown {
    return this.view.records.get(name);
  }

  log(name: string): readonly (unknown | Torn)[] {
    return logOf(this.view, name);
  }

  /** While the handler runs. */
  see(write: DiskWrite): void {
    apply(this.view, write);
  }

  /** When its turn among the effects has come. */
  written(write: DiskWrite): void {
    this.pending.push(write);
  }

  sync(): void {
    if (this.pending.length === 0) return;
    for (const write of this.pending) apply(this.durable, write);
    this.pending.length = 0;
  }

  get unsynced(): number {
    return this.pending.length;
  }

  /** True when nothing is on it. */
  get isEmpty(): boolean {
    if (this.durable.records.size > 0) return false;
    for (const log of this.durable.logs.values()) if (log.length > 0) return false;
    return true;
  }

  /**
   * Each unsynced write survives or not, one by one, in their order; an append that survives may turn out torn, as may only
   * the last one of its log. `draw(i)` is an unsigned 32-bit number for the i-th of them.
   */
  crash(draw: (i: number) => number): Loss {
    let lost = 0;
    let torn = 0;
    const { pending } = this;
    for (let i = 0; i < pending.length; i++) {
      const write = pending[i]!;
      const chance = draw(i);
      if (chance < 0x8000_0000) {
        lost++;
        continue;
      }
      if (
        write.kind === "append" &&
        chance >= 0xe000_0000 &&
        !pending.some((later, j) => j > i && later.kind !== "write" && later.name === write.name)
      ) {
        apply(this.durable, { ...write, value: TORN });
        torn++;
      } else apply(this.durable, write);
    }
    pending.length = 0;
    this.view = {
      records: new Map(this.durable.records),
      logs: new Map([...this.durable.logs].map(([name, log]) => [name, [...log]])),
    };
    return { lost, torn };
  }

  wipe(): void {
    this.durable = empty();
    this.view = empty();
    this.pending.length = 0;
  }
}
