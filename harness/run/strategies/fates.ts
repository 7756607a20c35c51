/** Single messages come late, twice or never; they are drawn by their type, so that one that is sent once a run is hit as often as a heartbeat. */

import type { Params, PlannedFault } from "../../faults/fault.ts";
import { formatLink } from "../../faults/links.ts";
import type { NodeId } from "../../protocol.ts";
import type { FaultItem, Scenario } from "../../scenario/scenario.ts";
import type { Chance } from "./chance.ts";
import { withFaults } from "./groups.ts";
import { drawMoment } from "./profile.ts";
import type { Site, Strategy } from "./strategy.ts";

/** What the items of this strategy are called, with a number behind. */
const fateName = "fate";

/** A message's moment is over when it has been sent: what lies on its links lasts no longer. */
const momentUs = 1;
const allPpm = 1_000_000;
const leastLateUs = 1_000;

/** So many messages a run: some meet nothing that is ever sent. */
const messages = 40;

/** Only what may happen to a message here anyway: by the weather, or while a link is held. */
type Word = "held up" | "slow" | "twice" | "lost";

export const fates: Strategy = (site) => (plan, chance) => {
  const { scenario } = site;
  const profile = site.profile();
  const servers = new Set(scenario.servers.map(({ id }) => id));
  const sends = profile.kinds.filter(({ what, at }) => what === "send" && [...at.keys()].some((node) => servers.has(node)));
  const holds = scenario.faults.filter(({ fault, when }) => fault === "hold" && "every" in when);
  const words = wordsOf(scenario, holds);
  if (sends.length === 0 || words.length === 0) return plan;
  const faults: PlannedFault[] = [];
  for (let i = 1; i <= messages; i++) {
    const kind = chance.pick(sends);
    const by = chance.pick([...kind.at.keys()].filter((node) => servers.has(node)));
    const what = fateOf(site, chance.pick(words), by, holds, chance);
    if (what === undefined) continue;
    const moment = drawMoment("before", kind, by, profile.runs, chance);
    faults.push({ id: `${fateName}.${i}`, ...what, atUs: 0, moment, forUs: momentUs });
  }
  return withFaults(plan, [...plan.faults, ...faults]);
};

function wordsOf({ weather }: Scenario, holds: readonly FaultItem[]): readonly Word[] {
  const words: Word[] = [];
  // An old message in a new time finds most.
  if (holds.length > 0) words.push("held up", "held up");
  if (weather.latency.kind !== "constant") words.push("slow");
  if (weather.duplicatePpm > 0) words.push("twice");
  if (weather.lossPpm > 0) words.push("lost");
  return words;
}

function fateOf(
  site: Site,
  word: Word,
  by: NodeId,
  holds: readonly FaultItem[],
  chance: Chance,
): { readonly fault: string; readonly params: Params } | undefined {
  if (word === "held up") return heldUp(site, by, chance.pick(holds), chance);
  const lateUs = holds.length === 0 ? undefined : latenessUs(site, chance.pick(holds), chance);
  const { servers, clients } = site.scenario;
  const others = servers.map(({ id }) => id).filter((id) => id !== by);
  const receivers = others.length > 0 && chance.odds(50) ? [chance.pick(others)] : [...others, ...clients];
  const links = receivers.map((to) => formatLink({ from: by, to }));
  if (word === "slow") return { fault: "bias", params: { links, toward: "late" } };
  // The message itself comes in time, and its copy when nobody waits for it any more.
  const late = lateUs === undefined ? {} : { copies: 1, lateUs };
  if (word === "twice") return { fault: "duplicate", params: { links, ppm: allPpm, ...late } };
  return { fault: "loss", params: { links, ppm: allPpm } };
}

/** As late as what is sent during a hold of these links can be, while all else goes on. */
function heldUp(site: Site, by: NodeId, item: FaultItem, chance: Chance): ReturnType<typeof fateOf> {
  const extraUs = latenessUs(site, item, chance);
  if (extraUs === undefined) return undefined;
  for (let i = 0; i < 6; i++) {
    const links = site.source.params(chance.next, item.id);
    if (mayMeet(links, by)) return { fault: "slow-lane", params: { ...links, ppm: allPpm, extraUs } };
  }
  return undefined;
}

/** What comes at the beginning of a hold waits for all of it, what comes near its end hardly at all. */
function latenessUs({ source }: Site, { id }: FaultItem, chance: Chance): number | undefined {
  const mostUs = source.lasting(chance.next, id);
  if (mostUs === undefined) return undefined;
  const [least, most] = chance.odds(50) ? [2, 30] : [30, 100];
  return Math.max(leastLateUs, Math.floor((mostUs * chance.between(least, most)) / 100));
}

/** Whether links of a plan may be some on which this node sends. */
function mayMeet({ links, nodes, direction }: Params, by: NodeId): boolean {
  if (Array.isArray(links)) return links.some((link: string) => link.startsWith(`${by} `));
  return direction === "in" || !Array.isArray(nodes) || nodes.includes(by);
}
