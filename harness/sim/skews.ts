/** What the nodes' clocks show, what faults do to them, and whether anybody noticed. */

import { standsStill } from "./clock.ts";
import { what } from "./journal.ts";
import type { SimNode } from "./node.ts";
import type { Parts } from "./parts.ts";
import type { Clocks, FaultId } from "./world.ts";

export class Skews {
  private readonly parts: Parts;

  constructor(parts: Parts) {
    this.parts = parts;
  }

  wall(node: SimNode): number {
    this.read(node, true);
    return node.clock.wallUs(this.parts.loop.nowUs);
  }

  elapsed(node: SimNode): number {
    this.read(node, false);
    return node.clock.elapsedUs(this.parts.loop.nowUs);
  }

  /** Counts a clock fault as effective when a skewed clock is really read (or a timer is set on one). */
  read(node: SimNode, wall: boolean): void {
    if (node.driftBy.size > 0) this.parts.blame.all(node.driftBy.keys());
    if (node.frozenBy.size > 0) for (const [id, clocks] of node.frozenBy) if (concerns(clocks, wall)) this.parts.blame.effect(id);
    if (wall && node.jumpedBy.size > 0) for (const [id, us] of node.jumpedBy) if (us !== 0) this.parts.blame.effect(id);
  }

  freeze(id: FaultId, node: SimNode, clocks: Clocks): void {
    node.frozenBy.set(id, clocks);
    this.rate(node, id);
  }

  thaw(id: FaultId, node: SimNode): void {
    if (!node.frozenBy.has(id)) return;
    this.waited(node);
    node.frozenBy.delete(id);
    this.rate(node, id);
  }

  /** Timers that are still to come have waited for a stop-watch that stood still. */
  private waited(node: SimNode): void {
    if (![...node.timers.values()].some(({ armed }) => armed)) return;
    for (const [id, clocks] of node.frozenBy) if (clocks !== "wall") this.parts.blame.effect(id);
  }

  jump(id: FaultId, node: SimNode, byUs: number): void {
    node.clock.jump(byUs);
    node.jumpedBy.set(id, (node.jumpedBy.get(id) ?? 0) + byUs);
    this.parts.journal.note(what.jump, node.key, byUs);
    this.recorded(node, ppmOf(node), id);
  }

  drift(id: FaultId, node: SimNode, ppm: number): void {
    node.driftBy.set(id, ppm);
    this.rate(node, id);
  }

  undrift(id: FaultId, node: SimNode): void {
    if (node.driftBy.delete(id)) this.rate(node, id);
  }

  /** Rates are 1 again; walls stay as they are. */
  heal(node: SimNode): void {
    if (node.driftBy.size === 0 && node.frozenBy.size === 0) return;
    this.waited(node);
    node.driftBy.clear();
    node.frozenBy.clear();
    this.rate(node);
  }

  private recorded(node: SimNode, ppm: number, by?: FaultId): void {
    const { loop, journal } = this.parts;
    if (!journal.tracing) return;
    const offsetUs = node.clock.offsetUs(loop.nowUs);
    const still = [...new Set(node.frozenBy.values())];
    const frozen = still.length === 0 ? {} : { frozen: still.length === 1 ? still[0]! : "both" };
    journal.record(node.id, 0, { kind: "clock", offsetUs, ppm, ...frozen, ...(by === undefined ? {} : { by }) });
  }

  private rate(node: SimNode, by?: FaultId): void {
    const { loop, journal, timers } = this.parts;
    const ppm = ppmOf(node);
    const runs = Math.max(-900_000, Math.min(9_000_000, ppm));
    const frozen = [...node.frozenBy.values()];
    const rateOf = (wall: boolean): number => (frozen.some((clocks) => concerns(clocks, wall)) ? standsStill : runs);
    node.clock.setRate(loop.nowUs, rateOf(false), rateOf(true));
    journal.note(what.rate, node.key, ppm);
    this.recorded(node, ppm, by);
    timers.move(node);
  }
}

function concerns(clocks: Clocks, wall: boolean): boolean {
  return clocks === "both" || (clocks === "wall") === wall;
}

/** How much faster its clocks run, by all faults together. */
function ppmOf(node: SimNode): number {
  let ppm = 0;
  for (const drift of node.driftBy.values()) ppm += drift;
  return ppm;
}
