import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { bruteForce } from "../check/brute-force.ts";
import type { Operation } from "../check/history.ts";
import { checkLinearizable } from "../check/index.ts";
import { type Balances, type BankOp, bank, bankModel, initialBalance, type Transfer } from "./bank.ts";
import type { PlannedOperation } from "./workload.ts";

const clients = ["c1", "c2", "c3"];

function plans(settings: object, count = 20): readonly (readonly PlannedOperation[])[] {
  const full = bank.schema.parse({ transfers: 20, within: "10s", ...settings });
  expect(bank.check(full)).toEqual([]);
  return fc.sample(bank.draw(full, clients), { numRuns: count, seed: 1, unbiased: true });
}

const of = (plan: readonly PlannedOperation[], f: string): readonly BankOp[] =>
  plan.map(({ op }) => op as BankOp).filter((op) => op.f === f);

const transfer = (amount: number, from: string, to: string): Transfer => ({ f: "transfer", from, to, amount });
const read: BankOp = { f: "read", accounts: ["a1", "a2", "a3"] };

describe("the plan", () => {
  test("has as many transfers as stated, and reads on top", () => {
    for (const [settings, transfers, reads] of [
      [{}, 20, 10],
      [{ transfers: 1 }, 1, 1],
      [{ transfers: 7, reads: 0 }, 7, 0],
      [{ transfers: 50, reads: 200 }, 50, 200],
    ] as const) {
      for (const plan of plans(settings, 5)) {
        expect(of(plan, "transfer")).toHaveLength(transfers);
        expect(of(plan, "read")).toHaveLength(reads);
      }
    }
  });

  test("stands in the order of time, spread over all clients", () => {
    const [plan] = plans({ transfers: 300 }, 1);
    expect(plan!.map(({ id }) => id)).toEqual(plan!.map((_, i) => `o${i + 1}`));
    expect(plan!.map(({ atUs }) => atUs)).toEqual(plan!.map(({ atUs }) => atUs).sort((a, b) => a - b));
    for (const client of clients) expect(plan!.filter((one) => one.client === client).length).toBeGreaterThan(100);
    expect(JSON.parse(JSON.stringify(plan))).toStrictEqual(plan);
  });

  test("moves money between two different accounts of those that there are, all of which a read names", () => {
    const ops = plans({ accounts: 3 }).flat();
    for (const op of of(ops, "transfer") as Transfer[]) {
      expect(op.from).not.toBe(op.to);
      expect(op.amount).toBeGreaterThan(0);
    }
    const touched = (of(ops, "transfer") as Transfer[]).flatMap(({ from, to }) => [from, to]);
    expect([...new Set(touched)].sort()).toEqual(["a1", "a2", "a3"]);
    for (const op of of(ops, "read")) expect(op).toEqual(read);
  });

  test("lets most transfers find their funds, and a few not", () => {
    let state: Balances = bankModel.init;
    const found = plans({ transfers: 60 }, 50).flatMap((plan) => {
      state = bankModel.init;
      return of(plan, "transfer").map((op) => {
        const next = bankModel.step(state, op, true);
        state = next ?? state;
        return next !== undefined;
      });
    });
    const share = found.filter((funds) => funds).length / found.length;
    expect(share).toBeGreaterThan(0.7);
    expect(share).toBeLessThan(0.98);
  });
});

