/** The weather of the links, from and to the language. */

import { formatShare, formatUs, parseDuration, parseShare } from "../sim/units.ts";
import type { Latency, Weather } from "../sim/world.ts";
import { presets } from "./presets.ts";
import type { Report } from "./problems.ts";
import { range } from "./ranges.ts";
import type { ScenarioFile } from "./schema.ts";

export function weather(network: ScenarioFile["network"], report: Report): Weather {
  const lan = presets["lan"]!;
  if (network === undefined) return lan;
  if (typeof network === "string") return presets[network]!;
  return {
    latency: network.latency === undefined ? lan.latency : (latency(network.latency, report) ?? lan.latency),
    lossPpm: network.loss === undefined ? 0 : parseShare(network.loss)!,
    duplicatePpm: network.duplicate === undefined ? 0 : parseShare(network.duplicate)!,
  };
}

type Written = NonNullable<Exclude<ScenarioFile["network"], string | undefined>["latency"]>;

function latency(value: Written, report: Report): Latency | undefined {
  const path = ["network", "latency"];
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
export function explicitWeather({ latency, lossPpm, duplicatePpm }: Weather): object {
  return { latency: explicitLatency(latency), loss: formatShare(lossPpm), duplicate: formatShare(duplicatePpm) };
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
