/** What faults do to disks: errors, syncs that lie or take long, what a crash or an old copy destroys, and on how many servers they may. */

import { DiskError, type NodeId, type Tolerance } from "../protocol.ts";
import { finish, mix } from "./chance.ts";
import { Damaged, type DiskWrite, type Loss } from "./disk.ts";
import { what } from "./journal.ts";
import type { SimNode } from "./node.ts";
import type { Parts } from "./parts.ts";
import type { Ailment, FaultId } from "./world.ts";

/** How durable state may be destroyed; see Tolerance. */
type Destruction = keyof Tolerance;
const destructions = ["wiped", "forgets", "damaged"] as const satisfies readonly Destruction[];

/** An error that knows which fault it comes from. */
class FailingDisk extends DiskError {
  readonly by: FaultId;

  constructor(by: FaultId, kind: DiskError["kind"], record: string, index?: number) {
    super(kind, record, index);
    this.by = by;
  }
}

/** The fault behind an error; none behind one that a protocol made itself. */
export function faultOf(error: DiskError): FaultId {
  return error instanceof FailingDisk ? error.by : "";
}

/** The numbers that a protocol leaves open. */
export function borne({ wiped, forgets = wiped, damaged = wiped }: Tolerance): Required<Tolerance> {
  return { wiped, forgets, damaged };
}

export class Disks {
  /** Servers whose durable state was destroyed, by how. */
  readonly destroyed: Readonly<Record<Destruction, Set<NodeId>>> = { wiped: new Set(), forgets: new Set(), damaged: new Set() };
  private readonly parts: Parts;

  constructor(parts: Parts) {
    this.parts = parts;
  }

  ail(id: FaultId, { disk }: SimNode, ailment: Ailment): void {
    disk.ails.set(id, ailment);
    disk.look();
  }

  cure(id: FaultId, { disk }: SimNode): void {
    disk.ails.delete(id);
    disk.look();
  }

  /** Errors are over; what is destroyed stays so. */
  heal({ disk }: SimNode): void {
    disk.ails.clear();
    disk.look();
  }

  // What a handler meets. Asked only of disks that are not sound.

  /** Before anything is read. */
  reads({ disk }: SimNode, record: string): void {
    this.fails(disk.ails, "unreadable", record);
  }

  /** Before anything is written. */
  writes({ disk }: SimNode, record: string): void {
    this.fails(disk.ails, "full", record);
  }

  private fails(ails: ReadonlyMap<FaultId, Ailment>, kind: "unreadable" | "full", record: string): void {
    let by: FaultId | undefined;
    for (const [id, ailment] of ails) {
      if (ailment.kind !== kind) continue;
      by ??= id;
      this.parts.blame.effect(id);
    }
    if (by !== undefined) throw new FailingDisk(by, kind, record);
  }

  /** What was read, when it fits its checksum. */
  whole(value: unknown, record: string, index?: number): unknown {
    if (!(value instanceof Damaged)) return value;
    this.parts.blame.effect(value.by);
    throw new FailingDisk(value.by, "damaged", record, index);
  }

  /** How much longer a sync takes than no time at all: nothing, where there is nothing to be made durable. */
  syncTakes({ disk }: SimNode): number {
    if (disk.unsynced === 0) return 0;
    let us = 0;
    for (const [id, ailment] of disk.ails) {
      if (ailment.kind !== "slow") continue;
      us += ailment.extraUs;
      this.parts.blame.effect(id);
    }
    return us;
  }

  sync({ disk }: SimNode): void {
    const liars = [...disk.ails].flatMap(([id, ailment]) => (ailment.kind === "lies" ? [{ id, beyond: ailment.beyond }] : []));
    if (liars.length === 0) disk.sync(this.parts.loop.nowUs);
    for (const { id, beyond } of liars) disk.feign(id, beyond);
  }

  // What destroys

  /** What a crash leaves of the disk. */
  fall(node: SimNode): Loss {
    const { loop, roots } = this.parts;
    const { disk } = node;
    const key = mix(mix(roots.disks, node.key), Math.floor(loop.nowUs / 1000));
    const draw = (i: number): number => finish(mix(key, i));
    if (disk.sound && disk.pretended === 0) return disk.crash(draw, loop.nowUs);
    this.forget(node);
    return disk.crash(draw, loop.nowUs, this.tears(node));
  }

  /** What a sync had pretended to make durable is lost now, or is spared. */
  private forget(node: SimNode): void {
    const { disk } = node;
    const count = disk.pretended;
    if (count === 0) return;
    const liars = new Map(disk.liars);
    const first = [...liars.keys()][0]!;
    if (!this.may(first, node, "forgets", [...liars.values()].includes(true))) {
      disk.keepPretended(this.parts.loop.nowUs);
      return;
    }
    this.happened(first, node, "forgets", `loses ${writes(count)} that a sync had pretended to make durable`);
    for (const id of liars.keys()) this.parts.blame.effect(id);
  }

