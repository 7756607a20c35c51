/** requests: clients ask for work that costs some time, and want an answer; which one does not matter. */

import * as fc from "fast-check";
import { z } from "zod";
import { formatUs } from "../sim/units.ts";
import { durations } from "../sim/units-schema.ts";
import { checkRange, checkTimed, drawTimed, lengthMs, type Timed, timed, withinUs } from "./timed.ts";
import type { Workload } from "./workload.ts";

export interface Work {
  readonly f: "request";
  /** How long it takes whoever does it, in ms. */
  readonly cost: number;
  /** What it is about: requests with one key want one worker. */
  readonly key?: string;
}

interface Settings extends Timed {
  readonly cost: string;
  readonly keys?: number | undefined;
}

export const requests: Workload<Settings> = {
  name: "requests",
  doc: "Clients ask for work that costs some time. Any answer will do; judged by the protocol's invariants.",
  schema: z.strictObject({
    ...timed,
    cost: durations.default("5ms..50ms").describe("how long a request takes: a duration, or a range (default 5ms..50ms)"),
    keys: z
      .int({ error: "expected a count of keys such as 20" })
      .min(1)
      .max(100_000)
      .optional()
      .describe("how many keys the requests are about, drawn evenly (default: requests have none)"),
  }),
  withinUs,
  check: (settings) => [...checkTimed(settings), ...checkRange(settings.cost, "cost")],
  draw(settings, clients) {
    const { keys } = settings;
    const cost = lengthMs(settings.cost);
    if (keys === undefined) return drawTimed(settings, clients, cost, (_number, cost) => ({ f: "request", cost }));
    const drawn = fc.record({ cost, key: fc.integer({ min: 1, max: keys }) });
    return drawTimed(settings, clients, drawn, (_number, { cost, key }) => ({ f: "request", cost, key: `k${key}` }));
  },
  probes: () => [{ f: "request", cost: 1 }],
  simpler: (op) => (op["cost"] === 1 ? [] : [{ ...op, cost: 1 }]),
  history: (op, result) => ({ f: op.f, value: result === undefined ? op["cost"] : result, ok: true }),

  describe(op, result) {
    const { cost, key } = op as unknown as Work;
    return `request ${formatUs(cost * 1_000)} of work${key === undefined ? "" : ` on ${key}`}${result === undefined ? "" : ` -> ${told(result)}`}`;
  },
};

/** A short answer as it is, so that stories say who gave it. */
function told(result: unknown): string {
  return typeof result === "string" || typeof result === "number" ? String(result) : "ok";
}
