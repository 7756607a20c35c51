import { describe, expect, it } from "vitest";
import { folderName, inFolder, quoted, replayCommand } from "./names.ts";
import { failure, run, scenario, violated } from "./testing/sample.ts";
import { asFound, replayOf, tellFailures, tellRun } from "./told.ts";

describe("the folder of a report", () => {
  it("is the scenario's path with dashes, and the seed", () => {
    expect(folderName({ name: "mutants/raft-vote-not-persisted" }, 408)).toBe("mutants-raft-vote-not-persisted-408");
    expect(folderName({ name: "raft", case: "reads-locally" }, 1)).toBe("raft.reads-locally-1");
  });

  it("stays inside the reports folder and is a name everywhere, whatever path the user gave", () => {
    const names = ["../../etc/passwd", "/abs/x", "..", "", "C:\\x\\y", 'a"b<c>|d?*:e', "bad\u0000\n", ".hidden", "mésange/鳥"];
    const folders = names.map((name) => folderName({ name }, 1));
    expect(folders).toEqual([
      "etc-passwd-1",
      "abs-x-1",
      "scenario-1",
      "scenario-1",
      "C-x-y-1",
      "a-b-c-d-e-1",
      "bad--1",
      "hidden-1",
      "mésange-鳥-1",
    ]);
    expect(folderName({ name: "x".repeat(500) }, 1)).toHaveLength(102);
  });

  it("is another one for each failure, also where two scenarios are called alike", () => {
    const named = (name: string) => ({ ...violated, scenario: { ...scenario, name }, failures: [{ ...failure }] });
    const folders = (...names: string[]) => [...tellFailures(names.map(named)).values()].map(({ folder }) => folder);
    expect(folders("a/b", "a-b", "A-b")).toEqual(["a-b-408", "a-b-408.2", "A-b-408.3"]);
    expect(folders("a/b")).toEqual(folders("a/b", "a-b").slice(0, 1));
  });
});

describe("the replay command", () => {
  it("is one line that a shell takes as it stands", () => {
    expect(replayCommand("scenarios/a.yaml", 408)).toBe("npx seedquake replay scenarios/a.yaml --seed 408");
    expect(replayCommand("my scenarios/it's.yaml")).toBe(`npx seedquake replay 'my scenarios/it'\\''s.yaml'`);
    expect(replayCommand("-rf.yaml")).toBe("npx seedquake replay ./-rf.yaml");
    expect(quoted("$(reboot)")).toBe("'$(reboot)'");
  });

  it("names the counterexample of a failure, and the scenario with its seed as it was found", () => {
    const told = [...tellFailures([violated]).values()][0]!;
    expect(replayOf(told, "reports/")).toBe("npx seedquake replay reports/mutants-raft-local-reads-408/counterexample.yaml");
    expect(asFound(told)).toBe("npx seedquake replay scenarios/mutants/raft-local-reads.yaml --seed 408");
  });

  it("gives no seed to an explicit scenario, which has its own", () => {
    expect(replayOf(tellRun(failure.scenario, run), "reports")).toBe(
      "npx seedquake replay scenarios/mutants/raft-local-reads.yaml",
    );
    expect(replayOf(tellRun(scenario, run), "reports")).toBe(
      "npx seedquake replay scenarios/mutants/raft-local-reads.yaml --seed 408",
    );
  });

  it("joins folders without doubling slashes", () => {
    expect(inFolder("reports", "a", "b")).toBe("reports/a/b");
    expect(inFolder("/", "a")).toBe("/a");
    expect(inFolder("./out//", "a")).toBe("./out/a");
    expect(inFolder("reports")).toBe("reports");
  });
});
