/** One line on what runs cost in virtual time: how long answers took, how long there were none, how many messages. */

import type { Quantiles } from "../run/histogram.ts";
import type { CampaignMetrics, RunMetrics } from "../run/metrics.ts";
import type { Campaign } from "../run/run.ts";
import { count, percent } from "./text.ts";

/** "answers after 11.2 ms (half of them), 58 ms (95 %), 1.31 s (all); none for up to 2.4 s; 12.3 messages an answer, 2% lost, 1% cut" */
export function campaignCosts({ metrics, operations }: Campaign): string {
  const { sent, lost, cut } = metrics.messages;
  const answers = operations.ok + operations.fail;
  const each = answers === 0 ? count(sent, "message") : `${Math.round((sent * 10) / answers) / 10} messages an answer`;
  return [...lengths(metrics, metrics.unavailable.max), [each, ...shares(sent, { lost, cut })].join(", ")].join("; ");
}

/** The same of one run, with what its clients did to get their answers. */
export function runCosts(metrics: RunMetrics): string {
  const { sent, lost, cut, doubled } = metrics.messages;
  const { again, redirected } = metrics.requests;
  const asked = [
    count(metrics.requests.sent, "request"),
    ...(again === 0 ? [] : [`${again} asked again`]),
    ...(redirected === 0 ? [] : [`${redirected} redirected`]),
  ];
  const posted = [count(sent, "message"), ...shares(sent, { lost, cut, doubled })];
  return [...lengths(metrics, metrics.unavailable), asked.join(", "), posted.join(", ")].join("; ");
}

function lengths({ latency }: Pick<CampaignMetrics | RunMetrics, "latency">, unavailable: number | undefined): string[] {
  return [...answersAfter(latency), ...(unavailable === undefined ? [] : [`none for up to ${short(unavailable)}`])];
}

function answersAfter({ p50, p95, max }: Quantiles): string[] {
  if (p50 === undefined || p95 === undefined || max === undefined) return [];
  return [`answers after ${short(p50)} (half of them), ${short(p95)} (95 %), ${short(max)} (all)`];
}

function shares(sent: number, parts: Readonly<Record<string, number>>): string[] {
  return Object.entries(parts).flatMap(([name, part]) => (part === 0 || sent === 0 ? [] : [`${percent(part, sent)} ${name}`]));
}

/** Three digits are enough to compare by: 950 us, 11.2 ms, 2.41 s. */
function short(us: number): string {
  const [value, unit] = us < 1_000 ? [us, "us"] : us < 1_000_000 ? [us / 1_000, "ms"] : [us / 1_000_000, "s"];
  const digits = value < 10 ? 2 : value < 100 ? 1 : 0;
  return `${Number(value.toFixed(digits))} ${unit}`;
}
