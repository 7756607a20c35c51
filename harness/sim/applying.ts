/** The effects of a handler, applied one by one in the order written; a crash, or any fault, may fall between two of them. */

import type { DiskError } from "../protocol.ts";
import { hashText, mix } from "./chance.ts";
import type { DiskWrite } from "./disk.ts";
import { type Effects, effectKind } from "./effects.ts";
import { what } from "./journal.ts";
import { momentOf, type Side } from "./moments.ts";
import { type Hollow, Mutating } from "./mutating.ts";
import type { ArmedCrash, SimNode } from "./node.ts";
import type { Parts } from "./parts.ts";

/** Between which effects of which handler a crash fell. */
export interface Place {
  readonly handler: string;
  readonly after: number;
  readonly of: number;
}

export class Applying {
  /** The node whose effects are being applied, and how far it has come: where a crash falls that begins at a moment. */
  at: { readonly node: SimNode; readonly cut: Place; readonly cause: number } | undefined = undefined;
  /** Goals that were reached. */
  readonly goals = new Set<string>();
  private readonly parts: Parts;
  private readonly knownGoals: ReadonlySet<string>;

  constructor(parts: Parts, goals: readonly string[]) {
    this.parts = parts;
    this.knownGoals = new Set(goals);
  }

  apply(node: SimNode, effects: Effects, cause: number): void {
    const count = effects.count;
    if (count === 0) return;
    const { parts } = this;
    const armed = node.armed.length === 0 ? undefined : this.placeToCut(node, effects);
    const cutAt = armed === undefined ? -1 : armed.after;
    const { kinds, subjects, details, numbers, hashes, sites, base } = effects;
    const watched = !parts.watches.none;
    for (let i = 0; i < count; i++) {
      const site = sites === undefined ? undefined : sites[i];
      if (i === cutAt) {
        this.cut(node, armed!.armed, base + i, base + count, cause, site);
        return;
      }
      if (watched && !this.passes(node, effects, i, "before", cause)) return;
      const hash = hashes[i]!;
      switch (kinds[i]) {
        case effectKind.send:
          parts.post.transmit(node, subjects[i] as SimNode, numbers[i]!, details[i], hash, cause, site);
          break;
        case effectKind.setTimer:
          parts.timers.arm(node, subjects[i] as string, details[i], numbers[i]!, hash, cause, site);
          break;
        case effectKind.cancelTimer: {
          const timer = node.timers.get(subjects[i] as string);
          if (timer !== undefined) timer.armed = false;
          break;
        }
        case effectKind.disk:
          this.written(node, subjects[i] as DiskWrite, hash, cause, site);
          break;
        case effectKind.sync: {
          const takesUs = node.disk.sound ? 0 : parts.disks.syncTakes(node);
          if (takesUs > 0) {
            const rest = effects.rest(i);
            rest.kinds[0] = effectKind.synced;
            parts.line.busy(node, rest, cause, takesUs);
            return;
          }
          this.synced(node, cause, site);
          break;
        }
        case effectKind.synced:
          this.synced(node, cause, site);
          break;
        case effectKind.fact:
          this.stated(node, subjects[i] as string, details[i], hash, cause, site);
          if (parts.loop.stop !== undefined) return;
          break;
        case effectKind.goal:
          this.reached(node, subjects[i] as string, cause, site);
          break;
        case effectKind.log:
          this.logged(node, subjects[i] as string, details[i], hash, cause, site);
          break;
        case effectKind.done:
          parts.asked.returned(node, subjects[i] as "ok" | "fail" | "info", details[i], hash, cause, site);
          break;
        case effectKind.hollow:
          this.leftOut(node, subjects[i] as Hollow, cause, site);
          break;
        case effectKind.die:
          parts.lives.die(node, subjects[i] as DiskError, cause, site);
          return;
      }
      if (watched && !this.passes(node, effects, i, "after", cause)) return;
    }
  }

  /** Lets faults that wait for this moment begin; false when the node cannot go on with its effects. */
  private passes(node: SimNode, effects: Effects, i: number, at: Side, cause: number): boolean {
    const moment = momentOf(effects.kinds[i]!, effects.subjects[i], effects.details[i], effects.numbers[i]!);
    // One whose time is over was announced when it began.
    if (moment === undefined || (at === "before" && effects.kinds[i] === effectKind.synced)) return true;
    const { handling, watches, loop, line } = this.parts;
    const next = at === "before" ? i : i + 1;
    const { incarnation } = node;
    if (watches.waits(at, moment.what, moment.name)) {
      this.at = { node, cut: { handler: handling.label(), after: effects.base + next, of: effects.base + effects.count }, cause };
      watches.happen(node, at, moment.what, moment.name);
      this.at = undefined;
    }
    if (loop.stop !== undefined || node.incarnation !== incarnation || !node.up) return false;
    if (!node.paused) return true;
    // It stands still between two effects; at resume it goes on with the next.
    if (next < effects.count) line.busy(node, effects.rest(next), cause, 0);
    return false;
  }

