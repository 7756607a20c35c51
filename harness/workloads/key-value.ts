/** key-value: clients read, write and compare-and-set the values of a few keys. */

import { z } from "zod";
import { keyValue as model } from "../check/models.ts";
import { common, drawPlan, probeOps, type Settings as Shared, settings } from "./read-write-cas.ts";
import type { Workload } from "./workload.ts";

interface Settings extends Shared {
  readonly keys: number;
}

export const keyValue: Workload<Settings> = {
  ...common,
  name: "key-value",
  doc: "Clients read, write and compare-and-set the values of a few keys, each of which holds null at first.",
  schema: z.strictObject({
    ...settings,
    keys: z
      .int({ error: "expected a count of keys such as 3" })
      .min(1)
      .max(1_000)
      .default(3)
      .describe("how many keys: x, y, z, k4 and so on (default 3)"),
  }),
  draw: (settings, clients) => drawPlan(settings, clients, keyNames(settings.keys)),
  probes: (settings, client, round) => probeOps(client, round, keyNames(settings.keys)),
  model,
};

function keyNames(count: number): readonly string[] {
  return Array.from({ length: count }, (_, i) => ["x", "y", "z"][i] ?? `k${i + 1}`);
}
