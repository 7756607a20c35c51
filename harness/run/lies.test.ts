/** Servers that lie: what a protocol claims to bear it has to bear, what it does not is refused, or told to be beyond it. */

import { describe, expect, test } from "vitest";
import { faults } from "../faults/index.ts";
import { summedRegister } from "../faults/testing/summed.ts";
import { type Catalogue, loadScenario, ScenarioError } from "../scenario/index.ts";
import { workloads } from "../workloads/index.ts";
import { runHere } from "./here.ts";
import { prepare, runTraced } from "./once.ts";
import type { Campaign } from "./run.ts";

const catalogue: Catalogue = { protocols: [summedRegister], workloads, faults };

const scenario = (fault: string, more = ""): ReturnType<typeof loadScenario> =>
  loadScenario(
    `protocol: summed
clients: 3
workload: { register: { operations: 20, within: 1s, mix: { read: 1, write: 1 } } }
network: { latency: 1ms..3ms }
strategy: random
faults: [{ name: liar, ${fault}, for: 800ms }]
${more}
`,
    "x.yaml",
    catalogue,
  );

const play = (fault: string, more?: string, runs = 10): Campaign =>
  runHere(scenario(fault, more), catalogue, { runs, shrinkBudget: 0 });

describe("a protocol whose messages carry checksums", () => {
  test("bears that they are changed", () => {
    const campaign = play("corrupt: all, share: 50%", "reach: [damaged message dropped]");
    expect(campaign).toMatchObject({ verdict: "as expected", reason: "10 runs without a violation" });
    expect(campaign.effects["liar"]?.effects).toBeGreaterThan(50);
  });

  test("does not without them", () => {
    const campaign = play(
      "corrupt: all, share: 50%, field: value",
      "mutant: no-checksum\nexpect: { violation: linearizable }",
      50,
    );
    expect(campaign.verdict).toBe("as expected");
    expect(campaign.reason).toMatch(/^linearizable is violated, as expected: found at seed \d+, after \d+ runs?$/);
  });

  test("does not claim to bear other lies: they are refused, or told to be beyond it", () => {
    expect(() => scenario("replay: any")).toThrow(ScenarioError);
    expect(() => scenario("replay: any")).toThrow(
      'this protocol does not claim to bear replay (it bears only corrupt); take the item out, or write "beyond: true" to see what becomes of it then.',
    );
    const campaign = play("replay: all, share: 50%, later: 10ms, beyond: true");
    expect(campaign).toMatchObject({
      verdict: "as expected",
      reason: "10 runs without a violation; the fault model was exceeded: the fault liar was beyond what summed claims to bear",
    });
  });
});

test("the trace tells what was meant, and what was said before", () => {
  const sends = (fault: string): readonly object[] =>
    runTraced(prepare(scenario(fault), catalogue), 1).trace.filter(({ kind }) => kind === "send");
  const changed = sends("corrupt: all, share: 100%").find((send) => "meant" in send);
  expect(changed).toMatchObject({ by: ["liar"], message: { type: expect.any(String) }, meant: { type: expect.any(String) } });
  const { message, meant } = changed as { message?: unknown; meant?: unknown };
  expect(message).not.toEqual(meant);
  const again = sends("replay: all, share: 100%, later: 10ms, beyond: true").find((send) => "again" in send) as {
    message?: unknown;
  };
  expect(again).toMatchObject({ by: ["liar"], again: true });
});

describe("a node that lies", () => {
  const trace = (fault: string): readonly { readonly kind: string; readonly atUs: number }[] =>
    runTraced(prepare(scenario(fault), catalogue), 3).trace;
  /** What happened, less what is counted: a fault is a record of its own. */
  const happened = (records: ReturnType<typeof trace>, untilUs = Number.POSITIVE_INFINITY): object[] =>
    records.filter(({ kind, atUs }) => kind !== "fault" && atUs < untilUs).map((record) => ({ ...record, n: 0, cause: 0 }));

  test("and tells nothing but the truth is as one that does not", () => {
    const liar = happened(trace("corrupt: all, share: 0%"));
    expect(liar).toEqual(happened(trace("loss: all, share: 0%")));
  });

  test("leaves everything until its first lie as it was", () => {
    const [truth, lies] = [trace("corrupt: all, share: 0%"), trace("corrupt: all, share: 10%")];
    const first = lies.find((record) => "meant" in record)!;
    expect(happened(lies, first.atUs)).toEqual(happened(truth, first.atUs));
    expect(happened(lies, first.atUs).length).toBeGreaterThan(20);
  });
});
