import { expect, it } from "vitest";
import { type LockState, lockMachine } from "./machine.ts";
import type { LockOp } from "./messages.ts";

const machine = lockMachine();
const acquire = (owner: string): LockOp => ({ f: "acquire", owner, client: "c1", leaseMs: 500 });

/** What comes of these commands, one after the other. */
function results(...ops: readonly LockOp[]): unknown[] {
  let state: LockState = machine.init;
  return ops.map((op) => {
    const [next, result] = machine.apply(state, op);
    state = next;
    return result;
  });
}

it("counts its grants through releases and expiries", () => {
  expect(
    results(acquire("a"), { f: "release", owner: "a" }, acquire("b"), { f: "expire", token: 2, extensions: 0 }, acquire("c")),
  ).toEqual([{ granted: 1 }, true, { granted: 2 }, true, { granted: 3 }]);
});

it("tells whose the lock is", () => {
  expect(results({ f: "holder" }, acquire("a"), acquire("b"), { f: "holder" })).toEqual([null, { granted: 1 }, { taken: 1 }, 1]);
});

it("ends a lease only as it was when its end was proposed", () => {
  const stale: LockOp = { f: "expire", token: 1, extensions: 0 };
  expect(results(acquire("a"), { f: "extend", owner: "a" }, stale, { f: "holder" })).toEqual([{ granted: 1 }, true, false, 1]);
  expect(results(acquire("a"), { f: "release", owner: "a" }, acquire("b"), stale)).toEqual([
    { granted: 1 },
    true,
    { granted: 2 },
    false,
  ]);
});

it("extends and releases for the owner only, while it has the lock", () => {
  expect(results(acquire("a"), { f: "extend", owner: "b" }, { f: "release", owner: "b" })).toEqual([
    { granted: 1 },
    false,
    false,
  ]);
  expect(results({ f: "extend", owner: "a" }, { f: "release", owner: "a" })).toEqual([false, false]);
});

it("comes back from what a snapshot keeps", () => {
  const [state] = machine.apply(machine.init, acquire("a"));
  expect(machine.load!(JSON.parse(JSON.stringify(machine.save!(state))))).toEqual(state);
});
