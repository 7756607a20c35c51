/** register: all clients read, write and compare-and-set one value. */

import { z } from "zod";
import { casRegister } from "../check/models.ts";
import { common, drawPlan, probeOps, type Settings, settings } from "./read-write-cas.ts";
import type { Workload } from "./workload.ts";

export const register: Workload<Settings> = {
  ...common,
  name: "register",
  doc: "All clients read, write and compare-and-set a single register, which holds null at first.",
  schema: z.strictObject(settings),
  draw: (settings, clients) => drawPlan(settings, clients, []),
  probes: (_settings, client, round) => probeOps(client, round, []),
  model: casRegister,
};
