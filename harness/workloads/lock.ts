/** lock: clients take one lock, hold it for a while, write to what it protects, and give it back. */

import { z } from "zod";
import { parseDuration, parseRange } from "../sim/units.ts";
import { duration, durations } from "../sim/units-schema.ts";
import { checkRange, checkTimed, drawTimed, lengthMs, probeNumber, type Timed, timed, withinUs } from "./timed.ts";
import type { Workload } from "./workload.ts";

/** Answered when it is all over, the lock given back. Lengths in ms, so that a client needs nothing but its operation. */
export interface Use {
  readonly f: "use";
  /** For how long the lock is asked. */
  readonly lease: number;
  readonly hold: number;
  /** Whether the lease is to be extended while the lock is held. */
  readonly extend?: true;
  /** The role of the nodes that are written to; absent: the lock is only held. */
  readonly write?: string;
  /** What is written: another value in each operation. */
  readonly value: number;
}

/** What a use is answered with: the fencing token it had, if any. */
export interface Used {
  readonly token?: number;
}

interface Settings extends Timed {
  readonly lease: string;
  readonly hold: string;
  readonly extend?: boolean | undefined;
  readonly write?: string | undefined;
}

export const lock: Workload<Settings> = {
  name: "lock",
  doc: "Clients take one lock, hold it for a while, write to what it protects, and give it back. Judged by the protocol's invariants.",
  schema: z.strictObject({
    ...timed,
    lease: duration.default("5s").describe("for how long a client asks for the lock (default 5s)"),
    hold: durations.default("1ms..10ms").describe("how long it means to hold it: a duration, or a range (default 1ms..10ms)"),
    extend: z
      .boolean()
      .optional()
      .describe("whether a holder extends its lease while it holds the lock, so that it may hold it for longer (default false)"),
    write: z
      .string()
      .min(1, { error: "expected the role of the nodes that are written to, such as resource" })
      .optional()
      .describe("the role of the nodes that a holder writes to before it gives the lock back (default: it only holds the lock)")
      .meta({ examples: ["resource"] }),
  }),
  withinUs,

  check(settings) {
    const { lease, hold, extend = false } = settings;
    const problems = [...checkTimed(settings), ...checkRange(hold, "hold")];
    const leaseUs = parseDuration(lease)!;
    const { minUs, maxUs } = parseRange(hold)!;
    if (leaseUs < Math.max(1_000, ...(extend ? [] : [minUs, maxUs]))) {
      const message =
        leaseUs < 1_000
          ? `a lease of ${lease} is over before it is granted; expected 1ms or more`
          : `a lease of ${lease} is over before a client has held the lock for ${hold}; expected a longer lease, a shorter hold, or extend: true`;
      problems.push({ path: ["lease"], message });
    }
    return problems;
  },

  draw: (settings, clients) =>
    drawTimed(settings, clients, lengthMs(settings.hold), (value, hold) => ({ ...use(settings, hold, value) })),

  /** One each: nobody is answered before everybody else has given the lock back. */
  probes: (settings, client, round) => [
    { ...use(settings, Math.floor(parseRange(settings.hold)!.minUs / 1_000), probeNumber(client, round)) },
  ],

  simpler: (op) => (op["hold"] === 0 ? [] : [{ ...op, hold: 0 }]),

  history(op, result) {
    const { hold, write, value } = op as unknown as Use;
    const token = (result as Used | undefined)?.token;
    return {
      f: op.f,
      value: { hold, ...(write !== undefined && { write: value }), ...(token !== undefined && { token }) },
      ok: true,
    };
  },

  describe(op, result) {
    const { hold, write, value } = op as unknown as Use;
    const token = (result as Used | undefined)?.token;
    const answer = result === undefined ? "" : ` -> ${token === undefined ? "ok" : `ok, token ${token}`}`;
    return `use the lock for ${hold}ms${write === undefined ? "" : `, write ${value}`}${answer}`;
  },
};

function use({ lease, write, extend }: Settings, hold: number, value: number): Use {
  const leaseMs = parseDuration(lease)! / 1_000;
  return { f: "use", lease: leaseMs, hold, ...(extend === true && { extend }), ...(write !== undefined && { write }), value };
}
