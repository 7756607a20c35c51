/** A scenario as English, and in its layout. */

import { expect, test } from "vitest";
import { asExplicit } from "./explicit.ts";
import { formatScenario } from "./fmt.ts";
import { loadScenario } from "./load.ts";
import { drawPlan } from "./plan.ts";
import { ScenarioError } from "./problems.ts";
import { catalogue, good } from "./testing/catalogue.ts";
import { source } from "./testing/source.ts";
import { why } from "./why.ts";

const load = (text: string) => loadScenario(text, "x.yaml", catalogue);

test("a scenario tells what happens in it, and what it proves", () => {
  expect(why(load(good), catalogue)).toMatchInlineSnapshot(
    `"5 nodes run paxos in its wrong variant vote-not-persisted: forgets its vote. 4 clients work for 8s on the workload key-value (operations 60, keys 2, mix (read 1, write 1)). Messages take 1ms to 15ms; 1% are lost and 0.1% arrive twice. The fault nap, crash any, happens once, between 1s and 3s and lasts 2s to 4s. Crash: a node stops, and forgets what it had not synced. The fault crash 2 happens again and again, every 2s to 4s and lasts 500ms to 2s. The fault loss 5% (on every link) happens at 2s. Loss: messages are lost. The fault clock-jump n1 (by 200ms) happens again and again, every 1s. Clock-jump: the wall clock of a node jumps. Then everything heals: every client must be answered within 4s. It is judged by linearizability (the answers fit one order of all operations, within real time, on the model of key-value) and election safety (at most one leader a term). Expected is a violation of election safety, within 100 runs."`,
  );
  const right = `protocol: paxos
clients: 1
workload: { key-value: { operations: 9, within: 8s } }
faults: [{ name: nap, crash: leader, before: { send: commit, nth: 1..3, by: n2 }, for: 1s }, { crash: n1, after: every effect }]
reach: [request redirected]
require: { answered: 80% }
limits: { failover.p95: 2s, messages: 40 }
`;
  expect(why(load(right), catalogue)).toMatchInlineSnapshot(
    `"3 nodes run paxos. 1 client works for 8s on the workload key-value (operations 9, keys 3, mix (read 1, write 1)). Messages take 1ms to 5ms, and none is lost. The fault nap, crash leader, happens just before commit is sent at n2 for the nth time, with n from 1 to 3 and lasts 1s. Crash: a node stops, and forgets what it had not synced. The fault crash n1 happens after every single effect of its target, each in a run of its own. Then everything heals: every client must be answered within 3s. It is judged by linearizability (the answers fit one order of all operations, within real time, on the model of key-value) and election safety (at most one leader a term). Expected is that nothing is violated in 100 runs; they prove something only if 80% of the operations are answered, each of the faults has an effect and some run reaches "request redirected"; and it may cost at the most failover.p95 2s and messages 40."`,
  );
  const scenario = load("protocol: commit\nworkload: { log: { within: 8s } }\n");
  expect(why(scenario, catalogue)).toMatchInlineSnapshot(
    `"1 coordinator and 3 participants run commit. 3 clients work for 8s on the workload log (operations 60, keys 3, mix (read 1, write 1)). Messages take 1ms to 5ms, and none is lost. Nothing goes wrong. At the end every client must be answered within 3s. Nothing else is judged. Expected is that nothing is violated in 100 runs."`,
  );
  const explicit = asExplicit(scenario, 7, drawPlan(scenario, catalogue, source(7)), catalogue);
  expect(why(explicit, catalogue)).toContain("exactly the 60 operations of its plan, under the weather of seed 7");
});

test("a file is brought into one layout, with its comments", () => {
  const untidy = `# what this is for
runs:    5   # not many
protocol:   paxos

faults:
    - {  crash:  any, at: 1s}   # once
    -   name: nap
        crash: [ n1,n2 ]
workload:
       key-value:   { within: 8s,
          keys: 2 }
description: "quoted, with [ brackets ]"
`;
  const tidy = `# what this is for
description: "quoted, with [ brackets ]"
protocol: paxos
workload:
  key-value: { within: 8s, keys: 2 }

faults:
  - { crash: any, at: 1s } # once
  - name: nap
    crash: [n1, n2]
runs: 5 # not many
`;
  expect(formatScenario(untidy, "x.yaml")).toBe(tidy);
  expect(formatScenario(tidy, "x.yaml")).toBe(tidy);
});

test("what is no YAML is told, not touched", () => {
  expect(() => formatScenario("a: [1\nb: 2\n", "x.yaml")).toThrow(ScenarioError);
});
