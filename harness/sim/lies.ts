/** What nodes tell that is not as their protocol says: other things to others, changed fields, old messages again. */

import { finish, hashText, mix } from "./chance.ts";
import { falsified } from "./falsify.ts";
import { way } from "./journal.ts";
import { channelNumber, type Scheduled, type SimNode } from "./node.ts";
import type { Parts } from "./parts.ts";
import type { FaultId, Lie } from "./world.ts";

/** A message that a fault changed or sends again. */
export interface Told {
  readonly by: readonly FaultId[];
  /** What the node's own handler had written. */
  readonly meant?: unknown;
  /** It was sent before. */
  readonly again?: true;
}

/** A message that a liar's handler has sent. */
interface Said {
  readonly from: SimNode;
  readonly to: SimNode;
  readonly message: unknown;
  readonly hash: number;
  readonly cause: number;
  readonly site: string | undefined;
}

/** How many bits of a number may flip: a lie is off by one, noise is off by anything. */
const bits = { equivocate: 1, corrupt: 16 } as const;
const asItIs: Told = { by: [] };

export class Lies {
  private readonly parts: Parts;
  private readonly liars = new Map<SimNode, Map<FaultId, Lie>>();
  private said: Said[] = [];
  private readonly marks = new WeakMap<Scheduled, readonly FaultId[]>();

  constructor(parts: Parts) {
    this.parts = parts;
  }

  set(id: FaultId, node: SimNode, lie: Lie | undefined): void {
    if (node.isClient) return;
    const lies = this.liars.get(node) ?? new Map<FaultId, Lie>();
    if (lie !== undefined) lies.set(id, lie);
    else lies.delete(id);
    if (lies.size > 0) this.liars.set(node, lies);
    else this.liars.delete(node);
  }

  heal(): void {
    this.liars.clear();
  }

  /** Takes over what a liar says; false when the node is none. It is told at the end of this moment, when it is known to how many. */
  takes(from: SimNode, to: SimNode, channel: number, message: unknown, hash: number, cause: number, site?: string): boolean {
    if (channel !== channelNumber.message || from === to || !this.liars.has(from)) return false;
    const { loop } = this.parts;
    if (this.said.length === 0) loop.call(loop.nowUs, () => this.tell());
    this.said.push({ from, to, message, hash, cause, site });
    return true;
  }

  /** Counts what is handled now, if it is a lie. */
  handled(event: Scheduled): void {
    const by = this.marks.get(event);
    if (by !== undefined) this.parts.blame.all(by);
  }

  mark(event: Scheduled, by: readonly FaultId[]): void {
    if (by.length > 0) this.marks.set(event, by);
  }

  private tell(): void {
    const { said } = this;
    this.said = [];
    for (const one of said) this.tellOne(one, said);
  }

  private tellOne(one: Said, all: readonly Said[]): void {
    const { from, to, cause, site } = one;
    const by: FaultId[] = [];
    let { message, hash } = one;
    for (const [id, lie] of this.liars.get(from) ?? []) {
      if (lie.kind === "replay") {
        if (this.chance(id, one) < share(lie.ppm)) this.replay(id, one, lie.afterUs);
        continue;
      }
      const draw = lie.kind === "corrupt" ? this.corrupting(id, lie.ppm, one) : this.equivocating(id, lie.to, one, all);
      const changed = draw === undefined ? undefined : falsified(message, draw, bits[lie.kind], lie.field);
      if (changed === undefined) continue;
      ({ message, hash } = changed);
      by.push(id);
    }
    const told = by.length === 0 ? asItIs : { by, meant: one.message };
    this.parts.post.transmit(from, to, channelNumber.message, message, hash, cause, site, told);
  }

  /** The same draw for all who are told the same: two camps, each of which hears one thing. */
  private equivocating(id: FaultId, camp: readonly string[], { from, to, hash }: Said, all: readonly Said[]): number | undefined {
    if (!camp.includes(to.id)) return undefined;
    const others = all.some((other) => other.from === from && other.hash === hash && !camp.includes(other.to.id));
    return others ? finish(mix(this.root(id), hash)) : undefined;
  }

  private corrupting(id: FaultId, ppm: number, one: Said): number | undefined {
    return this.chance(id, one) < share(ppm) ? finish(mix(this.chance(id, one), 1)) : undefined;
  }

  private replay(id: FaultId, { from, to, message, hash, cause, site }: Said, afterUs: number): void {
    const { loop, post } = this.parts;
    loop.call(loop.nowUs + afterUs, () => {
      if (this.liars.get(from)?.has(id) !== true) return;
      post.transmit(from, to, channelNumber.message, message, hash, cause, site, { by: [id], again: true });
    });
  }

  private root(id: FaultId): number {
    return mix(this.parts.roots.faults, hashText(id));
  }

  /** By what is said, from whom to whom, and the millisecond. */
  private chance(id: FaultId, { from, to, hash }: Said): number {
    const ms = Math.floor(this.parts.loop.nowUs / 1000);
    return finish(mix(mix(mix(this.root(id), way(from, to)), ms), hash));
  }
}

/** A share in parts per million as a bound for unsigned 32-bit draws. */
function share(ppm: number): number {
  return Math.floor((ppm * 4294967296) / 1_000_000);
}
