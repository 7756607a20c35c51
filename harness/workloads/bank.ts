/** bank: clients move money between accounts and read all of them at once; what they hold together never changes. */

import * as fc from "fast-check";
import { z } from "zod";
import type { Model } from "../check/model.ts";
import { checkTimed, drawTimed, timed, withinUs } from "./timed.ts";
import type { Op, Workload } from "./workload.ts";

/** What an account holds before the first transfer, so that servers need not be told which accounts there are. */
export const initialBalance = 100;
/** Half of that: most transfers find their funds, and a few do not. */
const largestAmount = initialBalance / 2;

/** Answered with true (committed) or false (refused: the funds were missing, or it was aborted; it never happens). */
export type Transfer = {
  readonly f: "transfer";
  readonly from: string;
  readonly to: string;
  readonly amount: number;
};

/** Of all accounts at one moment. Answered with their balances; one that was aborted is a `fail`. */
export type Read = { readonly f: "read"; readonly accounts: readonly string[] };

export type BankOp = Transfer | Read;

/** By account. */
export type Balances = Readonly<Record<string, number>>;

interface Settings {
  readonly accounts: number;
  readonly transfers: number;
  readonly reads?: number | undefined;
  readonly within: string;
}

/**
 * The bank is one object with all its accounts: a read sees one moment of all of them. The state holds the accounts that
 * were touched. A transfer that was answered false changed nothing, whatever it found: servers may always abort.
 */
export const bankModel: Model<Balances, BankOp, unknown> = {
  name: "bank",
  init: {},

  step(state, input, output) {
    if (input.f === "read") return output === undefined || shows(state, input.accounts, output) ? state : undefined;
    if (output === false) return state;
    const { from, to, amount } = input;
    if (output !== undefined && output !== true) return undefined;
    if (balance(state, from) < amount) return output === true ? undefined : state;
    const debited = { ...state, [from]: balance(state, from) - amount };
    return { ...debited, [to]: balance(debited, to) + amount };
  },

  key: (state) =>
    Object.keys(state)
      .filter((account) => state[account] !== initialBalance)
      .sort()
      .map((account) => `${account}=${state[account]}`)
      .join(" "),

  readOnly: (input, output) => input.f === "read" || output === false,

  describe,
};

function balance(state: Balances, account: string): number {
  return state[account] ?? initialBalance;
}

function shows(state: Balances, accounts: readonly string[], output: unknown): boolean {
  if (typeof output !== "object" || output === null) return false;
  const read = output as Balances;
  return Object.keys(read).length === accounts.length && accounts.every((account) => read[account] === balance(state, account));
}

export const bank: Workload<Settings> = {
  name: "bank",
  doc: `Clients move money between accounts, each of which holds ${initialBalance} at first, and read all of them at one moment.`,
  schema: z.strictObject({
    accounts: z
      .int({ error: "expected a count of accounts such as 6" })
      .min(2)
      .max(1_000)
      .default(6)
      .describe("how many accounts: a1, a2 and so on (default 6)"),
    transfers: z
      .int({ error: "expected a count of transfers such as 20" })
      .min(1)
      .max(100_000)
      .describe("how many transfers all clients make together; reads come on top"),
    reads: z
      .int({ error: "expected a count of reads such as 10" })
      .min(0)
      .max(100_000)
      .optional()
      .describe("how many reads of all accounts there are beside the transfers (default: half as many)"),
    within: timed.within,
  }),

  withinUs,
  check: checkTimed,

  draw({ accounts: count, transfers, reads = Math.ceil(transfers / 2), within }, clients) {
    const accounts = accountNames(count);
    const transfer = fc.record({
      from: fc.nat({ max: count - 1 }),
      /** How far from `from`: never the same account. */
      further: fc.integer({ min: 1, max: count - 1 }),
      amount: fc.integer({ min: 1, max: largestAmount }),
    });
    const moves = drawTimed({ operations: transfers, within }, clients, transfer, (_number, { from, further, amount }) => ({
      f: "transfer",
      from: accounts[from]!,
      to: accounts[(from + further) % count]!,
      amount,
    }));
    const looks = drawTimed({ operations: reads, within }, clients, fc.constant(null), () => ({ f: "read", accounts }));
    return fc.tuple(moves, looks).map((both) =>
      both
        .flat()
        .sort((a, b) => a.atUs - b.atUs)
        .map((planned, i) => ({ ...planned, id: `o${i + 1}` })),
    );
  },

  /**
   * A transfer that is refused is an answer. A read is not answered before none of its accounts is kept locked, so it shows
   * that nothing was left behind anywhere.
   */
  probes({ accounts: count }, client, round) {
    const accounts = accountNames(count);
    const first = Number(/\d+$/.exec(client)?.[0] ?? 0) + round;
    return [
      { f: "transfer", from: accounts[first % count]!, to: accounts[(first + 1) % count]!, amount: 1 },
      { f: "read", accounts },
    ];
  },

  model: bankModel as Model<unknown, Op, unknown>,

  simpler: (op) => (op.f === "transfer" && op["amount"] !== 1 ? [{ ...op, amount: 1 }] : []),

  /** In Jepsen's words. */
  history(op, result) {
    const operation = op as BankOp;
    if (operation.f === "read") return { f: "read", value: result ?? null, ok: true };
    const { from, to, amount } = operation;
    return { f: "transfer", value: { from, to, amount }, ok: result !== false };
  },

  describe: (op, result) => describe(op as BankOp, result),
};

function describe(op: BankOp, result: unknown): string {
  if (op.f === "read") return result === undefined ? "read all" : `read all -> ${inWords(result)}`;
  const answer = result === undefined ? "" : result === false ? " -> refused" : " -> ok";
  return `transfer ${op.amount} from ${op.from} to ${op.to}${answer}`;
}

/** "a1 95, a2 105" */
function inWords(result: unknown): string {
  if (typeof result !== "object" || result === null) return String(result);
  return Object.entries(result)
    .map(([account, value]) => `${account} ${String(value)}`)
    .join(", ");
}

function accountNames(count: number): readonly string[] {
  return Array.from({ length: count }, (_, i) => `a${i + 1}`);
}
