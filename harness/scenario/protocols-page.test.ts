/** protocols/README.md says what the declarations say: rewritten with SEEDQUAKE_UPDATE=1, else compared. */

import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { expect, test } from "vitest";
import { protocols } from "../../protocols/index.ts";
import { faults } from "../faults/index.ts";
import { workloads } from "../workloads/index.ts";
import { loadScenarios } from "./load.ts";
import { protocolsPage } from "./protocols-page.ts";

const place = new URL("../../protocols/README.md", import.meta.url);
const root = new URL("../../", import.meta.url);

const scenarios = readdirSync(new URL("scenarios", root), { recursive: true, encoding: "utf8" })
  .filter((name) => name.endsWith(".yaml"))
  .toSorted()
  .flatMap((name) => {
    const file = `scenarios/${name.replaceAll("\\", "/")}`;
    return loadScenarios(readFileSync(new URL(file, root), "utf8"), file, { protocols, workloads, faults });
  });

test("protocols/README.md is current (SEEDQUAKE_UPDATE=1 rewrites it)", () => {
  const text = protocolsPage(protocols, scenarios);
  if (process.env["SEEDQUAKE_UPDATE"] !== undefined) writeFileSync(place, text);
  expect(readFileSync(place, "utf8")).toBe(text);
});

test("the catalogue names every protocol, guarantee and mutant, and every scenario that a mutant needs stands in it", () => {
  const text = protocolsPage(protocols, scenarios);
  for (const { name, invariants, mutants } of protocols) {
    expect(text).toContain(`\n## ${name}\n`);
    for (const part of [...invariants, ...mutants]) expect(text).toContain(`| \`${part.name}\` |`);
    for (const { needs } of mutants) {
      if (needs !== undefined)
        expect(scenarios.map(({ file }) => file)).toContain(`scenarios/${needs.scenario.replace(/\.yaml$/, "")}.yaml`);
    }
  }
  expect(text).not.toContain("undefined");
});
