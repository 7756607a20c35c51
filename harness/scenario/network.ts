/** The weather of the links, from and to the language. */

import type { NodeId } from "../protocol.ts";
import { didYouMean } from "../sim/suggest.ts";
import { formatShare, formatUs, parseDuration, parseShare } from "../sim/units.ts";
import type { Latency, Weather } from "../sim/world.ts";
import { presets } from "./presets.ts";
import type { Report } from "./problems.ts";
import { range } from "./ranges.ts";
import type { ScenarioFile } from "./schema.ts";

export function weather(network: ScenarioFile["network"], nodes: readonly NodeId[], report: Report): Weather {
  const lan = presets["lan"]!;
  if (network === undefined) return lan;
  if (typeof network === "string") return presets[network]!;
  return {
    latency: network.latency === undefined ? lan.latency : (latency(network.latency, report) ?? lan.latency),
    lossPpm: network.loss === undefined ? 0 : parseShare(network.loss)!,
    duplicatePpm: network.duplicate === undefined ? 0 : parseShare(network.duplicate)!,
    ...(network.links !== undefined && { links: links(network.links, nodes, report) }),
  };
}

/** `n1 -> n2: 50ms`: a link in one direction, with its own latency. */
function links(
  written: Readonly<Record<string, Written>>,
  nodes: readonly NodeId[],
  report: Report,
): NonNullable<Weather["links"]> {
  return Object.entries(written).flatMap(([name, value]) => {
    const path = ["network", "links", name];
    const ends = name.split("->").map((end) => end.trim());
    const [from, to] = ends;
    if (ends.length !== 2 || from === undefined || to === undefined || from === to) {
      report(path, `expected a link such as n1 -> n2, found "${name}"`, "key");
      return [];
    }
    const stranger = ends.find((end) => !nodes.includes(end));
    if (stranger !== undefined) {
      report(path, `there is no node "${stranger}"; ${didYouMean(stranger, nodes)}`, "key");
      return [];
    }
    const own = latency(value, report, path);
    return own === undefined ? [] : [{ from, to, latency: own }];
  });
}

type Written = NonNullable<Exclude<ScenarioFile["network"], string | undefined>["latency"]>;

function latency(value: Written, report: Report, path = ["network", "latency"]): Latency | undefined {
  if (typeof value === "string") {
    const { minUs, maxUs } = range(value, path, report);
    return value.includes("..") ? { kind: "uniform", minUs, maxUs } : { kind: "constant", us: minUs };
  }
  const kinds = Object.keys(value);
  if (kinds.length !== 1) {
    report(path, `expected exactly one of constant, exponential, heavy-tail, found ${kinds.join(" and ") || "none"}`);
    return undefined;
  }
  if (value.constant !== undefined) return { kind: "constant", us: parseDuration(value.constant)! };
  if (value.exponential !== undefined) {
    return { kind: "exponential", minUs: parseDuration(value.exponential.min)!, meanUs: parseDuration(value.exponential.mean)! };
  }
  const { min, median, max } = value["heavy-tail"]!;
  const tail = {
    kind: "heavy-tail",
    minUs: parseDuration(min)!,
    medianUs: parseDuration(median)!,
    maxUs: parseDuration(max)!,
  } as const;
  if (tail.medianUs < tail.minUs)
    report(
      [...path, "heavy-tail", "median"],
      `${median} is less than the min, ${min}; expected something in between min and max`,
    );
  if (tail.maxUs < tail.medianUs)
    report([...path, "heavy-tail", "max"], `${max} is less than the median, ${median}; expected something longer`);
  return tail;
}

/** The same weather in the language, every part written out. */
export function explicitWeather({ latency, lossPpm, duplicatePpm, links }: Weather): object {
  return {
    latency: explicitLatency(latency),
    loss: formatShare(lossPpm),
    duplicate: formatShare(duplicatePpm),
    ...(links !== undefined && {
      links: Object.fromEntries(links.map((link) => [`${link.from} -> ${link.to}`, explicitLatency(link.latency)])),
    }),
  };
}

function explicitLatency(latency: Latency): unknown {
  switch (latency.kind) {
    case "constant":
      return formatUs(latency.us);
    case "uniform":
      // Also where both ends are equal: it stays what it is.
      return `${formatUs(latency.minUs)}..${formatUs(latency.maxUs)}`;
    case "exponential":
      return { exponential: { min: formatUs(latency.minUs), mean: formatUs(latency.meanUs) } };
    case "heavy-tail":
      return { "heavy-tail": { min: formatUs(latency.minUs), median: formatUs(latency.medianUs), max: formatUs(latency.maxUs) } };
  }
}
