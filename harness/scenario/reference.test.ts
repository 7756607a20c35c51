/** scenarios/README.md says what the schema says: rewritten with SEEDQUAKE_UPDATE=1, else compared. */

import { readFileSync, writeFileSync } from "node:fs";
import { expect, test } from "vitest";
import { protocols } from "../../protocols/index.ts";
import { faults } from "../faults/index.ts";
import { workloads } from "../workloads/index.ts";
import { reference } from "./reference.ts";
import { topLevelKeys } from "./schema.ts";

const place = new URL("../../scenarios/README.md", import.meta.url);

test("scenarios/README.md is current (SEEDQUAKE_UPDATE=1 rewrites it)", () => {
  const text = reference({ protocols, workloads, faults });
  if (process.env["SEEDQUAKE_UPDATE"] !== undefined) writeFileSync(place, text);
  expect(readFileSync(place, "utf8")).toBe(text);
});

test("the reference has every key, fault, workload and protocol", () => {
  const text = reference({ protocols, workloads, faults });
  const names = [
    topLevelKeys,
    faults.map(({ word }) => word),
    workloads.map(({ name }) => name),
    protocols.map(({ name }) => name),
  ].flat();
  for (const name of names) expect(text).toContain(`\`${name}\``);
  expect(text).not.toContain("undefined");
});
