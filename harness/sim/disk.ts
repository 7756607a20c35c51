/** A node's disk: what it sees, what is durable, and what a crash leaves of the rest. */

import type { Torn } from "../protocol.ts";
import { TORN } from "../protocol.ts";
import { finish, hashText, mix } from "./chance.ts";
import type { Ailment, FaultId } from "./world.ts";

/** One write that no sync has covered yet, in order. */
export type DiskWrite =
  | { readonly kind: "write"; readonly name: string; readonly value: unknown }
  | { readonly kind: "append"; readonly name: string; readonly index: number; readonly value: unknown }
  | { readonly kind: "truncate"; readonly name: string; readonly length: number };

/** Stands in the place of what no longer fits its checksum. */
export class Damaged {
  readonly by: FaultId;

  constructor(by: FaultId) {
    this.by = by;
  }
}

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

function copied({ records, logs }: Contents): Contents {
  return { records: new Map(records), logs: new Map([...logs].map(([name, log]) => [name, [...log]])) };
}

/** What a crash did to the writes that were not synced. */
export interface Loss {
  readonly lost: number;
  readonly torn: number;
}

/** Something on a disk: a record, or the entry of a log. */
export interface Spot {
  readonly record: string;
  readonly index?: number;
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
  /** What faults make of it; see disks.ts. */
  readonly ails = new Map<FaultId, Ailment>();
  /** Neither ails nor may have anything damaged on it: then nobody need look closer. */
  sound = true;
  /** How many of `pending` a sync has pretended to make durable, by which faults, and whether those may go beyond what is borne. */
  private feigned = 0;
  readonly liars = new Map<FaultId, boolean>();
  private damaged = false;
  /** What was durable once, and every write that has become so since; kept only where somebody may go back to it. */
  private past: { readonly start: Contents; readonly since: { readonly atUs: number; readonly write: DiskWrite }[] } | undefined;

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

  sync(nowUs = 0): void {
    if (this.pending.length === 0) return;
    for (const write of this.pending) this.commit(write, nowUs);
    this.pending.length = 0;
    this.believe();
  }

  private commit(write: DiskWrite, nowUs: number): void {
    apply(this.durable, write);
    this.past?.since.push({ atUs: nowUs, write });
  }

  /** A sync that says it has done its work, and has not. */
  feign(by: FaultId, beyond: boolean): void {
    if (this.pending.length === 0) return;
    this.feigned = this.pending.length;
    this.liars.set(by, beyond);
  }

  private believe(): void {
    this.feigned = 0;
    this.liars.clear();
  }

  /** Writes that such a sync has covered, and no honest one since. */
  get pretended(): number {
    return this.feigned;
  }

  /** Makes them durable after all. */
  keepPretended(nowUs: number): void {
    for (const write of this.pending.splice(0, this.feigned)) this.commit(write, nowUs);
    this.believe();
  }

  /** The last write that no sync has covered, when a crash could tear it. */
  get tearable(): DiskWrite | undefined {
    const last = this.pending.length > this.feigned ? this.pending.at(-1) : undefined;
    return last?.kind === "truncate" ? undefined : last;
  }

  /** Whether a record of this name is durable. */
  holds(name: string): boolean {
    return this.durable.records.has(name);
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
   * the last one of its log. `draw(i)` is an unsigned 32-bit number for the i-th of them. What a sync only pretended to cover is
   * lost. `tornBy`: the fault that tears the last one.
   */
  crash(draw: (i: number) => number, nowUs = 0, tornBy?: FaultId): Loss {
    let lost = 0;
    let torn = 0;
    const { pending, feigned } = this;
    for (let i = 0; i < pending.length; i++) {
      const write = pending[i]!;
      if (tornBy !== undefined && i === pending.length - 1 && write.kind !== "truncate") {
        this.commit({ ...write, value: write.kind === "append" ? TORN : this.damage(tornBy) }, nowUs);
        torn++;
        continue;
      }
      const chance = draw(i);
      if (chance < 0x8000_0000 || i < feigned) {
        lost++;
        continue;
      }
      if (
        write.kind === "append" &&
        chance >= 0xe000_0000 &&
        !pending.some((later, j) => j > i && later.kind !== "write" && later.name === write.name)
      ) {
        this.commit({ ...write, value: TORN }, nowUs);
        torn++;
      } else this.commit(write, nowUs);
    }
    pending.length = 0;
    this.believe();
    this.view = copied(this.durable);
    return { lost, torn };
  }

  wipe(): void {
    this.durable = empty();
    this.view = empty();
    this.pending.length = 0;
    this.believe();
    this.damaged = false;
    if (this.past !== undefined) this.past = { start: empty(), since: [] };
    this.look();
  }

  /** From here on it can go back to what was durable at a moment. */
  remember(): void {
    this.past ??= { start: copied(this.durable), since: [] };
  }

  /** How many durable writes are younger than that. */
  youngerThan(atUs: number): number {
    return this.past?.since.filter((one) => one.atUs > atUs).length ?? 0;
  }

  /** Takes the disk of a node that is down back to what was durable at that moment. */
  goBack(toUs: number): void {
    const { start, since } = this.past!;
    const kept = since.filter(({ atUs }) => atUs <= toUs);
    this.durable = copied(start);
    for (const { write } of kept) apply(this.durable, write);
    this.past = { start, since: kept };
    this.view = copied(this.durable);
  }

  /**
   * Damages something that is durable: in `record`, or anywhere. Which one is a matter of names, so that a record more or less leaves the
   * choice in place where it can. Undefined when there is nothing to damage.
   */
  rot(key: number, by: FaultId, record?: string): Spot | undefined {
    const { records, logs } = this.durable;
    const sound = (value: unknown): boolean => !(value instanceof Damaged);
    const named = (name: string): boolean => record === undefined || name === record;
    const whole = [...records].filter(([name, value]) => named(name) && sound(value)).map(([name]): Spot => ({ record: name }));
    const some = [...logs]
      .filter(([name, log]) => named(name) && log.some(sound))
      .map(([name]): Spot => ({ record: name, index: 0 }));
    const spot = chosen([...whole, ...some], (one) => mix(mix(key, hashText(one.record)), one.index ?? -1));
    if (spot === undefined) return undefined;
    const damaged = this.damage(by);
    if (spot.index === undefined) {
      if (this.view.records.get(spot.record) === records.get(spot.record)) this.view.records.set(spot.record, damaged);
      records.set(spot.record, damaged);
      return spot;
    }
    const log = logs.get(spot.record)!;
    const index = chosen(
      [...log.keys()].filter((i) => sound(log[i])),
      (i) => mix(mix(key, hashText(spot.record)), i),
    )!;
    const seen = logOf(this.view, spot.record);
    if (seen[index] === log[index]) seen[index] = damaged;
    log[index] = damaged;
    return { record: spot.record, index };
  }

  private damage(by: FaultId): Damaged {
    this.damaged = true;
    this.look();
    return new Damaged(by);
  }

  /** After `ails` has changed. */
  look(): void {
    this.sound = this.ails.size === 0 && !this.damaged;
  }
}

/** The one whose hash is the least: taking away another changes nothing. */
function chosen<T>(list: readonly T[], hash: (one: T) => number): T | undefined {
  let best: T | undefined;
  let least = Number.POSITIVE_INFINITY;
  for (const one of list) {
    const own = finish(hash(one));
    if (own >= least) continue;
    least = own;
    best = one;
  }
  return best;
}
