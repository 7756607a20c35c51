/** Measures over virtual time: what a panel of a monitoring system would show of this run. */

import type { TraceRecord } from "../../sim/trace.ts";
import type { PageOperation } from "../html/model.ts";

export interface Slot {
  readonly fromUs: number;
  readonly toUs: number;
  readonly ok: number;
  readonly ended: number;
  readonly p50?: number;
  readonly p95?: number;
  readonly messages: number;
  readonly lost: number;
  readonly retries: number;
  readonly redirects: number;
}

/** Round lengths for slots, in microseconds. */
const lengths = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 30_000, 60_000].map((ms) => ms * 1000);
const wanted = 40;

/** Even slots of a round length, about forty. */
export function slotsOf(operations: readonly PageOperation[], records: readonly TraceRecord[], endUs: number): Slot[] {
  const length = lengths.find((us) => endUs / us <= wanted) ?? Math.ceil(endUs / wanted);
  const count = Math.max(1, Math.ceil(endUs / length));
  const slots = Array.from({ length: count }, (_, i) => ({
    fromUs: i * length,
    toUs: (i + 1) * length,
    latencies: [] as number[],
    ended: 0,
    messages: 0,
    lost: 0,
    retries: 0,
    redirects: 0,
  }));
  const at = (us: number): (typeof slots)[number] => slots[Math.min(count - 1, Math.floor(us / length))]!;
  for (const { outcome, fromUs, toUs } of operations) {
    if (toUs === null) continue;
    at(toUs).ended++;
    if (outcome === "ok") at(toUs).latencies.push(toUs - fromUs);
  }
  const asked = new Set<unknown>();
  for (const record of records) {
    const slot = at(record.atUs);
    if (record.kind === "send") {
      slot.messages++;
      if (record.fate === "lost" || record.fate === "cut") slot.lost++;
      if (record.channel !== "request") continue;
      const { id } = record.message as { readonly id?: unknown };
      if (asked.has(id)) slot.retries++;
      asked.add(id);
    } else if (record.kind === "deliver" && record.channel === "answer") {
      if ((record.message as { readonly kind?: unknown }).kind === "redirect") slot.redirects++;
    } else if (record.kind === "drop") slot.lost++;
  }
  return slots.map(({ latencies, ...slot }) => {
    latencies.sort((a, b) => a - b);
    const quantiles = latencies.length === 0 ? {} : { p50: quantile(latencies, 0.5), p95: quantile(latencies, 0.95) };
    return { ...slot, ok: latencies.length, ...quantiles };
  });
}

/** Of a sorted list: the least value that is not below so large a share of it. */
export function quantile(sorted: readonly number[], share: number): number {
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)]!;
}

/** Stretches in which operations were open and none was answered, longer than `leastUs`. */
export function silences(
  operations: readonly PageOperation[],
  endUs: number,
  leastUs: number,
): { readonly fromUs: number; readonly toUs: number }[] {
  const changes = operations.flatMap(({ fromUs, toUs, outcome }) => [
    { atUs: fromUs, open: 1, answer: false },
    { atUs: toUs ?? endUs, open: -1, answer: toUs !== null && outcome !== "info" },
  ]);
  changes.sort((a, b) => a.atUs - b.atUs || a.open - b.open);
  const found: { fromUs: number; toUs: number }[] = [];
  let open = 0;
  let since: number | undefined;
  const close = (toUs: number): void => {
    if (since !== undefined && toUs - since >= leastUs) found.push({ fromUs: since, toUs });
    since = undefined;
  };
  for (const { atUs, open: change, answer } of changes) {
    open += change;
    if (answer) close(atUs);
    if (open === 0) close(atUs);
    else since ??= atUs;
  }
  return found;
}
