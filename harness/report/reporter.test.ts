/** What every reporter and every file keeps to. `vitest -u` writes the golden files anew: read the difference before you commit it. */

import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { lookAt, reporters, runFiles } from "./index.ts";
import { everything, failure, run, scenario, setting, suite, valid, withBaseline } from "./testing/sample.ts";
import { tellFailures, tellRun } from "./told.ts";

function frozen<T>(value: T): T {
  if (typeof value === "object" && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const field of Object.values(value)) frozen(field);
  }
  return value;
}

const { violation: _none, ...rest } = run;
const bare = { ...rest, verdict: "unknown", unknown: "the budget of events ran out.", history: [], trace: [] } as const;

describe.each(reporters)("the reporter $name", ({ name, render, doc }) => {
  it("says of every verdict, of what is known, fixed and not run, what stands in its golden file", async () => {
    const golden = join(import.meta.dirname, "testing", "golden", `${name}.golden`);
    await expect(render(everything, withBaseline)).toMatchFileSnapshot(golden);
  });

  it("is a pure function: it changes nothing, and the same suite gives the same bytes", () => {
    expect(render(frozen(suite), setting)).toBe(render(suite, setting));
  });

  it("speaks of a suite in which nothing ran, and ends its last line", () => {
    for (const campaigns of [[], [valid], suite.campaigns]) {
      expect(render({ campaigns, baseSeed: 1, interrupted: true }, setting)).toMatch(/[^\n]\n$/);
    }
    expect(doc).not.toBe("");
  });
});

describe.each(reporters.filter(({ live }) => live !== undefined))("the live reporter $name", ({ render, live }) => {
  it("says while the scenarios run, piece by piece, what it says at the end", () => {
    const { campaigns, notRun = [] } = everything;
    const look = lookAt([...campaigns.map((campaign) => campaign.scenario), ...notRun]);
    const pieces = campaigns.map((_, i) => {
      const until = campaigns.slice(0, i + 1);
      return live!.each(until, tellFailures(until), withBaseline, look);
    });
    expect(pieces.join("") + live!.end(everything, withBaseline)).toBe(render(everything, withBaseline));
  });
});

describe.each(runFiles)("the file $name", ({ render }) => {
  const told = tellFailures(frozen(suite).campaigns).get(failure)!;

  it("is a pure function of its run: the same bytes each time", () => {
    const text = render(told, setting);
    expect(text).toMatch(/[^\n]\n$/);
    expect(render(told, setting)).toBe(text);
  });

  it("knows nothing of how long anything took", () => {
    const [one, other] = [1, 2].map((wallMs) => {
      const campaigns = suite.campaigns.map((campaign) => ({ ...campaign, timing: { wallMs, workers: wallMs } }));
      return render(tellFailures(campaigns).get(failure)!, setting);
    });
    expect(one).toBe(other);
  });

  it("can be written of a run of which there is nothing to tell", () => {
    expect(render(tellRun(scenario, bare), setting) ?? "").toMatch(/^$|\n$/);
  });
});

it("registers each name once", () => {
  const names = [...reporters.map(({ name }) => name), ...runFiles.map(({ name }) => name)];
  expect(new Set(names).size).toBe(names.length);
});
