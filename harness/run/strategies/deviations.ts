/** Single ways in which a run may differ from another one: a crash at one of its effects, a message of it that is held up. */

import type { Params, PlannedFault } from "../../faults/fault.ts";
import type { NodeId } from "../../protocol.ts";
import type { FaultItem, Plan, Scenario } from "../../scenario/scenario.ts";
import { effectKind, momentOf, type Scout } from "../../sim/index.ts";
import type { Chance } from "./chance.ts";
import { grouped, withFaults } from "./groups.ts";
import type { Site } from "./strategy.ts";

/** Before which effect of a node a crash may fall. */
export interface CrashPoint {
  readonly node: NodeId;
  /** How-manieth effect of this node, from 1, as moments count them. */
  readonly nth: number;
  /** Points of one kind: between the same two effects of the same handler, which has done no other things before. */
  readonly kind: string;
  /** A crash before the next effect of this handler comes to the same: between them nothing is told or written. */
  readonly idle: boolean;
  /** Something has been told that need not be on the disk: it is not synced, or this handler goes on to write. */
  readonly exposed: boolean;
  readonly atUs: number;
  /** Writes that no sync has covered there. */
  readonly unsynced: number;
  /** The servers that this handler has told something before. */
  readonly told: readonly NodeId[];
}

/** A message that was sent. */
export interface Sent {
  readonly from: NodeId;
  readonly to: NodeId;
  /** Its type, and how-manieth of them the sender sent. */
  readonly type: string;
  readonly nth: number;
}

/** How a message left its sender: before which of its effects, and when. */
export interface Sending {
  readonly from: NodeId;
  readonly nth: number;
  /** The first message of the same handler: with it began what was told to all. */
  readonly first: number;
  readonly atUs: number;
}

/** A message or a request that a server has handled. */
export interface Input {
  readonly node: NodeId;
  readonly handler: string;
  readonly atUs: number;
  /** Inputs of one kind: of one handler that did the same. */
  readonly kind: string;
  /** An operation of the workload: whatever order those come in is right. */
  readonly isRequest: boolean;
  readonly writes: boolean;
  readonly sending: Sending | undefined;
  /** The crash points of its handler, in their order. */
  readonly points: readonly CrashPoint[];
}

/** Writes down every effect of a run; what happens at boot is before any fault can begin. */
export class Recorder {
  readonly points: CrashPoint[] = [];
  readonly sent: Sent[] = [];
  /** Messages and requests. */
  readonly inputs: Input[] = [];
  private readonly pending = new Map<NodeId, number>();
  private readonly sendings = new Map<unknown, readonly (Sending & { readonly to: NodeId })[]>();
  private readonly booted = new Set<NodeId>();
  private readonly counts = new Map<NodeId, number>();
  private readonly sends = new Map<string, number>();
  /** Who has written since its last sync, and whether it has told anybody anything since. */
  private readonly unsynced = new Map<NodeId, "written" | "told">();

  readonly scout: Scout = (node, handler, { count, kinds, subjects, details, numbers }, { atUs, subject }) => {
    if (handler === "start" && !this.booted.has(node.id)) {
      this.booted.add(node.id);
      return;
    }
    const names: string[] = [];
    for (let i = 0; i < count; i++) {
      const moment = momentOf(kinds[i]!, subjects[i], details[i], numbers[i]!);
      names.push(moment === undefined ? "" : `${moment.what} ${moment.name}`);
    }
    const last = (is: (i: number) => boolean): number => names.findLastIndex((name, i) => name !== "" && is(i));
    const lastLasting = last((i) => kinds[i] !== effectKind.setTimer);
    const lastWrite = last((i) => kinds[i] === effectKind.disk || kinds[i] === effectKind.sync);
    const told: NodeId[] = [];
    let tells = false;
    let previous = "";
    const done = new Set<string>();
    let first: number | undefined;
    const points: CrashPoint[] = [];
    if (!node.isClient && (handler === "request" || handler.startsWith("message"))) {
      const did = names.filter((name, i) => name !== "" && name !== names[i - 1]);
      const sending = this.sendings.get(subject)?.findLast(({ to }) => to === node.id);
      const kind = `${handler}\n${did.join("\n")}`;
      this.inputs.push({
        node: node.id,
        handler,
        atUs,
        kind,
        isRequest: handler === "request",
        writes: lastWrite >= 0,
        sending,
        points,
      });
    }
    for (let i = 0; i < count; i++) {
      if (names[i] === "") continue;
      const nth = (this.counts.get(node.id) ?? 0) + 1;
      this.counts.set(node.id, nth);
      const idle = kinds[i] === effectKind.setTimer && i < lastLasting;
      const exposed = (tells && i <= lastWrite) || this.unsynced.get(node.id) === "told";
      const kind = [handler, ...done, "", previous, names[i]].join("\n");
      const unsynced = this.pending.get(node.id) ?? 0;
      const point = { node: node.id, nth, kind, idle, exposed, atUs, unsynced, told: [...told] };
      points.push(point);
      if (!node.isClient) this.points.push(point);
      previous = names[i]!;
      done.add(previous);
      if (kinds[i] === effectKind.disk && !this.unsynced.has(node.id)) this.unsynced.set(node.id, "written");
      if (kinds[i] === effectKind.disk) this.pending.set(node.id, unsynced + 1);
      if (kinds[i] === effectKind.sync) this.pending.delete(node.id);
      if (kinds[i] === effectKind.sync) this.unsynced.delete(node.id);
      if (kinds[i] !== effectKind.send) continue;
      tells = true;
      if (this.unsynced.has(node.id)) this.unsynced.set(node.id, "told");
      first ??= nth;
      const sending = { from: node.id, to: (subjects[i] as { readonly id: NodeId }).id, nth, first, atUs };
      this.sendings.set(details[i], [...(this.sendings.get(details[i]) ?? []), sending]);
      // Channel 0 is between servers.
      if (numbers[i] !== 0) continue;
      const { id: to } = subjects[i] as { readonly id: NodeId };
      if (to !== node.id) told.push(to);
      const type = names[i]!.slice("send ".length);
      const key = `${node.id}\n${type}`;
      const manieth = (this.sends.get(key) ?? 0) + 1;
      this.sends.set(key, manieth);
      this.sent.push({ from: node.id, to, type, nth: manieth });
    }
  };
}

