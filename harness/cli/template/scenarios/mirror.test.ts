/** The scenario as tests: every case comes out as the file expects it, and what is found is small. */

import { runScenarios } from "seedquake";
import { scenarios } from "seedquake/vitest";
import { expect, it } from "vitest";

const file = new URL("mirror.yaml", import.meta.url);
await scenarios(file);

it("makes what it finds small", async () => {
  const campaigns = await runScenarios(file);
  const [found] = campaigns.find(({ scenario }) => scenario.case === "answers-early")!.failures;
  expect(found!.after.operations).toBeLessThanOrEqual(2);
});
