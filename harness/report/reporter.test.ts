import { describe, expect, it } from "vitest";
import { reporters, runFiles } from "./index.ts";
import { failure, run, scenario, setting, suite, valid } from "./testing/sample.ts";
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

describe.each(reporters)("the reporter $name", ({ render, doc }) => {
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
