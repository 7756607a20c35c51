/**
 * What a node has decided it is asked again after a crash, by somebody else who does not know of the first one, or whose message was late
 * and comes when the node is back. So it shows what the node has forgotten, though it told nothing too early. Where that somebody would not
 * ask just then, he is brought to it: a message comes later, sooner or once more, or the first one is heard by nobody else for a while,
 * as a hold of the scenario or its weather may have it. As nobody knows beforehand what comes of this, it is tried without the crash first.
 */

import type { Params, PlannedFault } from "../../faults/fault.ts";
import { formatLink } from "../../faults/links.ts";
import type { NodeId } from "../../protocol.ts";
import type { FaultItem, Plan, Scenario } from "../../scenario/scenario.ts";
import type { Chance } from "./chance.ts";
import { begins, briefest, crashAt, type Drawn, type Input, Recorder, type Sending } from "./deviations.ts";
import { withFaults } from "./groups.ts";
import type { Site } from "./strategy.ts";

/** What brings a rival about is called so, with a number behind. */
const rivalName = "rival";

/** Of a message whose sender is known. */
type Asked = Input & { readonly sending: Sending };

/** An input that made its node write, and another one that may come in its place. */
export interface Rivalry {
  readonly kind: string;
  readonly input: Asked;
  /** Absent: somebody may ask who does not hear of it. */
  readonly rival?: Asked;
}

/** So many rivals of one input, the nearest ones. */
const mostRivals = 3;

