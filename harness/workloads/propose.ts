/** propose: clients propose values for a few decisions, several clients for the same one at about the same moment. */

import * as fc from "fast-check";
import { z } from "zod";
import type { Model } from "../check/model.ts";
import { consensus, type Decided } from "../check/models/decisions.ts";
import { parseDuration } from "../sim/units.ts";
import { duration } from "../sim/units-schema.ts";
import { checkTimed, probeNumber, type Timed, timed, withinUs } from "./timed.ts";
import type { Op, PlannedOperation, Workload } from "./workload.ts";

/** Answered with what was decided. */
export type Propose = {
  readonly f: "propose";
  /** Which decision it is about: each is made on its own. */
  readonly key: string;
  readonly value: number;
};

interface Settings extends Timed {
  readonly decisions?: number | undefined;
  readonly values: "binary" | "unique";
  readonly spread: string;
}

const model: Model<Decided, Propose, unknown> = consensus;

/** As many as stated; by default ten, or fewer when there are fewer proposals. */
function decisionsOf({ decisions, operations }: Settings): number {
  return decisions ?? Math.min(10, operations);
}

export const propose: Workload<Settings> = {
  name: "propose",
  doc: "Clients propose values, and learn what was decided: for each decision several clients at about the same moment.",
  schema: z.strictObject({
    ...timed,
    decisions: z
      .int({ error: "expected a count of decisions such as 10" })
      .min(1)
      .max(10_000)
      .optional()
      .describe("how many decisions there are to make, d1, d2 and so on; proposals are dealt out to them evenly (default 10)"),
    values: z
      .enum(["binary", "unique"], { error: "expected binary or unique" })
      .default("binary")
      .describe("binary: 0 or 1 (default); unique: no two proposals are the same"),
    spread: duration
      .default("10ms")
      .describe("within what time of each other the proposals for one decision come, when their clients are free (default 10ms)"),
  }),
  withinUs,

  check(settings) {
    const problems = [...checkTimed(settings)];
    const { decisions, operations, spread, within } = settings;
    if (decisions !== undefined && decisions > operations) {
      const message = `${decisions} decisions need as many proposals at least, and there are ${operations} operations`;
      problems.push({ path: ["decisions"], message });
    }
    if (parseDuration(spread)! > withinUs(settings)) {
      const message = `proposals that are spread over ${spread} do not all come within ${within}; expected a shorter spread`;
      problems.push({ path: ["spread"], message });
    }
    return problems;
  },

  /** Proposals for one decision go to the clients in turn, so that no client is asked twice while others are not. */
  draw(settings, clients) {
    const { operations, values } = settings;
    const decisions = decisionsOf(settings);
    const spreadUs = parseDuration(settings.spread)!;
    const decision = fc.record({
      atUs: fc.nat({ max: withinUs(settings) - spreadUs }),
      firstClient: fc.nat({ max: clients.length - 1 }),
    });
    const proposal = fc.record({ laterUs: fc.nat({ max: spreadUs }), bit: fc.nat({ max: 1 }) });
    const exactly = (count: number) => ({ minLength: count, maxLength: count, size: "max" }) as const;
    return fc.tuple(fc.array(decision, exactly(decisions)), fc.array(proposal, exactly(operations))).map(([moments, proposals]) =>
      proposals
        .map(({ laterUs, bit }, i) => {
          const { atUs, firstClient } = moments[i % decisions]!;
          const client = clients[(firstClient + Math.floor(i / decisions)) % clients.length]!;
          return { client, atUs: atUs + laterUs, op: toPropose(`d${(i % decisions) + 1}`, values === "binary" ? bit : i + 1) };
        })
        .sort((a, b) => a.atUs - b.atUs)
        .map((planned, i): PlannedOperation => ({ id: `o${i + 1}`, ...planned })),
    );
  },

  /** Every decision of the plan must have been made, and a fresh one can be. */
  probes(settings, client, round) {
    const number = probeNumber(client, round);
    const value = settings.values === "binary" ? number % 2 : number;
    const asked = Array.from({ length: decisionsOf(settings) }, (_, i) => `d${i + 1}`);
    return [...asked, `fresh${round + 1}`].map((key) => toPropose(key, value));
  },

  model: model as Model<unknown, Op, unknown>,
  simpler: () => [],
  history: (op, result) => ({ f: op.f, key: op["key"] as string, value: result ?? op["value"], ok: true }),

  describe(op, result) {
    const { key, value } = op as Propose;
    return `propose ${value} for ${key}${result === undefined ? "" : ` -> ${String(result)} was decided`}`;
  },
};

function toPropose(key: string, value: number): Propose {
  return { f: "propose", key, value };
}