  /** The fault that tears the last write, if one does. */
  private tears(node: SimNode): FaultId | undefined {
    const write = node.disk.tearable;
    if (write === undefined) return undefined;
    for (const [id, ailment] of node.disk.ails) {
      if (ailment.kind !== "tears") continue;
      if (write.kind === "write" && !this.mayTear(id, node, write, ailment.beyond)) continue;
      this.parts.blame.effect(id);
      return id;
    }
    return undefined;
  }

  /** Half a record is no record: the old one is gone with it. */
  private mayTear(id: FaultId, node: SimNode, { name }: DiskWrite, beyond: boolean): boolean {
    if (!this.may(id, node, "damaged", beyond)) return false;
    this.happened(id, node, "damaged", `has torn the record "${name}", which no longer fits its checksum`);
    return true;
  }

  rot(id: FaultId, node: SimNode, beyond: boolean, record?: string): void {
    if (!this.may(id, node, "damaged", beyond)) return;
    const spot = node.disk.rot(this.parts.lives.draw(id, `rot ${node.id}`), id, record);
    if (spot === undefined) return;
    const at = spot.index === undefined ? `the record "${spot.record}"` : `entry ${spot.index} of the log "${spot.record}"`;
    this.happened(id, node, "damaged", `has ${at} damaged`);
  }

  wipe(id: FaultId, node: SimNode, beyond: boolean): void {
    if (node.up || node.disk.isEmpty || !this.may(id, node, "wiped", beyond)) return;
    const { journal, monitors, blame } = this.parts;
    node.disk.wipe();
    if (!node.isClient) this.destroyed.wiped.add(node.id);
    journal.note(what.wipe, node.key, 0);
    if (journal.tracing) journal.record(node.id, 0, { kind: "wipe" });
    if (!node.isClient) monitors.node("onWipe", node.id);
    blame.effect(id);
  }

  /** Whether there is something to forget, and it may be forgotten; then the node, which has crashed by now, forgets it. */
  rollBack(id: FaultId, node: SimNode, ageUs: number, beyond: boolean, crash: () => void): boolean {
    const { loop, blame } = this.parts;
    const toUs = loop.nowUs - ageUs;
    if (!node.up || node.disk.youngerThan(toUs) === 0 || !this.may(id, node, "forgets", beyond)) return false;
    crash();
    const count = node.disk.youngerThan(toUs);
    node.disk.goBack(toUs);
    this.happened(
      id,
      node,
      "forgets",
      `gets back an older copy of its disk, without ${writes(count)} of the last ${ageUs / 1000} ms`,
    );
    blame.effect(id);
    return true;
  }

  private happened(id: FaultId, node: SimNode, how: Destruction, says: string): void {
    const { journal } = this.parts;
    if (!node.isClient) this.destroyed[how].add(node.id);
    journal.note(what.destroyed, node.key, says.length);
    if (journal.tracing) journal.record(node.id, 0, { kind: "disk", says, by: id });
  }

  // How much may be destroyed

  /** Whether this node is among those whose loss the protocol bears; a client's disk is nobody's promise. */
  private may(id: FaultId, node: SimNode, how: Destruction, beyond: boolean): boolean {
    const { options, journal } = this.parts;
    if (beyond || node.isClient || options.bears === undefined) return true;
    const bears = borne(options.bears);
    const all = new Set(destructions.flatMap((one) => [...this.destroyed[one]])).add(node.id);
    const most = Math.max(...destructions.map((one) => bears[one]));
    const size = new Set(this.destroyed[how]).add(node.id).size;
    if (size <= bears[how] && all.size <= most) return true;
    const says = `is spared: the protocol states that it bears ${counted(bears[how])} ${hows[how]}`;
    if (journal.tracing) journal.record(node.id, 0, { kind: "disk", says, by: id });
    return false;
  }

  /** Who lost what, where that is more than these numbers: "1 server with a wiped disk (n2), where it bears 0". Undefined when it is not. */
  exceeding(tolerance: Tolerance): string | undefined {
    const bears = borne(tolerance);
    const found = destructions.flatMap((how) => {
      const nodes = [...this.destroyed[how]];
      if (nodes.length <= bears[how]) return [];
      return [
        `${nodes.length === 1 ? "1 server" : `${nodes.length} servers`} ${hows[how]} (${nodes.join(", ")}), where it bears ${bears[how]}`,
      ];
    });
    return found.length === 0 ? undefined : found.join("; ");
  }
}

const hows: Readonly<Record<Destruction, string>> = {
  wiped: "with a wiped disk",
  forgets: "set back to an older state",
  damaged: "with a damaged disk",
};

function counted(servers: number): string {
  return servers === 0 ? "no server" : `at most ${servers} server${servers === 1 ? "" : "s"}`;
}

function writes(count: number): string {
  return `${count} ${count === 1 ? "write" : "writes"}`;
}
