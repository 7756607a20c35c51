/** The scenario as a test: every case comes out as the file expects it. */

import { runScenarios } from "seedquake";
import { expect, it } from "vitest";

const campaigns = await runScenarios(new URL("mirror.yaml", import.meta.url));

it.each(campaigns.map((campaign) => [campaign.scenario.case, campaign] as const))("%s", (_case, { verdict, reason }) => {
  expect(verdict, reason).toBe("as expected");
});

it("makes what it finds small", () => {
  const [found] = campaigns.find(({ scenario }) => scenario.case === "answers-early")!.failures;
  expect(found!.after.operations).toBeLessThanOrEqual(2);
});
