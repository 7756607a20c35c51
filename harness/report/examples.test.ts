/**
 * The kept reports in reports/examples/, compared byte by byte less `timing` and the numbers of source lines. SEEDQUAKE_UPDATE=1 writes them anew: read the
 * difference before you commit it. The pages are not kept: their data has a golden file of its own, html/testing/page.golden.
 */

import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { protocols } from "../../protocols/index.ts";
import { faults } from "../faults/index.ts";
import { runHere } from "../run/here.ts";
import { prepare, runTraced } from "../run/once.ts";
import type { Campaign, Suite } from "../run/run.ts";
import { type Catalogue, loadScenario, writeExplicit } from "../scenario/index.ts";
import { workloads } from "../workloads/index.ts";
import { noPage, noPaint, type Setting, tellRun } from "./index.ts";
import { writeReports, writeRun } from "./write.ts";

const catalogue: Catalogue = { protocols, workloads, faults };
const kept = join(import.meta.dirname, "..", "..", "reports", "examples");
const temporary = mkdtempSync(join(tmpdir(), "seedquake-examples-"));
afterAll(() => rmSync(temporary, { recursive: true }));

const valid = `
description: three ABD servers, one of which crashes
protocol: abd-register
nodes: 3
clients: 2
workload: { register: { operations: 8, within: 1s, mix: { read: 1, write: 1 } } }
faults:
  - { name: short-death, crash: any, at: 200ms..600ms, back-after: 100ms..200ms }
settle: 2s
runs: 20
`;
const violating = `
description: an old leader, cut off with one of its clients, answers from what it last knew
protocol: raft
mutant: local-reads
nodes: 5
clients: 3
workload: { key-value: { operations: 40, within: 5s, keys: 2 } }
faults:
  - { name: lonely-leader, partition: leader, with: one client, at: 1s..2s, for: 2s..3s }
runs: 200
expect: { violation: linearizable }
`;

function setting(campaigns: readonly Campaign[]): Setting {
  const failures = campaigns.flatMap((campaign) => campaign.failures);
  return {
    words: (name) => workloads.find((workload) => workload.name === name)!,
    yaml: (scenario) => {
      const violation = failures.find((failure) => failure.scenario === scenario)?.violation;
      return writeExplicit(
        scenario,
        catalogue,
        violation === undefined ? [] : [`${violation.check} is violated: ${violation.sentence}`],
      );
    },
    demands: () => undefined,
    breaks: () => undefined,
    page: noPage,
    out: "reports",
    paint: noPaint,
  };
}

function files(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.name.endsWith(".html"))
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
    .sort();
}

function lessTiming(text: string): string {
  return text.replace(/"timing": \{[^}]*\}/g, '"timing": {}').replace(/(\.ts):\d+/g, "$1");
}

function report(name: string, text: string): string {
  const folder = join(temporary, name);
  const scenario = loadScenario(text, `scenarios/${name}.yaml`, catalogue);
  const campaign = runHere(scenario, catalogue);
  const suite: Suite = { campaigns: [campaign], baseSeed: 1, interrupted: false };
  const how = setting([campaign]);
  writeReports(folder, suite, how);
  // A valid campaign has no failure to tell of: its first run is kept, as `replay` writes it.
  if (campaign.failures.length === 0) writeRun(folder, tellRun(scenario, runTraced(prepare(scenario, catalogue), 1)), how);
  return folder;
}

describe("the kept reports", () => {
  it.each([
    ["example-valid", valid],
    ["example-violation", violating],
  ])("%s is what this version writes", (name, text) => {
    const folder = report(name, text);
    const home = join(kept, name);
    if (process.env["SEEDQUAKE_UPDATE"] !== undefined) {
      rmSync(home, { recursive: true, force: true });
      cpSync(folder, home, { recursive: true, filter: (path) => !path.endsWith(".html") });
    }
    expect(files(folder)).toEqual(files(home));
    for (const file of files(folder)) {
      expect([file, lessTiming(readFileSync(join(folder, file), "utf8"))]).toEqual([
        file,
        lessTiming(readFileSync(join(home, file), "utf8")),
      ]);
    }
  });
});
