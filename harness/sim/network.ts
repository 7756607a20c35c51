/** The links between nodes: what the weather does to a message, and what faults have done to the link. */

import { biased } from "./bias.ts";
import { finish, hashText, mix } from "./chance.ts";
import { type Gate, isBlocked, type Queue } from "./gates.ts";
import { delayUs } from "./latency.ts";
import type { FaultId, Latency, LinkChange, Weather } from "./world.ts";

const cut = 1;
const held = 2;
const worse = 4;

interface Troubles<M> extends Queue<M> {
  readonly cutBy: Set<FaultId>;
  readonly worseBy: Map<FaultId, LinkChange>;
  /** Of a link with a rate: when it will have sent all that it was given. */
  readonly freeUs: Map<FaultId, number>;
}

/** A copy of a message that a fault makes. */
interface Copy {
  readonly by: FaultId;
  readonly delayUs: number;
}

/** What the network makes of one message. `delayUs` is meaningless when it is lost; `secondUs` is -1 unless it is doubled. */
export interface Fate {
  lost: boolean;
  delayUs: number;
  secondUs: number;
  /** The faults that had a hand in it. */
  by: FaultId[] | undefined;
  /** Copies that come beside the second one. */
  copies: Copy[] | undefined;
}

function blame(fate: Fate, id: FaultId): void {
  if (fate.by === undefined) fate.by = [id];
  else if (!fate.by.includes(id)) fate.by.push(id);
}

/** A share in parts per million as a bound for unsigned 32-bit draws. */
function threshold(ppm: number): number {
  return Math.floor((ppm * 4294967296) / 1_000_000);
}

/**
 * A message's fate is a hash of (seed, sender, receiver, the millisecond of sending, how-manieth on that link in it), by names and
 * never by indexes: so a message keeps its fate when others, or other nodes, are taken away.
 */
export class Network<M> {
  private readonly size: number;
  private readonly keys: Int32Array;
  private readonly hashes: readonly number[];
  private readonly lastMs: Float64Array;
  private readonly counts: Int32Array;
  private readonly flags: Uint8Array;
  private readonly troubles = new Map<number, Troubles<M>>();
  private readonly weather: Weather;
  /** By link, where it has a latency of its own. */
  private readonly own = new Map<number, Latency>();
  private lossBelow: number;
  private duplicateBelow: number;
  private readonly fate: Fate = { lost: false, delayUs: 0, secondUs: -1, by: undefined, copies: undefined };

  constructor(root: number, names: readonly string[], weather: Weather) {
    const size = names.length;
    this.size = size;
    this.keys = new Int32Array(size * size);
    this.lastMs = new Float64Array(size * size).fill(-1);
    this.counts = new Int32Array(size * size);
    this.flags = new Uint8Array(size * size);
    this.hashes = names.map(hashText);
    this.reroot(root);
    this.weather = weather;
    for (const { from, to, latency } of weather.links ?? []) {
      const [a, b] = [names.indexOf(from), names.indexOf(to)];
      if (a >= 0 && b >= 0) this.own.set(this.index(a, b), latency);
    }
    this.lossBelow = threshold(weather.lossPpm);
    this.duplicateBelow = threshold(weather.duplicatePpm);
  }

  /** Another root of all fates from here on. */
  reroot(root: number): void {
    const { size, hashes } = this;
    for (let from = 0; from < size; from++) {
      for (let to = 0; to < size; to++) this.keys[from * size + to] = mix(mix(root, hashes[from]!), hashes[to]!);
    }
  }

  /** The weather after the heal: as before, but nothing is lost or doubled. */
  calm(): void {
    this.lossBelow = 0;
    this.duplicateBelow = 0;
  }

  index(from: number, to: number): number {
    return from * this.size + to;
  }

  isCut(link: number): boolean {
    return (this.flags[link]! & cut) !== 0;
  }

  isHeld(link: number): boolean {
    return (this.flags[link]! & held) !== 0;
  }