/** A crash of this node as one of these items would draw it, if there is one; never with an empty disk, nor at a place of its own. */
function crashOf({ source }: Site, items: readonly FaultItem[], node: NodeId, chance: Chance): Drawn | undefined {
  for (const item of items) {
    for (let i = 0; i < 40; i++) {
      const params = source.params(chance.next, item.id);
      const nodes = params["nodes"];
      if (!Array.isArray(nodes)) break;
      if (nodes.length !== 1 || nodes[0] !== node || params["disk"] === "wipe") continue;
      const { where: _, ...plain } = params;
      return { fault: "crash", params: plain, ...lasting(source.lasting(chance.next, item.id)) };
    }
  }
  return undefined;
}

export type Drawn = Pick<PlannedFault, "fault" | "params" | "forUs">;

function lasting(forUs: number | undefined): Pick<PlannedFault, "forUs"> {
  return forUs === undefined ? {} : { forUs };
}

/** The fault items by which somebody may crash at any time. */
function crashItems({ scenario }: Site): readonly FaultItem[] {
  return scenario.faults.filter(({ fault, when }) => fault === "crash" && "every" in when);
}

/** The node falls just before this effect. */
export function crashAt(site: Site, point: CrashPoint, id: string, chance: Chance): PlannedFault | undefined {
  const drawn = crashOf(site, crashItems(site), point.node, chance);
  return drawn === undefined ? undefined : { id, ...begins(point), ...drawn };
}

/** The same, and it is back as soon as the shortest of some draws says: the others have had little time to go on without it. */
export function briefCrashAt(site: Site, point: CrashPoint, id: string, chance: Chance): PlannedFault | undefined {
  const drawn = briefest(site, point.node, chance);
  return drawn === undefined ? undefined : { id, ...begins(point), ...drawn };
}

/** The shortest of some draws. */
export function briefest(site: Site, node: NodeId, chance: Chance): Drawn | undefined {
  let best: Drawn | undefined;
  for (let i = 0; i < briefDraws; i++) {
    const drawn = crashOf(site, chance.shuffled(crashItems(site)), node, chance);
    if (best === undefined || (drawn?.forUs ?? Infinity) < (best.forUs ?? Infinity)) best = drawn ?? best;
  }
  return best;
}

const briefDraws = 4;

/** Faults by which somebody learns late of what it is told, and those by which it is out of reach for a while in any way. */
const late: readonly string[] = ["hold", "pause", "jam", "slow"];
const away: readonly string[] = [...late, "crash", "partition", "disconnect", "half-open"];

/**
 * Another fault of the scenario, from this point on: whoever has been told something there is out of reach of the node that falls, if
 * the scenario has a fault for that; else it is any of them.
 */
export function beside({ scenario, source }: Site, point: CrashPoint, chance: Chance): PlannedFault | undefined {
  // What is told and forgotten shows best while it is under way, and the one who told it is back.
  const words = chance.odds(point.exposed ? 80 : 50) ? late : away;
  const items = scenario.faults.filter(({ fault, when }) => "every" in when && words.includes(fault));
  let any: PlannedFault | undefined;
  for (const item of chance.shuffled(items)) {
    for (let i = 0; i < 10; i++) {
      const { where: _, ...params } = source.params(chance.next, item.id);
      if (params["disk"] === "wipe" || isOnly(params, point.node)) continue;
      const length = lasting(source.lasting(chance.next, item.id));
      const fault: PlannedFault = { id: besideId(item.id), ...begins(point), fault: item.fault, ...length, params };
      if (point.told.some((node) => parts(params, node, point.node))) return fault;
      any ??= fault;
    }
  }
  return any;
}

/** It counts as its item's, before the first one that the item's own plan holds. */
function besideId(item: string): string {
  return `${item}.0`;
}

function isOnly({ nodes }: Params, node: NodeId): boolean {
  return Array.isArray(nodes) && nodes.length === 1 && nodes[0] === node;
}

/** Whether they stand on two sides of it. */
function parts(params: Params, one: NodeId, other: NodeId): boolean {
  const { nodes, groups } = params;
  if (Array.isArray(nodes)) return nodes.includes(one) && !nodes.includes(other);
  if (!Array.isArray(groups)) return false;
  const side = (node: NodeId): number => (groups as readonly (readonly NodeId[])[]).findIndex((group) => group.includes(node));
  return side(one) !== side(other);
}

/** Just before this effect. */
export function begins({ node, nth }: Pick<CrashPoint, "node" | "nth">): Pick<PlannedFault, "atUs" | "moment"> {
  return { atUs: 0, moment: { place: "before", what: "effect", by: node, nth } };
}

/** The plan without the crashes that come again and again. */
export function withoutCrashes(scenario: Scenario, plan: Plan): Plan {
  const { groups, rest } = grouped(scenario, plan);
  return withFaults(plan, [...rest, ...groups.filter(({ item }) => item.fault !== "crash").flatMap(({ faults }) => faults)]);
}

/** The plan with nothing that comes again and again. */
export function withoutRepeated(scenario: Scenario, plan: Plan): Plan {
  return { ...plan, faults: grouped(scenario, plan).rest };
}