describe("the model", () => {
  const step = bankModel.step;
  const moved = step({}, transfer(30, "a1", "a2"), true)!;

  test("moves money, and shows all accounts at one moment", () => {
    expect(step(moved, read, { a1: 70, a2: 130, a3: 100 })).toBe(moved);
    expect(step(moved, read, { a1: 70, a2: 100, a3: 100 })).toBeUndefined();
    expect(step(moved, read, { a1: 100, a2: 100, a3: 100 })).toBeUndefined();
  });

  test("wants the answer of a read to name the accounts that were asked for, and no others", () => {
    expect(step({}, read, { a1: 100, a2: 100 })).toBeUndefined();
    expect(step({}, read, { a1: 100, a2: 100, a3: 100, a4: 100 })).toBeUndefined();
    expect(step({}, read, null)).toBeUndefined();
  });

  test("commits nothing without the funds", () => {
    expect(step(moved, transfer(71, "a1", "a3"), true)).toBeUndefined();
    expect(step(moved, transfer(70, "a1", "a3"), true)).toEqual({ a1: 0, a2: 130, a3: 170 });
  });

  test("lets a transfer be refused at any time, and changes nothing then", () => {
    expect(step(moved, transfer(1, "a1", "a3"), false)).toBe(moved);
    expect(bankModel.readOnly!(transfer(1, "a1", "a3"), false)).toBe(true);
    expect(bankModel.readOnly!(transfer(1, "a1", "a3"), true)).toBe(false);
  });

  test("knows of a transfer that nobody heard of again that it went through, if it could", () => {
    expect(step(moved, transfer(70, "a1", "a3"), undefined)).toEqual({ a1: 0, a2: 130, a3: 170 });
    expect(step(moved, transfer(71, "a1", "a3"), undefined)).toBe(moved);
  });

  test("takes nothing else for an answer", () => {
    expect(step(moved, transfer(1, "a1", "a3"), "ok")).toBeUndefined();
  });

  test("takes a transfer to oneself for what it is", () => {
    expect(bankModel.key!(step({}, transfer(40, "a1", "a1"), true)!)).toBe("");
  });

  test("names two states alike exactly when all balances are", () => {
    const back = step(moved, transfer(30, "a2", "a1"), true)!;
    expect(bankModel.key!(back)).toBe(bankModel.key!({}));
    expect(bankModel.key!(moved)).toBe("a1=70 a2=130");
    const other = step(step({}, transfer(10, "a1", "a2"), true)!, transfer(20, "a1", "a2"), true)!;
    expect(bankModel.key!(other)).toBe(bankModel.key!(moved));
  });

  test("keeps the sum of all accounts, whatever happens", () => {
    const accounts = ["a1", "a2", "a3"];
    const move = fc.record({
      from: fc.constantFrom(...accounts),
      to: fc.constantFrom(...accounts),
      amount: fc.nat({ max: 150 }),
    });
    fc.assert(
      fc.property(fc.array(move), (moves) => {
        let state: Balances = bankModel.init;
        for (const { amount, from, to } of moves) state = bankModel.step(state, transfer(amount, from, to), undefined)!;
        const balances = accounts.map((account) => state[account] ?? initialBalance);
        expect(balances.reduce((sum, balance) => sum + balance)).toBe(3 * initialBalance);
        expect(Math.min(...balances)).toBeGreaterThanOrEqual(0);
      }),
    );
  });

  test("is judged by the checker as by trying all orders, refusals and crashes among them", () => {
    const accounts = ["a1", "a2"];
    const op: fc.Arbitrary<readonly [BankOp, unknown]> = fc.oneof(
      fc.tuple(
        fc.record({
          f: fc.constant("transfer" as const),
          from: fc.constant("a1"),
          to: fc.constant("a2"),
          amount: fc.constantFrom(40, 60),
        }),
        fc.boolean(),
      ),
      fc.tuple(
        fc.constant<BankOp>({ f: "read", accounts }),
        fc.constantFrom(0, 40, 60, 100).map((gone): unknown => ({ a1: 100 - gone, a2: 100 + gone })),
      ),
    );
    const history = fc
      .array(fc.tuple(op, fc.nat({ max: 6 }), fc.constantFrom("ok", "ok", "ok", "info", "fail" as const)), { maxLength: 6 })
      .map((all) =>
        all.map(([[input, output], length, outcome], i): Operation<BankOp, unknown> => {
          const returned = outcome === "info" ? Infinity : 10 * (i + length) + 5 + i;
          return { process: i, input, output: outcome === "ok" ? output : undefined, outcome, invoked: 10 * i, returned };
        }),
      );
    const verdicts = { valid: 0, invalid: 0, unknown: 0 };
    fc.assert(
      fc.property(history, (operations) => {
        const { verdict } = checkLinearizable(operations, bankModel);
        verdicts[verdict] += 1;
        expect(verdict).toBe(bruteForce(operations, bankModel) ? "valid" : "invalid");
      }),
      { numRuns: 1_000, seed: 1 },
    );
    expect(Math.min(verdicts.valid, verdicts.invalid)).toBeGreaterThan(100);
  });
});

describe("probes", () => {
  test("are a small transfer, which may be refused, and a read, which is not answered while an account is locked", () => {
    const settings = bank.schema.parse({ accounts: 3, transfers: 1, within: "1s" });
    expect(bank.probes(settings, "c2", 0)).toEqual([transfer(1, "a3", "a1"), read]);
    expect(bank.probes(settings, "c2", 1)).toEqual([transfer(1, "a1", "a2"), read]);
  });
});

describe("words and fields", () => {
  const op = transfer(5, "a1", "a4");
  const values = { from: "a1", to: "a4", amount: 5 };
  test.each([
    [op, undefined, { f: "transfer", value: values, ok: true }, "transfer 5 from a1 to a4"],
    [op, true, { f: "transfer", value: values, ok: true }, "transfer 5 from a1 to a4 -> ok"],
    [op, false, { f: "transfer", value: values, ok: false }, "transfer 5 from a1 to a4 -> refused"],
    [read, undefined, { f: "read", value: null, ok: true }, "read all"],
    [read, { a1: 95, a2: 105 }, { f: "read", value: { a1: 95, a2: 105 }, ok: true }, "read all -> a1 95, a2 105"],
  ])("%j with %j", (op, result, fields, words) => {
    expect(bank.history(op, result)).toStrictEqual(fields);
    expect(bank.describe(op, result)).toBe(words);
  });

  test("a transfer shrinks to one of the smallest amount; nothing else does", () => {
    expect(bank.simpler(op)).toEqual([transfer(1, "a1", "a4")]);
    expect(bank.simpler(transfer(1, "a1", "a4"))).toEqual([]);
    expect(bank.simpler(read as BankOp & { f: "read" })).toEqual([]);
  });
});

describe("settings", () => {
  test("that cannot be are refused", () => {
    for (const wrong of [{ accounts: 1 }, { transfers: 0 }, { reads: -1 }, { operations: 20 }]) {
      expect(bank.schema.safeParse({ transfers: 1, within: "1s", ...wrong }).success).toBe(false);
    }
    expect(bank.check(bank.schema.parse({ transfers: 1, within: "0s" }))).toEqual([
      { path: ["within"], message: "all operations within 0s leave nothing to interleave; expected more" },
    ]);
  });
});
