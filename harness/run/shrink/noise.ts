/** The network's noise: links of their own, doubling, loss and varying delays go, or the few messages that matter take their place. */

import type { Params, PlannedFault } from "../../faults/fault.ts";
import { formatLink } from "../../faults/links.ts";
import type { Latency } from "../../sim/index.ts";
import type { TraceRecord } from "../../sim/trace.ts";
import { thin } from "./lists.ts";
import type { Candidate, Search } from "./search.ts";

/** So many messages of their own are tried in the place of noise. */
const mostSingled = 40;

/** Each kind of noise on its own. Delays become equal: as usual, the shortest, or between. */
export function calmer(
  search: Search,
  tries: (candidate: Candidate, act: string) => boolean = (candidate, act) => search.once(act, candidate),
): void {
  const { links, ...everywhere } = search.best.scenario.weather;
  if (links !== undefined) tries(search.with({}, { weather: everywhere }), "without links");
  for (const kind of ["duplicatePpm", "lossPpm"] as const) {
    const { weather } = search.best.scenario;
    if (weather[kind] > 0) tries(search.with({}, { weather: { ...weather, [kind]: 0 } }), `without ${kind}`);
  }
  const { weather } = search.best.scenario;
  if (weather.latency.kind === "constant") return;
  constants(weather.latency).some((us) =>
    tries(search.with({}, { weather: { ...weather, latency: { kind: "constant", us } } }), `latency ${us}`),
  );
}

function constants(latency: Exclude<Latency, { kind: "constant" }>): readonly number[] {
  const us = usual(latency);
  return [...new Set([us, Math.max(1, latency.minUs), Math.ceil(us / 2), us * 2])];
}

function usual(latency: Exclude<Latency, { kind: "constant" }>): number {
  switch (latency.kind) {
    case "uniform":
      return Math.floor((latency.minUs + latency.maxUs) / 2);
    case "exponential":
      return latency.minUs + latency.meanUs;
    case "heavy-tail":
      return latency.medianUs;
  }
}

/**
 * What no calm network shows may hang on a few messages: every one is as fast as the next, and those that were late or lost are held
 * back or cut one by one, each by an item of its own. Of these only what matters is left; it must make the story smaller.
 */
export function singled(search: Search, tries: (candidate: Candidate) => boolean): void {
  const { weather } = search.best.scenario;
  if (weather.latency.kind === "constant" && weather.lossPpm === 0) return;
  const trace = search.trace();
  const { latency } = weather;
  for (const us of latency.kind === "constant" ? [latency.us] : constants(latency)) {
    const single = oddOnes(trace, us, search.run.violation!.atUs);
    if (single.length === 0) continue;
    search.detour(() => {
      const faults = [...search.best.plan.faults, ...single].sort((a, b) => a.atUs - b.atUs);
      const calm = { ...weather, links: undefined, lossPpm: 0, latency: { kind: "constant", us } } as const;
      const { links: _links, ...own } = calm;
      if (tries(search.with({ faults }, { weather: own }))) thin(search, "faults", tries);
    });
  }
}

type Sent = Extract<TraceRecord, { kind: "send" }>;

/** A `hold` for every message that took much longer than `us`, and a `loss` for every one that was lost, by the weather. */
function oddOnes(trace: readonly TraceRecord[], us: number, untilUs: number): readonly PlannedFault[] {
  const arrivals = new Map<number, number>();
  for (const { kind, cause, atUs } of trace) if (kind === "deliver" && !arrivals.has(cause)) arrivals.set(cause, atUs);
  const odd = trace
    .filter((record): record is Sent => record.kind === "send" && record.by === undefined && record.atUs <= untilUs)
    .flatMap((sent): { readonly sent: Sent; readonly lateUs: number }[] => {
      if (sent.fate === "lost") return [{ sent, lateUs: Number.POSITIVE_INFINITY }];
      const tookUs = (arrivals.get(sent.n) ?? untilUs) - sent.atUs;
      return tookUs > 2 * us ? [{ sent, lateUs: tookUs }] : [];
    });
  const worst = [...odd].sort((a, b) => b.lateUs - a.lateUs).slice(0, mostSingled);
  return worst.map(({ sent: { n, node, to, atUs }, lateUs }) => {
    const links: Params = { links: [formatLink({ from: node, to })] };
    if (lateUs === Number.POSITIVE_INFINITY)
      return { id: `lost-${n}`, fault: "loss", atUs: Math.max(0, atUs - 1), forUs: 2, params: { ...links, ppm: 1_000_000 } };
    return { id: `late-${n}`, fault: "hold", atUs, forUs: lateUs, params: links };
  });
}
