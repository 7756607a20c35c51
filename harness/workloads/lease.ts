/** lease: clients acquire, extend and release one lock that runs out by itself, and ask whose it is; every command is judged. */

import * as fc from "fast-check";
import { z } from "zod";
import type { Model } from "../check/model.ts";
import { parseDuration } from "../sim/units.ts";
import { duration } from "../sim/units-schema.ts";
import { checkTimed, drawTimed, type Timed, timed, withinUs } from "./timed.ts";
import type { Op, Workload } from "./workload.ts";

/** A client extends and releases what it acquired last, whether it still has it or not. */
export type LeaseOp =
  | { readonly f: "acquire" /** For how long, in ms. */; readonly lease: number }
  | { readonly f: "extend" }
  | { readonly f: "release" }
  | { readonly f: "holder" };

/** Of an acquire: the fencing token, or that of whose the lock is. Of an extend or release: for which token, and whether it was its turn. */
export type LeaseResult =
  | { readonly granted: number }
  | { readonly taken: number }
  | { readonly token: number; readonly done: boolean }
  | number
  | null;

/** The newest token, and whether its grant is over: released, or known to have run out. */
interface Lease {
  readonly token: number;
  readonly over: boolean;
}

/**
 * A lock whose grants are numbered from 1 and run out at any moment: when is not for this model to say. What has run out is
 * known when somebody is told so, so the answer to an extension or a look may end a grant, as a release does.
 */
const model: Model<Lease, LeaseOp, LeaseResult> = {
  name: "lease",
  init: { token: 0, over: true },
  step(state, { f }, output) {
    switch (f) {
      case "acquire":
        return acquired(state, output as { readonly granted?: number; readonly taken?: number } | undefined);
      case "extend":
      case "release":
        return used(state, f, output as { readonly token: number; readonly done: boolean } | undefined);
      case "holder":
        return seen(state, output as number | null | undefined);
    }
  },
  key: ({ token, over }) => (over ? -1 - token : token),
  readOnly: ({ f }, output) => f === "holder" && output !== null,
};

function acquired(state: Lease, output: { readonly granted?: number; readonly taken?: number } | undefined): Lease | undefined {
  if (output?.taken !== undefined) return seen(state, output.taken);
  // Nobody knows what it came to: had it been refused, it would have changed nothing.
  const token = output?.granted ?? state.token + 1;
  return token === state.token + 1 ? { token, over: false } : undefined;
}

function used(state: Lease, f: "extend" | "release", output: { readonly token: number; readonly done: boolean } | undefined) {
  // Nobody knows of which grant it was: at most it ended the newest.
  if (output === undefined) return f === "release" ? { ...state, over: true } : state;
  const { token, done } = output;
  if (token > state.token) return undefined;
  const newest = token === state.token;
  if (done) return newest && !state.over ? { ...state, over: f === "release" } : undefined;
  return newest ? { ...state, over: true } : state;
}

function seen(state: Lease, holder: number | null | undefined): Lease | undefined {
  if (holder === undefined) return state;
  if (holder === null) return { ...state, over: true };
  return holder === state.token && !state.over ? state : undefined;
}

interface Settings extends Timed {
  readonly lease: string;
  readonly mix: Readonly<Record<LeaseOp["f"], number>>;
}

const weight = z.int({ error: "expected a whole number, 0 or more" }).min(0).max(1_000_000).default(0);
const usual = { acquire: 4, extend: 2, release: 2, holder: 2 };
const words = ["acquire", "extend", "release", "holder"] as const;

export const lease: Workload<Settings> = {
  name: "lease",
  doc: "Clients acquire, extend and release one lock that runs out by itself, and ask whose it is. Each command stands in the history, with its fencing token.",
  schema: z.strictObject({
    ...timed,
    lease: duration.default("1s").describe("for how long a client asks for the lock (default 1s)"),
    mix: z
      .strictObject({
        acquire: weight.describe("weight of acquires"),
        extend: weight.describe("weight of extensions of what was acquired last"),
        release: weight.describe("weight of releases of what was acquired last"),
        holder: weight.describe("weight of looks at whose the lock is"),
      })
      .default(usual)
      .describe(
        "how often which command, as weights; what is not named does not occur (default { acquire: 4, extend: 2, release: 2, holder: 2 })",
      ),
  }),
  withinUs,

  check(settings) {
    const problems = [...checkTimed(settings)];
    if (words.every((word) => settings.mix[word] === 0))
      problems.push({ path: ["mix"], message: "all weights are 0, so there is no operation to draw; expected one above 0" });
    if (parseDuration(settings.lease)! < 1_000)
      problems.push({
        path: ["lease"],
        message: `a lease of ${settings.lease} is over before it is granted; expected 1ms or more`,
      });
    return problems;
  },

  draw(settings, clients) {
    const word = fc.oneof(...words.map((f) => ({ arbitrary: fc.constant(f), weight: settings.mix[f] })));
    return drawTimed(settings, clients, word, (_number, f) => ({ ...operation(settings, f) }));
  },

  /** A lease that nobody gives back is in the way of the next round only. */
  probes: (settings) => [{ ...operation(settings, "acquire") }, { f: "release" }, { f: "holder" }],

  simpler: () => [],

  history(op, result) {
    const { f } = op as unknown as LeaseOp;
    if (result === undefined) return { f, value: f === "acquire" ? (op["lease"] ?? null) : null, ok: true };
    return { f, value: result, ok: !(isRefused(result) || (f === "acquire" && "taken" in (result as object))) };
  },

  describe(op, result) {
    const { f } = op as unknown as LeaseOp;
    const said = f === "holder" ? "whose is the lock" : f === "acquire" ? `acquire for ${op["lease"]}ms` : f;
    return `${said}${result === undefined ? "" : ` -> ${told(result as LeaseResult)}`}`;
  },

  model: model as unknown as Model<unknown, Op, unknown>,
};

function operation({ lease }: Settings, f: LeaseOp["f"]): LeaseOp {
  return f === "acquire" ? { f, lease: parseDuration(lease)! / 1_000 } : { f };
}

function isRefused(result: unknown): boolean {
  return typeof result === "object" && (result as { readonly done?: boolean } | null)?.done === false;
}

function told(result: LeaseResult): string {
  if (result === null) return "nobody's";
  if (typeof result === "number") return `of token ${result}`;
  if ("granted" in result) return `token ${result.granted}`;
  if ("taken" in result) return `taken, token ${result.taken}`;
  if (result.token === 0) return "has none";
  return result.done ? `ok, token ${result.token}` : `token ${result.token} is over`;
}
