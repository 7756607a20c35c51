/** Faults begin at moments that are drawn by their kind: a handler that runs once a run is hit as often as one that runs a thousand times. */

import type { Params, PlannedFault, PlannedMoment } from "../../faults/fault.ts";
import type { NodeId } from "../../protocol.ts";
import type { Plan } from "../../scenario/scenario.ts";
import type { Chance } from "./chance.ts";
import { type Group, grouped, withFaults } from "./groups.ts";
import { type Cut, drawMoment, type Kind, type Profile } from "./profile.ts";
import type { Site, Strategy } from "./strategy.ts";

/** Faults that may begin at any moment whatever. Skews of clocks may not: how they lie to each other is part of what a protocol bears. */
const anywhere: ReadonlySet<string> = new Set([
  ...["crash", "pause", "slow", "partition", "hold", "jam", "swizzle", "slow-link", "slow-lane", "bandwidth", "reorder"],
  ...["disconnect", "half-open"],
]);

export const places: Strategy = (site) => (plan, chance) => placed(site, plan, chance);

export function placed(site: Site, plan: Plan, chance: Chance, percent = chance.pick([30, 50])): Plan {
  const profile = site.profile();
  const { groups, rest } = grouped(site.scenario, plan);
  const faults = groups.flatMap((group) =>
    anywhere.has(group.item.fault)
      ? group.faults.map((fault) => (chance.odds(percent) ? place(site, profile, group, fault, chance) : fault))
      : group.faults,
  );
  return withFaults(plan, [...rest, ...faults]);
}

function place(site: Site, profile: Profile, group: Group, fault: PlannedFault, chance: Chance): PlannedFault {
  if (fault.fault !== "crash") return begins(site, profile, fault, chance);
  const { where } = fault.params;
  if (where === undefined) return crashes(site, profile, group, fault, chance);
  // Whoever wrote an exact place has placed it.
  return typeof where === "string" ? cutShort(site, profile, group, fault, chance) : fault;
}

/** What lies on a network, and a pause, may begin at anything that happens anywhere. */
function begins({ scenario }: Site, profile: Profile, fault: PlannedFault, chance: Chance): PlannedFault {
  const servers = new Set(scenario.servers.map(({ id }) => id));
  const kinds = profile.kinds.filter(({ at }) => [...at.keys()].some((node) => servers.has(node)));
  if (kinds.length === 0) return fault;
  const kind = chance.pick(kinds);
  const place = kind.what === "receive" || kind.what === "timer" ? "before" : chance.pick(["when", "before"] as const);
  const targets = nodesOf(fault.params);
  // At its own doing, or at anybody's.
  const own =
    targets !== undefined && targets.length === 1 && kind.at.has(targets[0]!) && chance.odds(50) ? targets[0]! : undefined;
  const by = own ?? chance.pick([...kind.at.keys()]);
  return at(fault, drawMoment(place, kind, by, profile.runs, chance));
}

/** A crash between events: just before a message is received, or a timer fires. */
function crashes(site: Site, profile: Profile, group: Group, fault: PlannedFault, chance: Chance): PlannedFault {
  const kinds = profile.kinds.filter(({ what }) => what === "receive" || what === "timer");
  const { kind, params, by } = aimed(site, group, fault, kinds, chance);
  if (kind === undefined) return fault;
  return at({ ...fault, params }, drawMoment("before", kind, by, profile.runs, chance));
}

/** A crash in the middle of a handler, where the item means one that persists, sends, or has two effects. */
function cutShort(site: Site, profile: Profile, group: Group, fault: PlannedFault, chance: Chance): PlannedFault {
  const where = fault.params["where"];
  if (chance.odds(50)) {
    const words =
      where === "persists"
        ? ["write", "sync"]
        : where === "sends"
          ? ["send", "reply"]
          : ["write", "sync", "send", "reply", "fact"];
    const kinds = profile.kinds.filter(({ what }) => words.includes(what));
    const { kind, params, by } = aimed(site, group, fault, kinds, chance);
    if (kind === undefined) return fault;
    const { where: _, ...plain } = params;
    return at({ ...fault, params: plain }, drawMoment(chance.pick(["before", "after"] as const), kind, by, profile.runs, chance));
  }
  const cuts = profile.cuts.filter(({ persists, sends }) => (where === "persists" ? persists : where === "sends" ? sends : true));
  const handlers = [...new Set(cuts.map(({ handler }) => handler))];
  if (handlers.length === 0) return fault;
  const handler = chance.pick(handlers);
  const {
    kind: cut,
    params,
    by,
  } = aimed(
    site,
    group,
    fault,
    cuts.filter((one) => one.handler === handler),
    chance,
  );
  if (cut === undefined) return fault;
  const exact = { ...fault, params: { ...params, where: { handler: cut.handler, after: cut.after } } };
  const trigger = comingOf(cut, profile);
  return trigger === undefined ? exact : at(exact, drawMoment("before", trigger, by, profile.runs, chance));
}

/** The coming of what this handler handles. */
function comingOf({ handler }: Cut, { kinds }: Profile): Kind | undefined {
  const [first, name] = handler.split(" ") as [string, string | undefined];
  if (first === "message") return kinds.find((kind) => kind.what === "receive" && kind.name === name);
  if (first === "timer") return kinds.find((kind) => kind.what === "timer" && kind.name === name);
  return kinds.find((kind) => kind.what === "receive" && kind.name === handler);
}

/** A kind of moment, and a target at which it comes: the fault's own target, or another one that its item allows. */
function aimed<K extends { readonly at: ReadonlyMap<NodeId, number> }>(
  { source }: Site,
  { item }: Group,
  fault: PlannedFault,
  kinds: readonly K[],
  chance: Chance,
): { readonly kind: K | undefined; readonly params: Params; readonly by: NodeId | undefined } {
  const { params } = fault;
  if (kinds.length === 0) return { kind: undefined, params, by: undefined };
  const kind = chance.pick(kinds);
  for (let i = 0, tried = params; i < 6; i++, tried = source.params(chance.next, item.id)) {
    const nodes = nodesOf(tried);
    if (nodes === undefined) return { kind, params: tried, by: undefined };
    const by = nodes.find((node) => kind.at.has(node));
    if (by !== undefined) return { kind, params: tried, by };
  }
  return { kind: undefined, params, by: undefined };
}

function nodesOf(params: Params): readonly NodeId[] | undefined {
  const nodes = params["nodes"];
  return Array.isArray(nodes) ? (nodes as readonly NodeId[]) : undefined;
}

function at(fault: PlannedFault, begins: PlannedMoment): PlannedFault {
  return { ...fault, atUs: 0, moment: begins };
}