export function rivalries({ scenario }: Site, inputs: readonly Input[]): readonly Rivalry[] {
  const servers = new Set(scenario.servers.map(({ id }) => id));
  const withinUs = Math.max(slowestUs(scenario), ...holds(scenario).map((item) => item.for?.maxUs ?? 0));
  const groups = new Map<string, Asked[]>();
  for (const input of inputs.filter(isAsked)) {
    const key = `${input.node}\n${input.handler}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [input]);
    else group.push(input);
  }
  return [...groups.values()].flatMap((asked) =>
    asked
      .filter(({ writes }) => writes)
      .flatMap((input): readonly Rivalry[] => {
        const apartUs = (other: Asked): number => {
          const [elder, younger] = inOrder(input, other);
          return younger.atUs - elder.sending.atUs;
        };
        const rivals = asked
          .filter((other) => areRivals(input, other) && apartUs(other) < withinUs)
          .toSorted((one, other) => apartUs(one) - apartUs(other))
          .slice(0, mostRivals);
        const alone = servers.has(input.sending.from) ? [{ kind: `${input.handler}, alone`, input }] : [];
        return [...rivals.map((rival) => ({ kind: input.handler, input, rival })), ...alone];
      }),
  );
}

function isAsked(input: Input): input is Asked {
  return input.sending !== undefined && !input.isRequest;
}

/** Two ask the same node the same. */
function areRivals(one: Asked, other: Asked): boolean {
  return one.node === other.node && one.handler === other.handler && one.sending.from !== other.sending.from;
}

function inOrder(one: Asked, other: Asked): readonly [Asked, Asked] {
  return one.atUs < other.atUs ? [one, other] : [other, one];
}

/** A plan in which both ask, with the crash between the two; none when it did not come to that. */
export function rivalry(site: Site, base: Plan, seed: number, both: Rivalry, id: string, chance: Chance): Plan | undefined {
  const drawn = briefest(site, both.input.node, chance);
  if (drawn?.forUs === undefined) return undefined;
  const { forUs } = drawn;
  const nudges = nudged(site, both, forUs, chance).map((fault, i): PlannedFault => ({ id: `${rivalName}.${i + 1}`, ...fault }));
  const plan = withFaults(base, [...nudges, ...base.faults]);
  const between = chosen(site, plan, seed, both, forUs, chance);
  if (between === undefined) return undefined;
  return { ...plan, faults: [falls(site, between, { ...drawn, forUs }, id, chance), ...plan.faults] };
}

/** How long after the first of the two somebody may still ask who does not know of it. */
const nearUs = 1_000_000;

/** Two that ask one after the other in this run, with time for a crash between them: those that were meant, if they do. */
function chosen(
  site: Site,
  plan: Plan,
  seed: number,
  { input, rival }: Rivalry,
  forUs: number,
  chance: Chance,
): readonly [Asked, Asked] | undefined {
  const [elder, younger] = rival === undefined ? [input, input] : inOrder(input, rival);
  const untilUs = Math.min(younger.atUs + nearUs, plan.healAtUs);
  const recorder = new Recorder();
  site.dry(seed, plan, recorder.scout);
  const asked = recorder.inputs.filter(isAsked).filter((one) => {
    const isNear = one.atUs >= elder.sending.atUs && one.atUs < untilUs;
    return isNear && one.node === input.node && one.handler === input.handler;
  });
  const pairs = asked.flatMap((first, i) =>
    (first.writes ? asked : [])
      .slice(i + 1)
      .filter((second) => areRivals(first, second) && second.atUs - first.atUs > forUs + 1)
      .map((second) => [first, second] as const),
  );
  if (pairs.length === 0) return undefined;
  const meant = pairs.filter(([first, second]) => isSame(first, younger) && isSame(second, elder));
  const exposed = pairs.filter(([first]) => first.points.some((point) => point.exposed));
  return chance.pick([meant, exposed, pairs].find((some) => some.length > 0)!.slice(0, mostRivals));
}

function isSame({ sending: one }: Asked, { sending: other }: Asked): boolean {
  return one.from === other.from && one.nth === other.nth;
}

/** Where something was told too early, mostly there; else once the first has been handled, or as late as it can be back in time. */
function falls(
  site: Site,
  [first, second]: readonly [Asked, Asked],
  drawn: Drawn & { readonly forUs: number },
  id: string,
  chance: Chance,
): PlannedFault {
  const exposed = first.points.filter((point) => point.exposed);
  const at = exposed.length > 0 && chance.odds(80) ? crashAt(site, chance.pick(exposed), id, chance) : undefined;
  if (at !== undefined) return { ...at, ...drawn };
  return { id, atUs: chance.odds(50) ? first.atUs + 1 : second.atUs - drawn.forUs - 1, ...drawn };
}

/** A fault without its name. */
type Nudge = Omit<PlannedFault, "id">;

/** A message's moment is over when it has been sent: what lies on its links lasts no longer. */
const momentUs = 1;
const allPpm = 1_000_000;

function nudged(site: Site, { input, rival }: Rivalry, forUs: number, chance: Chance): readonly Nudge[] {
  const answers = quick(site, input, chance);
  if (rival === undefined) return [...alone(site, input, chance), ...answers];
  const [elder, younger] = inOrder(input, rival);
  const unheard = [input, younger].flatMap((one) => (chance.odds(50) ? alone(site, one, chance) : []));
  return [...turned(site, elder, younger, forUs, chance), ...unheard, ...answers];
}

/** So that the younger one comes first, and the elder one when the node is back. */
function turned(site: Site, elder: Asked, younger: Asked, forUs: number, chance: Chance): readonly Nudge[] {
  const { weather } = site.scenario;
  const one = ({ sending, node }: Asked, fault: string, params: Params): Nudge => ({
    fault,
    ...begins({ node: sending.from, nth: sending.nth }),
    forUs: momentUs,
    params: { links: [formatLink({ from: sending.from, to: node })], ...params },
  });
  const mostUs = heldUs(site, elder.sending.from, elder.node, chance) ?? 0;
  const extraUs = younger.atUs - elder.sending.atUs + forUs + chance.between(1_000, 50_000);
  if (extraUs <= mostUs && chance.odds(80)) {
    // A copy takes nothing away, so all else comes as it did.
    return weather.duplicatePpm > 0 && chance.odds(60)
      ? [one(elder, "duplicate", { ppm: allPpm, copies: 1, lateUs: extraUs })]
      : [one(elder, "slow-lane", { ppm: allPpm, extraUs: chance.between(extraUs, Math.min(mostUs, extraUs + 500_000)) })];
  }
  if (weather.latency.kind === "constant") return [];
  return [elder, younger].flatMap((asked) =>
    chance.odds(50) ? [one(asked, "bias", { toward: chance.pick(["late", "early"]) })] : [],
  );
}

/** What goes to and from the node comes as early as it can for a while. */
function quick({ scenario }: Site, { node, sending, atUs }: Asked, chance: Chance): readonly Nudge[] {
  if (scenario.weather.latency.kind === "constant") return [];
  const others = scenario.servers.map(({ id }) => id).filter((id) => id !== node);
  const early = (links: readonly string[], fromUs: number): readonly Nudge[] =>
    links.length === 0 ? [] : [{ fault: "bias", atUs: fromUs, forUs: slowestUs(scenario), params: { links, toward: "early" } }];
  return [
    ...(chance.odds(50)
      ? early(
          others.map((to) => formatLink({ from: node, to })),
          atUs,
        )
      : []),
    ...(chance.odds(30)
      ? early(
          others.map((from) => formatLink({ from, to: node })),
          sending.atUs + 1,
        )
      : []),
  ];
}

/** A server that asked is heard by no other for a while; nor by this one, once it has asked. */
function alone(site: Site, { node, atUs, sending: { from, first } }: Asked, chance: Chance): readonly Nudge[] {
  const servers = site.scenario.servers.map(({ id }) => id);
  if (!servers.includes(from)) return [];
  const others = servers.filter((id) => id !== from && id !== node);
  return [
    ...unheard(site, from, others, begins({ node: from, nth: first }), chance),
    ...(chance.odds(60) ? unheard(site, from, [node], { atUs: atUs + 1 }, chance) : []),
  ];
}

/** Held where the scenario has it, else as late as the weather allows. */
function unheard(site: Site, from: NodeId, by: readonly NodeId[], when: Pick<Nudge, "atUs">, chance: Chance): readonly Nudge[] {
  const { scenario } = site;
  const lie = (fault: string, nodes: readonly NodeId[], forUs: number, params: Params): readonly Nudge[] =>
    nodes.length === 0
      ? []
      : [{ fault, ...when, forUs, params: { links: nodes.map((to) => formatLink({ from, to })), ...params } }];
  const held = new Map(by.map((to) => [to, heldUs(site, from, to, chance)]));
  const holdable = by.filter((to) => held.get(to) !== undefined);
  if (holdable.length > 0) return lie("hold", holdable, Math.min(...holdable.map((to) => held.get(to)!)), {});
  return scenario.weather.latency.kind === "constant" ? [] : lie("bias", by, slowestUs(scenario), { toward: "late" });
}

/** About as long as a message takes at the most. */
function slowestUs({ weather: { latency } }: Scenario): number {
  switch (latency.kind) {
    case "constant":
      return latency.us;
    case "exponential":
      return latency.minUs + 5 * latency.meanUs;
    default:
      return latency.maxUs;
  }
}

function holds({ faults }: Scenario): readonly FaultItem[] {
  return faults.filter(({ fault, when }) => fault === "hold" && "every" in when);
}

/** How late what is sent on this link may be in a hold of the scenario; undefined where none would be held. */
function heldUs({ scenario, source }: Site, from: NodeId, to: NodeId, chance: Chance): number | undefined {
  for (const { id } of chance.shuffled(holds(scenario))) {
    for (let i = 0; i < 8; i++) {
      if (meets(scenario, source.params(chance.next, id), from, to)) return source.lasting(chance.next, id);
    }
  }
  return undefined;
}

/** Whether this link may be one of a plan's: a selector may point at any server. */
function meets({ servers }: Scenario, { links, nodes, direction, clients }: Params, from: NodeId, to: NodeId): boolean {
  if (Array.isArray(links)) return links.includes(formatLink({ from, to }));
  const isServer = (node: NodeId): boolean => servers.some(({ id }) => id === node);
  if (clients === false && !(isServer(from) && isServer(to))) return false;
  const isMeant = (node: NodeId): boolean => (Array.isArray(nodes) ? nodes.includes(node) : isServer(node));
  return (direction !== "in" && isMeant(from)) || (direction !== "out" && isMeant(to));
}
