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
  /** Effects of one kind: the same handler, and the same effects of it before and after. */
  readonly kind: string;
}

/** A message that was sent. */
export interface Sent {
  readonly from: NodeId;
  readonly to: NodeId;
  /** Its type, and how-manieth of them the sender sent. */
  readonly type: string;
  readonly nth: number;
}

export interface Ledger {
  readonly points: readonly CrashPoint[];
  readonly sent: readonly Sent[];
}

/** Writes down every effect of a run; what happens at boot is before any fault can begin. */
export class Recorder {
  readonly points: CrashPoint[] = [];
  readonly sent: Sent[] = [];
  private readonly booted = new Set<NodeId>();
  private readonly counts = new Map<NodeId, number>();
  private readonly sends = new Map<string, number>();

  readonly scout: Scout = (node, handler, { count, kinds, subjects, details, numbers }) => {
    if (handler === "start" && !this.booted.has(node.id)) {
      this.booted.add(node.id);
      return;
    }
    const names: string[] = [];
    for (let i = 0; i < count; i++) {
      const moment = momentOf(kinds[i]!, subjects[i], details[i], numbers[i]!);
      names.push(moment === undefined ? "" : `${moment.what} ${moment.name}`);
    }
    const whole = `${handler}\n${short(names).join("\n")}`;
    for (let i = 0; i < count; i++) {
      if (names[i] === "") continue;
      const nth = (this.counts.get(node.id) ?? 0) + 1;
      this.counts.set(node.id, nth);
      if (!node.isClient) this.points.push({ node: node.id, nth, kind: `${whole}\n${i}` });
      // Channel 0 is between servers.
      if (kinds[i] !== effectKind.send || numbers[i] !== 0) continue;
      const type = names[i]!.slice("send ".length);
      const key = `${node.id}\n${type}`;
      const manieth = (this.sends.get(key) ?? 0) + 1;
      this.sends.set(key, manieth);
      this.sent.push({ from: node.id, to: (subjects[i] as { readonly id: NodeId }).id, type, nth: manieth });
    }
  };
}

/** A broadcast to few or to many is one thing. */
function short(names: readonly string[]): string[] {
  return names.filter((name, i) => name !== names[i - 1]);
}

/** The fault item by which a node may crash at any time, if there is one. */
export function crashItem(
  { scenario, source }: Site,
  node: NodeId,
  chance: Chance,
): { item: FaultItem; params: Params } | undefined {
  for (const item of scenario.faults) {
    if (item.fault !== "crash" || !("every" in item.when)) continue;
    for (let i = 0; i < 40; i++) {
      const params = source.params(chance.next, item.id);
      const nodes = params["nodes"];
      if (!Array.isArray(nodes)) break;
      if (nodes.length === 1 && nodes[0] === node && params["disk"] !== "wipe") {
        const { where: _, ...plain } = params;
        return { item, params: plain };
      }
    }
  }
  return undefined;
}

/** The node falls just before this effect. */
export function crashAt(site: Site, { node, nth }: CrashPoint, id: string, chance: Chance): PlannedFault | undefined {
  const found = crashItem(site, node, chance);
  if (found === undefined) return undefined;
  const forUs = site.source.lasting(chance.next, found.item.id);
  return {
    id,
    fault: "crash",
    atUs: 0,
    moment: { place: "before", what: "effect", by: node, nth },
    ...(forUs === undefined ? {} : { forUs }),
    params: found.params,
  };
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