  /**
   * Draws a message's fate. `doubles` is false on links where the weather doubles nothing (a client's connection), `loses` for
   * messages to oneself. The result is overwritten by the next call.
   */
  draw(link: number, nowUs: number, loses: boolean, doubles: boolean): Fate {
    const { fate } = this;
    const ms = Math.floor(nowUs / 1000);
    if (this.lastMs[link] !== ms) {
      this.lastMs[link] = ms;
      this.counts[link] = 0;
    }
    const key = mix(mix(this.keys[link]!, ms), this.counts[link]!++);
    fate.lost = false;
    fate.secondUs = -1;
    fate.by = undefined;
    fate.copies = undefined;
    const latency = this.latency(link);
    fate.delayUs = delayUs(latency, finish(mix(key, 1)));
    if (loses) {
      if (this.lossBelow > 0 && finish(mix(key, 2)) < this.lossBelow) fate.lost = true;
      else if (doubles && this.duplicateBelow > 0 && finish(mix(key, 3)) < this.duplicateBelow) {
        fate.secondUs = delayUs(latency, finish(mix(key, 4)));
      }
      if ((this.flags[link]! & worse) !== 0) this.worsened(link, key, doubles, nowUs);
    }
    return fate;
  }

  private latency(link: number): Latency {
    return this.own.size === 0 ? this.weather.latency : (this.own.get(link) ?? this.weather.latency);
  }

  /** One draw for what happens on a link but is no message, from its names, the millisecond and what it is for. */
  chance(link: number, nowUs: number, purpose: string): number {
    return finish(mix(mix(this.keys[link]!, Math.floor(nowUs / 1000)), hashText(purpose)));
  }

  /** How long something that is no message takes on a link. */
  delay(link: number, nowUs: number, purpose: string): number {
    return Math.max(1, delayUs(this.latency(link), this.chance(link, nowUs, purpose)));
  }

  private worsened(link: number, key: number, doubles: boolean, nowUs: number): void {
    const { fate } = this;
    const { worseBy, freeUs } = this.troubles.get(link)!;
    for (const [id, { toward }] of worseBy) {
      if (toward === undefined || fate.lost) continue;
      const latency = this.latency(link);
      const side = finish(mix(mix(key, hashText(id)), 6));
      fate.delayUs = delayUs(latency, biased(finish(mix(key, 1)), toward, side));
      blame(fate, id);
    }
    for (const [id, change] of worseBy) {
      if (fate.lost) return;
      const own = mix(key, hashText(id));
      if (change.lossPpm !== undefined && finish(mix(own, 1)) < threshold(change.lossPpm)) {
        fate.lost = true;
        fate.by = [id];
      } else if (doubles && change.duplicatePpm !== undefined && finish(mix(own, 3)) < threshold(change.duplicatePpm)) {
        if (change.copies !== undefined) {
          fate.copies ??= [];
          for (let i = 0; i < change.copies.count; i++) {
            fate.copies.push({ by: id, delayUs: change.copies.lateUs + delayUs(this.latency(link), finish(mix(own, 16 + i))) });
          }
          continue;
        }
        if (fate.secondUs < 0) fate.secondUs = delayUs(this.latency(link), finish(mix(own, 4)));
        blame(fate, id);
      }
    }
    if (fate.lost) return;
    for (const [id, { slowLane, rate }] of worseBy) {
      if (slowLane !== undefined && finish(mix(mix(key, hashText(id)), 6)) < threshold(slowLane.ppm)) {
        fate.delayUs += slowLane.extraUs;
        blame(fate, id);
      }
      if (rate === undefined) continue;
      const eachUs = Math.ceil(1_000_000 / rate.perSecond);
      const waitsUs = Math.max(0, (freeUs.get(id) ?? 0) - nowUs);
      if (waitsUs > 0) blame(fate, id);
      if (rate.queue !== undefined && waitsUs > rate.queue * eachUs) {
        fate.lost = true;
        fate.by = [id];
        return;
      }
      freeUs.set(id, nowUs + waitsUs + eachUs);
      fate.delayUs += waitsUs;
    }
    // Only now, when it is known whether there is a second one: both are late, whoever doubled it.
    for (const [id, { extraLatency }] of worseBy) {
      if (extraLatency === undefined) continue;
      const own = mix(key, hashText(id));
      fate.delayUs += delayUs(extraLatency, finish(mix(own, 2)));
      if (fate.secondUs >= 0) fate.secondUs += delayUs(extraLatency, finish(mix(own, 5)));
      blame(fate, id);
    }
  }

