/** The digests of 20 pinned runs: a seed printed once means the same run for ever, or the change is made knowingly. */

import { describe, expect, it } from "vitest";
import { protocols } from "../../protocols/index.ts";
import { faults } from "../faults/index.ts";
import { type Catalogue, loadScenario } from "../scenario/index.ts";
import { workloads } from "../workloads/index.ts";
import { prepare, runOnce } from "./once.ts";

const catalogue: Catalogue = { protocols, workloads, faults };

const scenarios: Readonly<Record<string, string>> = {
  "raft under faults": `
protocol: raft
nodes: 5
clients: 3
workload: { key-value: { operations: 30, within: 4s, keys: 2 } }
network: { latency: { heavy-tail: { min: 1ms, median: 6ms, max: 400ms } }, loss: 1%, duplicate: 2% }
faults:
  - { partition: leader, with: one client, at: 500ms..2s, for: 1s }
  - { crash: any, between: persists, every: 1s..2s, back-after: 50ms..500ms }
  - { clock-drift: any, at: 1s, for: 1s }
`,
  "abd, calm": `
protocol: abd-register
nodes: 3
workload: { register: { operations: 20, within: 2s, mix: { read: 1, write: 1 } } }
`,
};

describe("pinned digests", () => {
  it.each(Object.entries(scenarios))("%s", (_name, text) => {
    const prepared = prepare(loadScenario(text, "pinned.yaml", catalogue), catalogue);
    expect(Array.from({ length: 10 }, (_, i) => runOnce(prepared, i * 1_000 + 1).digest)).toMatchSnapshot();
  });
});
