/** Claims: their verdict is what their cases expect, and scenarios/claims/README.md tells them all. */

import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { expect, test } from "vitest";
import { protocols } from "../../protocols/index.ts";
import { faults } from "../faults/index.ts";
import { workloads } from "../workloads/index.ts";
import { claimsPage, claimVerdict } from "./claims.ts";
import { loadScenarios } from "./load.ts";
import { ScenarioError } from "./problems.ts";

const catalogue = { protocols, workloads, faults };
const folder = new URL("../../scenarios/claims/", import.meta.url);
const page = new URL("README.md", folder);

const files = readdirSync(folder)
  .filter((name) => name.endsWith(".yaml"))
  .toSorted()
  .map((name) => loadScenarios(readFileSync(new URL(name, folder), "utf8"), `scenarios/claims/${name}`, catalogue));

test("scenarios/claims/README.md is current (SEEDQUAKE_UPDATE=1 rewrites it)", () => {
  const text = claimsPage(files, "scenarios/claims/");
  if (process.env["SEEDQUAKE_UPDATE"] !== undefined) writeFileSync(page, text);
  expect(readFileSync(page, "utf8")).toBe(text);
});

test("each file in the folder puts one claim to the test, and no sentence stands twice", () => {
  const said = files.map(([first]) => first!.claim?.says);
  expect(said).not.toContain(undefined);
  expect(new Set(said).size).toBe(said.length);
  expect(said.length).toBeGreaterThanOrEqual(25);
});

const head = `claim:
  says: the lock is held by one client at a time
  source: an article
  because: a client that sleeps does not know that its lease has ended
`;
const rest = `protocol: lock-redis
nodes: { redis: 1, resource: 1 }
workload:
  lock: { operations: 20, within: 60s, lease: 5s, hold: 100ms..1s, write: resource }
check: [mutual-exclusion, no-lost-write]
`;
const valid = "  fenced: { options: { fencing: true }, expect: valid }\n";
const wrong = "  bare: { expect: { violation: no-lost-write, within: 50 runs } }\n";

function problems(text: string): readonly string[] {
  try {
    loadScenarios(text, "claim.yaml", catalogue);
    return [];
  } catch (error) {
    if (!(error instanceof ScenarioError)) throw error;
    return error.problems.map(({ line, column, message }) => `${line}:${column} ${message}`);
  }
}

test("a claim that holds in some cases only must say in which", () => {
  expect(problems(`${head}${rest}cases:\n${valid}${wrong}`)).toEqual([
    '1:1 claim: some cases expect valid and others a violation; say under "only-if" what makes the difference.',
  ]);
  expect(problems(`${head}  only-if: the resource checks the token\n${rest}cases:\n${valid}${wrong}`)).toEqual([]);
});

test("a claim that always holds, or never, has no condition", () => {
  expect(problems(`${head}  only-if: the moon is full\n${rest}cases:\n${valid}`)).toEqual([
    "5:3 claim.only-if: every case expects valid, so the claim has no condition; take the key out, or add the other case.",
  ]);
  expect(problems(`${head}  only-if: the moon is full\n${rest}cases:\n${wrong}`)).toEqual([
    "5:3 claim.only-if: every case expects a violation, so the claim has no condition; take the key out, or add the other case.",
  ]);
});

test("a claim without its reason, or in a case, is refused", () => {
  expect(problems(`claim: { says: it works, source: me }\n${rest}`)[0]).toContain("because");
  expect(problems(`${rest}cases:\n  a: { claim: { says: x, source: y, because: z } }\n`)[0]).toContain("claim");
});

test("what the cases expect is the verdict", () => {
  const good = { expect: { kind: "valid" } } as const;
  const bad = { expect: { kind: "violation", check: "any", within: 1 } } as const;
  expect([claimVerdict([good, good]), claimVerdict([good, bad]), claimVerdict([bad])]).toEqual([
    "holds",
    "holds only if",
    "refuted",
  ]);
});