  cutBy(link: number): Iterable<FaultId> {
    return this.troubles.get(link)?.cutBy ?? [];
  }

  /** Who lets nothing through. */
  heldBy(link: number): Iterable<FaultId> {
    const troubles = this.troubles.get(link);
    if (troubles === undefined) return [];
    if (troubles.gates.size === 0) return troubles.heldBy;
    return [...troubles.heldBy, ...[...troubles.gates].filter(([, { kind }]) => kind === "jam").map(([id]) => id)];
  }

  /** What waits at the end of a link that was held once. */
  queue(link: number): Queue<M> {
    return this.troubles.get(link)!;
  }

  /** Keeps a message that arrived on a held link. */
  wait(link: number, message: M): void {
    this.troubles.get(link)!.waiting.push(message);
  }

  setCut(id: FaultId, link: number, on: boolean): void {
    const troubles = this.at(link);
    if (on) troubles.cutBy.add(id);
    else troubles.cutBy.delete(id);
    this.flag(link, cut, troubles.cutBy.size > 0);
  }

  /** Returns what waited, in order of arrival, when nobody holds the link any more. */
  setHeld(id: FaultId, link: number, on: boolean): readonly M[] {
    const troubles = this.at(link);
    if (on) troubles.heldBy.add(id);
    else troubles.heldBy.delete(id);
    return this.released(link, troubles);
  }

  /** Returns what waited, as `setHeld` does. */
  setGate(id: FaultId, link: number, gate: Gate | undefined): readonly M[] {
    const troubles = this.at(link);
    if (gate !== undefined) troubles.gates.set(id, gate);
    else troubles.gates.delete(id);
    return this.released(link, troubles);
  }

  private released(link: number, troubles: Troubles<M>): readonly M[] {
    this.flag(link, held, troubles.heldBy.size > 0 || troubles.gates.size > 0);
    return isBlocked(troubles) ? [] : troubles.waiting.splice(0);
  }

  setWorse(id: FaultId, link: number, change: LinkChange | undefined): void {
    const troubles = this.at(link);
    if (change !== undefined) troubles.worseBy.set(id, change);
    else {
      troubles.worseBy.delete(id);
      troubles.freeUs.delete(id);
    }
    this.flag(link, worse, troubles.worseBy.size > 0);
  }

  /** Ends every trouble of every link; returns the links that held something, with what waited there. */
  healAll(): readonly { readonly link: number; readonly waiting: readonly M[] }[] {
    const released: { link: number; waiting: readonly M[] }[] = [];
    for (const [link, troubles] of this.troubles) {
      if (troubles.waiting.length > 0) released.push({ link, waiting: troubles.waiting.splice(0) });
      this.flags[link] = 0;
    }
    this.troubles.clear();
    return released;
  }

  private at(link: number): Troubles<M> {
    let troubles = this.troubles.get(link);
    if (troubles === undefined) {
      const kept = { heldBy: new Set<FaultId>(), gates: new Map<FaultId, Gate>(), waiting: [] };
      troubles = { ...kept, cutBy: new Set(), worseBy: new Map(), freeUs: new Map() };
      this.troubles.set(link, troubles);
    }
    return troubles;
  }

  private flag(link: number, bit: number, on: boolean): void {
    this.flags[link] = on ? this.flags[link]! | bit : this.flags[link]! & ~bit;
  }
}
