/** The weather of the links, from and to the language. */

import { meantLinks, parseLink } from "../faults/links.ts";
import type { Protocol } from "../protocol.ts";
import { formatShare, formatUs, parseDuration, parseShare } from "../sim/units.ts";
import type { Latency, Weather } from "../sim/world.ts";
import { presets } from "./presets.ts";
import type { Report } from "./problems.ts";
import { range } from "./ranges.ts";
import type { Scenario } from "./scenario.ts";
import type { ScenarioFile } from "./schema.ts";

type Network = ScenarioFile["network"];
type Nodes = Pick<Scenario, "servers" | "clients">;
type Transport = Protocol["transport"];

export function weather(network: Network, nodes: Nodes, transport: Transport, report: Report): Weather {
  const written = parts(network, nodes, report);
  if (transport !== "stream" || written.duplicatePpm === 0) return written;
  // A preset is for everybody; who writes it out means something by it.
  if (typeof network === "object") {
    const message = "this protocol stands on streams, on which every message arrives once; take it out";
    report(["network", "duplicate"], message);
  }
  return { ...written, duplicatePpm: 0 };
}

/** How long a connection bears silence, where the scenario says so. */
export function streamTimeout(
  network: Network,
  transport: Transport,
  report: Report,
): { readonly streamTimeoutUs: number } | undefined {
  const text = typeof network === "object" ? network["stream-timeout"] : undefined;
  if (text === undefined) return undefined;
  const path = ["network", "stream-timeout"];
  const streamTimeoutUs = parseDuration(text)!;
  if (transport !== "stream") {
    report(path, "this protocol stands on datagrams, which have no connections that could time out; take it out", "key");
    return undefined;
  }
  if (streamTimeoutUs === 0) report(path, `expected a duration above 0, found ${text}`);
  return { streamTimeoutUs };
}

function parts(network: Network, nodes: Nodes, report: Report): Weather {
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
function links(written: Readonly<Record<string, Written>>, nodes: Nodes, report: Report): NonNullable<Weather["links"]> {
  const seen = new Set<string>();
  return Object.entries(written).flatMap(([name, value]) => {
    const path = ["network", "links", name];
    const ends = name.split("->").map((end) => end.trim());
    const [from, to] = ends;
    if (ends.length !== 2 || from === undefined || to === undefined) {
      report(path, `expected a link such as n1 -> n2, found "${name}"`, "key");
      return [];
    }
    const meant = meantLinks([{ from, to }], nodes);
    if (typeof meant === "string") {
      report(path, meant, "key");
      return [];
    }
    const own = latency(value, report, path);
    const twice = meant.find((link) => seen.has(link));
    if (twice !== undefined) report(path, `the link "${twice}" stands here twice; write it once`, "key");
    for (const link of meant) seen.add(link);
    return own === undefined ? [] : meant.map((link) => ({ ...parseLink(link)!, latency: own }));
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
export function explicitWeather({ latency, lossPpm, duplicatePpm, links }: Weather, streamTimeoutUs?: number): object {
  return {
    latency: explicitLatency(latency),
    loss: formatShare(lossPpm),
    duplicate: formatShare(duplicatePpm),
    ...(streamTimeoutUs !== undefined && { "stream-timeout": formatUs(streamTimeoutUs) }),
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
