import { describe, expect, it } from "vitest";
import type { RunMetrics } from "../run/metrics.ts";
import { campaignCosts, runCosts } from "./costs.ts";
import { valid } from "./testing/sample.ts";

const latency = { count: 40, p50: 11_234, p95: 58_000, p99: 900_000, max: 1_314_000 };

describe("what runs cost, in a line", () => {
  it("of a campaign", () => {
    const metrics = {
      messages: { sent: 12_345, delivered: 12_000, lost: 246, cut: 99 },
      latency,
      failover: { count: 0 },
      unavailable: { count: 9, p50: 1, p95: 2, p99: 3, max: 2_414_000 },
    };
    const campaign = { ...valid, operations: { asked: 1_200, ok: 900, fail: 100, info: 200 }, metrics };
    expect(campaignCosts(campaign)).toBe(
      "answers after 11.2 ms (half of them), 58 ms (95 %), 1.31 s (all); none for up to 2.41 s; 12.3 messages an answer, 1.9% lost, 0.8% cut",
    );
  });

  it("of a campaign in which nothing was answered", () => {
    const metrics = { ...valid.metrics, messages: { sent: 1, delivered: 1, lost: 0, cut: 0 }, latency: { count: 0 } };
    const operations = { asked: 9, ok: 0, fail: 0, info: 9 };
    expect(campaignCosts({ ...valid, operations, metrics: { ...metrics, unavailable: { count: 0 } } })).toBe("1 message");
  });

  it("of a run", () => {
    const metrics: RunMetrics = {
      messages: { sent: 200, delivered: 180, lost: 2, cut: 0, doubled: 4, held: 0 },
      requests: { sent: 31, again: 4, redirected: 3 },
      latency: { count: 1, p50: 950, p95: 950, p99: 950, max: 950 },
      unavailable: 0,
      ...{ facts: {}, counters: {}, gauges: {}, observed: {} },
    };
    expect(runCosts(metrics)).toBe(
      "answers after 950 us (half of them), 950 us (95 %), 950 us (all); none for up to 0 us; 31 requests, 4 asked again, 3 redirected; 200 messages, 1% lost, 2% doubled",
    );
  });
});
