/** What workloads without a history to speak of share: a stated count of operations, at uniform moments, by uniform clients. */

import * as fc from "fast-check";
import { z } from "zod";
import type { NodeId } from "../protocol.ts";
import { formatRange, formatUs, parseDuration, parseRange } from "../sim/units.ts";
import { duration } from "../sim/units-schema.ts";
import type { Op, PlannedOperation, Workload } from "./workload.ts";

export interface Timed {
  readonly operations: number;
  readonly within: string;
}

/** The fields that they have in common. */
export const timed = {
  operations: z
    .int({ error: "expected a count of operations such as 20" })
    .min(1)
    .max(100_000)
    .describe("how many operations all clients do together"),
  within: duration.describe("in what time: each operation has a drawn moment in it, and begins then or when its client is free"),
};

type Problem = ReturnType<Workload["check"]>[number];

export function withinUs({ within }: Pick<Timed, "within">): number {
  return parseDuration(within)!;
}

export function checkTimed(settings: Pick<Timed, "within">): readonly Problem[] {
  if (withinUs(settings) > 0) return [];
  return [{ path: ["within"], message: `all operations within ${formatUs(0)} leave nothing to interleave; expected more` }];
}

/** Sentences about a range of durations that is upside down. */
export function checkRange(text: string, field: string): readonly Problem[] {
  const { minUs, maxUs } = parseRange(text)!;
  if (minUs <= maxUs) return [];
  const right = formatRange({ minUs: maxUs, maxUs: minUs });
  return [{ path: [field], message: `the range ${text} is upside down; did you mean ${right}?` }];
}

/** One length for each operation, in whole ms, from a range of durations; a range below 1ms gives 0. */
export function lengthMs(text: string): fc.Arbitrary<number> {
  const { minUs, maxUs } = parseRange(text)!;
  return fc.integer({ min: Math.floor(minUs / 1_000), max: Math.floor(maxUs / 1_000) });
}

/** As many operations as stated; `op` tells each from its number in the order of time (from 1) and what was drawn for it. */
export function drawTimed<Drawn>(
  settings: Timed,
  clients: readonly NodeId[],
  drawn: fc.Arbitrary<Drawn>,
  op: (number: number, drawn: Drawn) => Op,
): fc.Arbitrary<readonly PlannedOperation[]> {
  const { operations: count } = settings;
  const one = fc.record({
    atUs: fc.nat({ max: withinUs(settings) }),
    client: fc.nat({ max: clients.length - 1 }),
    drawn,
  });
  return fc
    .array(one, { minLength: count, maxLength: count, size: "max" })
    .map((list) =>
      [...list]
        .sort((a, b) => a.atUs - b.atUs)
        .map(({ atUs, client, drawn }, i) => ({ id: `o${i + 1}`, client: clients[client]!, atUs, op: op(i + 1, drawn) })),
    );
}

/** Above all numbers of a plan; each client and each round has its own. */
export function probeNumber(client: NodeId, round: number): number {
  return (round + 1) * 1_000_000 + Number(/\d+$/.exec(client)?.[0] ?? 0);
}
