/** The page of a recorded history: what `seedquake check --html` draws of files that others wrote. */

import { describe, expect, it } from "vitest";
import { HistoryReader, type RecordedFault } from "../../check/formats/index.ts";
import { checkLinearizable } from "../../check/index.ts";
import { models } from "../../check/models/registry.ts";
import type { RunPage } from "./model.ts";
import { recordedPage } from "./recorded-page.ts";

function pageOf(text: string, name = "cas-register"): RunPage {
  const faults: RecordedFault[] = [];
  const reader = new HistoryReader({ format: "auto", model: name }, (fault) => faults.push(fault));
  reader.feed(text);
  const operations = reader.end();
  const model = models[name]!;
  return recordedPage({ file: "some.jsonl", model, operations, faults, result: checkLinearizable(operations, model) });
}

const lines = (...events: object[]): string => events.map((event) => `${JSON.stringify(event)}\n`).join("");
const op = (process: number, type: string, f: string, value: unknown, ms: number): object => ({
  process,
  type,
  f,
  value,
  time: ms * 1e6,
});
const fault = (f: string, value: unknown, ms: number): object => ({ process: "nemesis", type: "info", f, value, time: ms * 1e6 });

const stale = [
  op(0, "invoke", "write", 1, 1),
  op(0, "ok", "write", 1, 2),
  op(1, "invoke", "write", 2, 3),
  op(1, "ok", "write", 2, 4),
  op(0, "invoke", "read", null, 5),
  op(0, "ok", "read", 1, 6),
];

describe("the page of a recorded history", () => {
  it("has the operations in time, the verdict, and what cannot be right; and nothing that the file does not have", () => {
    const page = pageOf(lines(...stale));
    expect(page).toMatchObject({ verdict: "invalid", headline: "not linearizable", faults: [] });
    expect([page.story, page.diagram, page.metrics]).toEqual([undefined, undefined, undefined]);
    expect(page.history).toMatchObject({ timed: true, judged: { culprit: 2, core: [0, 1, 2] } });
    expect(page.history!.operations[2]).toMatchObject({
      id: "line 5",
      process: 0,
      told: "read -> 1",
      fromUs: 5_000,
      toUs: 6_000,
    });
  });

  it("pairs the nemesis's beginnings with their ends, in its own words and in Jepsen's", () => {
    const { faults } = pageOf(
      lines(
        fault("start-partition", "n1", 0.5),
        fault("start-partition", "n2", 0.6),
        fault("stop-partition", "n1", 2.5),
        fault("pause", 3, 3),
        fault("resume", 3, 3.5),
        fault("start", null, 4),
        // It says so again when it is done.
        fault("start", "isolated n1", 4.1),
        fault("stop", null, 4.5),
        fault("bump-clock", "n3", 4.6),
        fault("heal", null, 5),
        ...stale,
      ),
    );
    expect(faults.map(({ id, what, fromUs, toUs }) => [id, what, fromUs, toUs])).toEqual([
      ["partition", "n1", 500, 2_500],
      ["partition", "n2", 600, 5_000],
      ["pause", "3", 3_000, 3_500],
      ["start", "", 4_000, 4_500],
      ["bump-clock", "n3", 4_600, 5_000],
    ]);
  });

  it("puts positions in the place of times where there are none", () => {
    const untimed = (event: object): object => ({ ...event, time: undefined });
    const page = pageOf(lines(...[fault("start-partition", "n1", 0), ...stale, fault("stop-partition", "n1", 9)].map(untimed)));
    expect(page.history).toMatchObject({ timed: false });
    expect(page.history!.operations.map(({ fromUs, toUs }) => [fromUs, toUs])).toEqual([
      [0, 1],
      [2, 3],
      [4, 5],
    ]);
    expect(page.faults).toMatchObject([{ fromUs: -0.5, toUs: 5.5 }]);
  });

  it("counts from the first event where times count from an epoch", () => {
    const since = 1_700_000_000_000;
    const late = stale.map((event) => ({ ...event, time: (event as { time: number }).time + since * 1e6 }));
    expect(pageOf(lines(...late)).history!.operations.map(({ fromUs }) => fromUs)).toEqual([0, 2_000, 4_000]);
  });

  it("hears the nemesis in EDN and in Jepsen's console log, too", () => {
    const edn = `[{:process 0, :type :invoke, :f :write, :value 1, :time 1000000}
      {:process :nemesis, :type :info, :f :start-partition, :value nil, :time 1500000}
      {:process 0, :type :ok, :f :write, :value 1, :time 2000000}
      {:process :nemesis, :type :info, :f :stop-partition, :value nil, :time 3000000}]`;
    expect(pageOf(edn).faults).toMatchObject([{ id: "partition", fromUs: 1_500, toUs: 3_000 }]);
    const log = ["0 :invoke :write 1", ":nemesis :info :start nil", "0 :ok :write 1", ":nemesis :info :stop nil"];
    const text = log.map((line) => `INFO  jepsen.util - ${line.replaceAll(" ", "\t")}\n`).join("");
    expect(pageOf(text).faults).toMatchObject([{ id: "start", fromUs: 0.5, toUs: 1.5 }]);
  });
});
