/** Metrics: what one run counted, measured from its trace; and what all runs of a campaign came to. All in virtual time. */

import type { Sample, TraceRecord } from "../sim/trace.ts";
import { figuresOf } from "./figures.ts";
import { Histogram, type HistogramData, type Quantiles } from "./histogram.ts";
import type { RecordedOperation, Run } from "./run.ts";

/** What became of messages, requests and answers; a held or doubled one is sent once. */
export interface Post {
  readonly sent: number;
  readonly delivered: number;
  /** By the ordinary weather, or worse. */
  readonly lost: number;
  /** By a partition, a broken connection, or because nobody was there. */
  readonly cut: number;
}

/** Of one run. Lengths are in microseconds. */
export interface RunMetrics {
  readonly messages: Post & { readonly doubled: number; readonly held: number };
  /** Of clients: how often one was sent, how often it was not the first time, and how often the answer named another server. */
  readonly requests: { readonly sent: number; readonly again: number; readonly redirected: number };
  /** From invocation to ok, probes among them. */
  readonly latency: Quantiles;
  /** The longest time in which operations were open and none was answered. */
  readonly unavailable: number;
  /** How often each fact was stated. */
  readonly facts: Readonly<Record<string, number>>;
  /** ctx.count, by name and labels: `hits{shard=2}`. */
  readonly counters: Readonly<Record<string, number>>;
  /** ctx.gauge, of each node: `queue{node=n1}`. */
  readonly gauges: Readonly<Record<string, { readonly last: number; readonly min: number; readonly max: number }>>;
  /** ctx.observe. */
  readonly observed: Readonly<
    Record<string, { readonly count: number; readonly min: number; readonly mean: number; readonly max: number }>
  >;
}

/** Of all runs of a campaign. Lengths are in microseconds, quantiles within one part in 128. */
export interface CampaignMetrics {
  readonly messages: Post;
  readonly latency: Quantiles;
  readonly failover: Quantiles;
  /** One value a run: the longest time in which operations were open and none was answered. */
  readonly unavailable: Quantiles;
}

export function metricsOf(
  trace: readonly TraceRecord[],
  history: readonly RecordedOperation[],
  samples: readonly Sample[],
  endUs: number,
): RunMetrics {
  const messages = { sent: 0, delivered: 0, lost: 0, cut: 0, doubled: 0, held: 0 };
  const requests = { sent: 0, again: 0, redirected: 0 };
  const asked = new Set<unknown>();
  const facts = new Map<string, number>();
  for (const record of trace) {
    switch (record.kind) {
      case "send": {
        messages.sent++;
        if (record.fate !== "sent") messages[record.fate]++;
        if (record.channel !== "request") break;
        requests.sent++;
        const { id } = record.message as { readonly id: unknown };
        if (asked.has(id)) requests.again++;
        asked.add(id);
        break;
      }
      case "deliver":
        messages.delivered++;
        if (record.channel === "answer" && (record.message as { readonly kind?: unknown }).kind === "redirect")
          requests.redirected++;
        break;
      case "drop":
        messages.cut++;
        break;
      case "fact":
        facts.set(record.name, (facts.get(record.name) ?? 0) + 1);
        break;
    }
  }
  const { latency, unavailable } = figuresOf(history.map(timed), 0, [], endUs);
  return {
    messages,
    requests,
    latency: quantiles(latency),
    unavailable: unavailable[0]!,
    facts: sorted(facts),
    ...stated(samples),
  };
}

function timed({ outcome, invokedAtUs, returnedAtUs, infoAtUs }: RecordedOperation) {
  return { outcome, invokedAtUs, returnedAtUs: infoAtUs ?? returnedAtUs };
}

function stated(samples: readonly Sample[]): Pick<RunMetrics, "counters" | "gauges" | "observed"> {
  const counters = new Map<string, number>();
  const gauges = new Map<string, { last: number; min: number; max: number }>();
  const observed = new Map<string, { count: number; sum: number; min: number; max: number }>();
  for (const { kind, name, node, value, labels } of samples) {
    const key = keyOf(name, kind === "gauge" ? { node, ...labels } : labels);
    if (kind === "count") counters.set(key, (counters.get(key) ?? 0) + value);
    else if (kind === "gauge") {
      const { min, max } = gauges.get(key) ?? { min: value, max: value };
      gauges.set(key, { last: value, min: Math.min(min, value), max: Math.max(max, value) });
    } else {
      const { count, sum, min, max } = observed.get(key) ?? { count: 0, sum: 0, min: value, max: value };
      observed.set(key, { count: count + 1, sum: sum + value, min: Math.min(min, value), max: Math.max(max, value) });
    }
  }
  const means = [...observed].map(([key, { count, sum, min, max }]) => [key, { count, min, mean: sum / count, max }] as const);
  return { counters: sorted(counters), gauges: sorted(gauges), observed: sorted(new Map(means)) };
}

/** `hits{shard=2}`: as they are written elsewhere. */
function keyOf(name: string, labels: Sample["labels"]): string {
  const pairs = Object.entries(labels ?? {}).map(([label, value]) => `${label}=${value}`);
  return pairs.length === 0 ? name : `${name}{${pairs.sort().join(",")}}`;
}

function sorted<Value>(map: ReadonlyMap<string, Value>): Readonly<Record<string, Value>> {
  return Object.fromEntries([...map].sort(([a], [b]) => (a < b ? -1 : 1)));
}

function quantiles(values: Iterable<number>): Quantiles {
  const histogram = new Histogram();
  for (const value of values) histogram.add(value);
  return histogram.quantiles();
}

/** The metrics of some runs as plain data. */
export interface MetricsData {
  readonly post: Post;
  readonly latency: HistogramData;
  readonly failover: HistogramData;
  readonly unavailable: HistogramData;
}

const measured = ["latency", "failover", "unavailable"] as const;

/** Adds up the metrics of runs. */
export class MetricsTally {
  private readonly post = { sent: 0, delivered: 0, lost: 0, cut: 0 };
  private readonly latency = new Histogram();
  private readonly failover = new Histogram();
  private readonly unavailable = new Histogram();

  add({ post, figures }: Run): void {
    for (const key of ["sent", "delivered", "lost", "cut"] as const) this.post[key] += post[key];
    for (const figure of measured) for (const value of figures[figure]) this[figure].add(value);
  }

  merge({ post, ...all }: MetricsData): void {
    for (const key of ["sent", "delivered", "lost", "cut"] as const) this.post[key] += post[key];
    for (const figure of measured) this[figure].merge(all[figure]);
  }

  data(): MetricsData {
    const { post, latency, failover, unavailable } = this;
    return { post: { ...post }, latency: latency.data(), failover: failover.data(), unavailable: unavailable.data() };
  }

  metrics(): CampaignMetrics {
    const { latency, failover, unavailable } = this;
    return {
      messages: { ...this.post },
      latency: latency.quantiles(),
      failover: failover.quantiles(),
      unavailable: unavailable.quantiles(),
    };
  }
}
