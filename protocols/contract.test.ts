/** One suite that every protocol passes by being registered. */

import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { faults } from "../harness/faults/index.ts";
import type { Protocol } from "../harness/protocol.ts";
import { harshScenario, mutantScenarios } from "../harness/run/mutants.ts";
import { prepare, runOnce, runTraced } from "../harness/run/once.ts";
import { relay } from "../harness/run/testing/relay.ts";
import { type Catalogue, loadScenario, loadScenarios } from "../harness/scenario/index.ts";
import type { Scenario } from "../harness/scenario/scenario.ts";
import { workloads } from "../harness/workloads/index.ts";
import { protocols } from "./index.ts";

/** With one on streams that is there for the tests. */
const all = [...protocols, relay];
const catalogue: Catalogue = { protocols: all, workloads, faults };
const scenariosFolder = join(import.meta.dirname, "..", "scenarios");

/** Runs in which a mutant must show at all; `seedquake mutants` counts further. */
const within = 4_000;

/** A mutant's own bound: what finds it takes no more than some times the runs that it took when it was looked at last. */
function boundOf(last: number | undefined): number {
  return update ? within : Math.min(within, Math.max(100, 4 * (last ?? 0)));
}

/**
 * The seed at which a mutant was found last is tried first, where a search takes long: one that is found there is found within.
 * Rewritten by SEEDQUAKE_UPDATE=1 npx vitest run protocols/contract.test.ts
 */
const foundFile = join(import.meta.dirname, "testing", "found-at.json");
const foundAt = JSON.parse(readFileSync(foundFile, "utf8")) as Readonly<Record<string, number>>;
const update = process.env["SEEDQUAKE_UPDATE"] !== undefined;
const foundNow: [name: string, seed: number][] = [];
afterAll(() => {
  if (update)
    writeFileSync(foundFile, `${JSON.stringify(Object.fromEntries(foundNow.sort(([a], [b]) => (a < b ? -1 : 1))), null, 2)}\n`);
});

function read(path: string): readonly Scenario[] {
  const file = join(scenariosFolder, path);
  return loadScenarios(readFileSync(file, "utf8"), `scenarios/${path}`, catalogue);
}

/** The protocol without faults, under its first workload. */
function calm(protocol: Protocol, more = ""): Scenario {
  const [workload] = protocol.workloads;
  const count = workload === "bank" ? "transfers" : "operations";
  const text = `protocol: ${protocol.name}\nstrategy: random\nclients: 3\nworkload: { ${workload}: { ${count}: 30, within: 5s } }\n${more}`;
  return loadScenario(text, `${protocol.name}.yaml`, catalogue);
}

describe.each(all.map((protocol) => [protocol.name, protocol] as const))("%s", (name, protocol) => {
  it("boots, and answers everything without faults", () => {
    const prepared = prepare(calm(protocol), catalogue);
    for (let seed = 1; seed <= 10; seed++) {
      const run = runOnce(prepared, seed);
      expect(run.violation?.sentence ?? run.unknown).toBeUndefined();
      expect(run.operations.info).toBe(0);
      expect(run.operations.ok + run.operations.fail).toBe(run.operations.asked);
    }
  });

  it("comes back after each of its nodes has been restarted", () => {
    const crashes = calm(protocol).servers.map(({ id }, i) => `  - { crash: ${id}, at: ${500 + i * 800}ms, back-after: 200ms }`);
    const scenario = { ...calm(protocol, `faults:\n${crashes.join("\n")}`), check: [] };
    const prepared = prepare(scenario, catalogue);
    for (let seed = 1; seed <= 10; seed++) {
      const run = runOnce(prepared, seed);
      expect(run.violation?.sentence ?? run.unknown).toBeUndefined();
      expect(Object.values(run.effects).every((effects) => effects > 0)).toBe(true);
    }
  });

  it("gives the same digest for the same seed, with and without its trace, and another for another", () => {
    const prepared = prepare(calm(protocol), catalogue);
    const digests = [1, 2, 3].map((seed) => runOnce(prepared, seed).digest);
    expect([1, 2, 3].map((seed) => runOnce(prepared, seed).digest)).toEqual(digests);
    expect(runTraced(prepared, 1).digest).toEqual(digests[0]);
    expect(new Set(digests).size).toBe(3);
  });

  it("says of every mutant what it breaks, once", () => {
    const names = protocol.mutants.flatMap((mutant) => [mutant.name, ...(mutant.id === undefined ? [] : [mutant.id])]);
    expect(new Set(names).size).toBe(names.length);
    for (const { breaks } of protocol.mutants) expect(breaks).toMatch(/\S.{20,}/);
  });

  if (protocol.mutants.length === 0) return;

  it("has a general harsh scenario", () => {
    expect(existsSync(join(scenariosFolder, harshScenario(name)))).toBe(true);
  });

  it.each(
    mutantScenarios([protocol], read, within).map((job) => [job.mutant.name, job] as const),
  )("is caught when %s", (_mutant, job) => {
    const prepared = prepare(job.scenario, catalogue);
    const key = `${name} ${job.mutant.name}`;
    const last = foundAt[key];
    if (last !== undefined && last <= within && runOnce(prepared, last).verdict === "invalid") {
      foundNow.push([key, last]);
      return;
    }
    const bound = boundOf(last);
    for (let seed = 1; seed <= bound; seed++) {
      if (runOnce(prepared, seed).verdict !== "invalid") continue;
      if (seed > 10) foundNow.push([key, seed]);
      return;
    }
    expect.fail(
      `${bound} runs of ${job.scenario.file} did not catch ${job.mutant.name}: ${job.mutant.breaks} If it is right that it takes longer now, write the new bounds: SEEDQUAKE_UPDATE=1 npx vitest run protocols/contract.test.ts`,
    );
  });
});