  /** The first crash that waits for such a handler, and after which of its effects it falls. */
  private placeToCut(node: SimNode, { kinds, count, base }: Effects): { armed: ArmedCrash; after: number } | undefined {
    const { handling, lives } = this.parts;
    const label = handling.label();
    for (const armed of node.armed) {
      const { where } = armed;
      if (typeof where === "object") {
        const after = where.after - base;
        if (where.handler === label && after >= 0 && after < count) return { armed, after };
        continue;
      }
      if (count < 2) continue;
      if (where === "persists" && !kinds.slice(0, count).includes(effectKind.disk)) continue;
      if (where === "sends" && !kinds.slice(0, count).includes(effectKind.send)) continue;
      return { armed, after: 1 + (lives.draw(armed.id, `cut ${label}`) % (count - 1)) };
    }
    return undefined;
  }

  private cut(node: SimNode, { id, then }: ArmedCrash, after: number, of: number, cause: number, site: string | undefined): void {
    const { handling, lives, blame } = this.parts;
    node.armed = node.armed.filter((other) => other.id !== id);
    lives.fall(node, id, cause, { handler: handling.label(), after, of }, site);
    blame.effect(id);
    then();
  }

  private synced(node: SimNode, cause: number, site: string | undefined): void {
    const { journal, loop } = this.parts;
    if (node.disk.sound) node.disk.sync(loop.nowUs);
    else this.parts.disks.sync(node);
    journal.note(what.sync, node.key, 0);
    if (journal.tracing) journal.record(node.id, cause, { kind: "sync" }, site);
  }

  /** A mutation has taken its place. It counts in the digest as ever: what is otherwise there comes of its being left out. */
  private leftOut(node: SimNode, hollow: Hollow, cause: number, site: string | undefined): void {
    const { journal, handling } = this.parts;
    handling.mutating!.turn(node, hollow);
    if (hollow.kind === effectKind.sync) journal.note(what.sync, node.key, 0);
    else if (hollow.kind === effectKind.disk)
      journal.note(what.disk, node.key, contentsOf(hollow.subject as DiskWrite, hollow.hash));
    if (journal.tracing) journal.record(node.id, cause, { kind: "log", message: Mutating.told(hollow) }, site);
  }

  private written(node: SimNode, write: DiskWrite, hash: number, cause: number, site: string | undefined): void {
    const { journal } = this.parts;
    node.disk.written(write);
    journal.note(what.disk, node.key, contentsOf(write, hash));
    if (!journal.tracing) return;
    if (write.kind === "write") journal.record(node.id, cause, { kind: "write", record: write.name, value: write.value }, site);
    else if (write.kind === "append") {
      journal.record(node.id, cause, { kind: "append", log: write.name, index: write.index, value: write.value }, site);
    } else journal.record(node.id, cause, { kind: "truncate", log: write.name, length: write.length }, site);
  }

  private stated(node: SimNode, name: string, data: unknown, hash: number, cause: number, site: string | undefined): void {
    const { journal, monitors, loop } = this.parts;
    journal.note(what.fact, node.key, mix(hashText(name), hash));
    if (journal.tracing) journal.record(node.id, cause, { kind: "fact", name, data }, site);
    monitors.fact(name, data, () => ({ node: node.id, atMs: loop.nowUs / 1000 }));
  }

  private logged(node: SimNode, message: string, data: unknown, hash: number, cause: number, site: string | undefined): void {
    const { journal } = this.parts;
    journal.note(what.log, node.key, mix(hashText(message), hash));
    if (!journal.tracing) return;
    const bare = { kind: "log", message } as const;
    journal.record(node.id, cause, data === undefined ? bare : { ...bare, data }, site);
  }

  private reached(node: SimNode, goal: string, cause: number, site: string | undefined): void {
    const { journal, handling } = this.parts;
    if (!this.knownGoals.has(goal)) {
      const known = [...this.knownGoals].join(", ") || "it has none";
      handling.broke(`${node.id} called ctx.sometimes("${goal}"), which is not among the protocol's goals (${known})`);
      return;
    }
    journal.note(what.goal, node.key, hashText(goal));
    if (journal.tracing && !this.goals.has(goal)) journal.record(node.id, cause, { kind: "goal", name: goal }, site);
    this.goals.add(goal);
  }
}

/** A write in the digest. */
function contentsOf({ kind, name }: DiskWrite, hash: number): number {
  return mix(mix(hash, kind.length), hashText(name));
}
