import { describe, expect, it } from "vitest";
import { failureFile, summaryReporter } from "./summary.ts";
import { failure, run, scenario, setting, suite, violated } from "./testing/sample.ts";
import { tellFailures, tellRun } from "./told.ts";

const summary = summaryReporter.render(suite, setting);

/** Every path at which `key` stands. */
function pathsOf(value: unknown, key: string, path = ""): string[] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([name, field]) => [
    ...(name === key ? [`${path}.${name}`] : []),
    ...pathsOf(field, key, `${path}.${name}`),
  ]);
}

describe("summary.json", () => {
  it("carries its schema's version, the base seed and the verdicts", () => {
    expect(JSON.parse(summary)).toMatchObject({
      schemaVersion: 1,
      baseSeed: 401,
      interrupted: false,
      verdicts: { "as expected": 1, violation: 1 },
    });
  });

  it("tells of each campaign everything that counts", () => {
    const { campaigns } = JSON.parse(summary) as { campaigns: Record<string, unknown>[] };
    const { scenario: told, failures, ...figures } = campaigns[1]!;
    const { scenario: _scenario, failures: _failures, ...counted } = violated;
    expect(figures).toEqual(counted);
    expect(told).toMatchObject({ file: scenario.file, name: scenario.name, mutant: "local-reads", expect: { kind: "valid" } });
    expect(failures).toEqual([
      {
        seed: 408,
        violation: failure.violation,
        digest: run.digest,
        foundDigest: "aaaaaaaaaaaaaaaa",
        virtualUs: 300_000,
        before: failure.before,
        after: failure.after,
        shrinkRuns: 212,
        minimal: true,
        signature: failure.signature,
        necessity: failure.necessity,
        noReturn: failure.noReturn,
        otherSeeds: [412, 433],
        folder: "reports/mutants-raft-local-reads-408",
        replay: "npx seedquake replay reports/mutants-raft-local-reads-408/counterexample.yaml",
        asFound: "npx seedquake replay scenarios/mutants/raft-local-reads.yaml --seed 408",
        foundAfter: 8,
      },
    ]);
  });

  it("keeps the wall clock in `timing`: less that, a slower machine writes the same bytes", () => {
    const slower = { ...suite, campaigns: suite.campaigns.map((one) => ({ ...one, timing: { wallMs: 99_999, workers: 7 } })) };
    const lessTiming = (text: string): string => text.replace(/"timing": \{[^}]*\}/g, "");
    expect(summaryReporter.render(slower, setting)).not.toBe(summary);
    expect(lessTiming(summaryReporter.render(slower, setting))).toBe(lessTiming(summary));
    expect(pathsOf(JSON.parse(summary), "timing")).toEqual([".campaigns.0.timing", ".campaigns.1.timing"]);
  });
});

describe("failure.json", () => {
  it("says of itself what the summary says of it, and what happened in the run", () => {
    const told = tellFailures([violated]).get(failure)!;
    expect(JSON.parse(failureFile.render(told, setting)!)).toMatchObject({
      schemaVersion: 1,
      scenario: { name: "mutants/raft-local-reads" },
      seed: 408,
      minimal: true,
      run: { events: 41, effects: { "lonely-leader": 3, "crash-1": 1 }, goals: ["leader elected"] },
    });
  });

  it("is not written for a run that is no failure of a campaign", () => {
    expect(failureFile.render(tellRun(scenario, run), setting)).toBeUndefined();
  });
});
