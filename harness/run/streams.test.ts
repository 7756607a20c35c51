/** A protocol on streams, from the file to the verdict: its faults, its time-out, and what may not be asked of it. */

import { describe, expect, it } from "vitest";
import { faults } from "../faults/index.ts";
import { asExplicit, type Catalogue, loadScenario, ScenarioError, writeExplicit } from "../scenario/index.ts";
import { workloads } from "../workloads/index.ts";
import { prepare, runOnce, runTraced } from "./once.ts";
import { shrink } from "./shrink.ts";
import { handover } from "./testing/handover.ts";
import { forgetfulRelay, relay } from "./testing/relay.ts";

const catalogue: Catalogue = { protocols: [relay, forgetfulRelay, handover], workloads, faults };
const text = (protocol: string, ...lines: string[]): string =>
  `protocol: ${protocol}\nworkload: { register: { operations: 60, within: 6s } }\n${lines.join("\n")}\nstrategy: random\n`;
const load = (protocol: string, ...lines: string[]) =>
  prepare(loadScenario(text(protocol, ...lines), "x.yaml", catalogue), catalogue);
const seeds = Array.from({ length: 15 }, (_, i) => i + 1);

const harsh = `
network: { latency: 1ms..5ms, loss: 2%, stream-timeout: 300ms }
faults:
  - { disconnect: any, heard: one, every: 1s..2s }
  - { half-open: any, every: 1s..2s }
  - { partition: any, every: 1s..3s, for: 100ms..1s }
  - { crash: any, every: 1s..3s, back-after: 50ms..500ms }
  - { loss: any, every: 2s..3s, for: 500ms }
  - { hold: any, every: 2s..3s, for: 300ms }`;

describe("a protocol on streams", () => {
  it("survives what breaks connections, and each of it has its effect", () => {
    const runs = seeds.map((seed) => runOnce(load("relay", harsh), seed));
    expect(runs.map(({ verdict, violation }) => violation?.sentence ?? verdict)).toEqual(seeds.map(() => "valid"));
    const effective = new Set(
      runs.flatMap(({ effects }) => Object.entries(effects).flatMap(([id, n]) => (n > 0 ? [id.split("-")[0]] : []))),
    );
    expect([...effective].sort()).toEqual(["crash", "disconnect", "half", "hold", "loss", "partition"]);
    expect(runs.every(({ goals }) => goals.includes("connection lost"))).toBe(true);
  });

  it("is found out when it forgets what a broken connection took along, in a story that replays", () => {
    const prepared = load("forgetful-relay", harsh);
    const failed = seeds.map((seed) => runOnce(prepared, seed)).find(({ verdict }) => verdict === "invalid")!;
    expect(failed.violation).toMatchObject({ check: "no gap" });
    const small = shrink(prepared, catalogue, failed.seed, failed);
    expect(small.after.faults).toBeLessThanOrEqual(2);
    const file = writeExplicit(small.scenario, catalogue);
    expect(file).toContain("stream-timeout: 300ms");
    const again = prepare(loadScenario(file, "x.yaml", catalogue), catalogue);
    expect(runOnce(again, small.scenario.explicit!.seed).digest).toBe(small.run.digest);
  });

  it("gives a connection up after the time-out that the scenario states", () => {
    const gone = (network: string, fault = "partition: n1"): number => {
      const faults = `faults: [{ ${fault}, at: 1s, for: 5s }]`;
      const record = runTraced(load("relay", `network: { ${network} }`, faults), 1).trace.find(
        ({ kind }) => kind === "disconnect",
      );
      return record!.atUs / 1_000;
    };
    expect(gone("latency: 1ms, stream-timeout: 400ms")).toBeCloseTo(1_401, 0);
    expect(gone("latency: 1ms")).toBeCloseTo(4_001, 0);
    // The same for a message that is lost on every try: from its first one on.
    const allLost = "loss: n1, clients: keep, share: 100%";
    expect(gone("latency: 1ms, stream-timeout: 400ms", allLost)).toBeLessThan(3_000);
    expect(gone("latency: 1ms", allLost)).toBeGreaterThan(4_000);
  });
});

describe("what a transport does not promise", () => {
  const complaint = (protocol: string, ...lines: string[]): string => {
    try {
      loadScenario(text(protocol, ...lines), "x.yaml", catalogue);
    } catch (error) {
      if (error instanceof ScenarioError) return error.message;
      throw error;
    }
    return "loaded";
  };

  it("may not be asked of a protocol that stands on it", () => {
    expect(complaint("relay", "network: { loss: 1%, duplicate: 0%, stream-timeout: 1s }")).toBe("loaded");
    expect(
      `\n${[
        complaint("relay", "network: { duplicate: 1% }"),
        complaint("relay", "faults: [{ duplicate: any }]"),
        complaint("relay", "network: { stream-timeout: 0s }"),
        complaint("relay", "network: { stream-timeout: 3 }"),
        complaint("handover", "network: { stream-timeout: 1s }"),
        complaint("handover", "faults: [{ disconnect: any }]"),
        complaint("handover", "faults: [{ half-open: any }]"),
        complaint("handover", "stream-timeout: 1s"),
      ].join("\n")}\n`,
    ).toMatchInlineSnapshot(`
      "
      x.yaml:3:23: network.duplicate: this protocol stands on streams, on which every message arrives once; take it out.
      x.yaml:3:23: faults[0].duplicate: this protocol stands on streams, on which every message arrives once: duplicate means nothing to it; take it out.
      x.yaml:3:28: network.stream-timeout: expected a duration above 0, found 0s.
      x.yaml:3:28: network.stream-timeout: expected a duration such as 500ms or 2s, found the number 3; write 3s or 3ms.
      x.yaml:3:12: network.stream-timeout: this protocol stands on datagrams, which have no connections that could time out; take it out.
      x.yaml:3:24: faults[0].disconnect: this protocol stands on datagrams, which have no connections: disconnect means nothing to it; cut or hold links instead, with partition or hold.
      x.yaml:3:23: faults[0].half-open: this protocol stands on datagrams, which have no connections: half-open means nothing to it; cut or hold links instead, with partition or hold.
      x.yaml:3:1: stream-timeout: there is no such key here; it belongs to "network".
      "
    `);
  });

  it("is left out of a preset, also where that is written out", () => {
    const mobile = load("relay", "network: mobile");
    expect([mobile.scenario.weather.duplicatePpm, mobile.scenario.weather.lossPpm]).toEqual([0, 10_000]);
    expect(load("handover", "network: mobile").scenario.weather.duplicatePpm).toBe(1_000);
    const file = writeExplicit(asExplicit(mobile.scenario, 1, mobile.plan(1), catalogue), catalogue);
    expect(loadScenario(file, "x.yaml", catalogue).weather).toEqual(mobile.scenario.weather);
  });
});
