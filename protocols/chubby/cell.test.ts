import { expect, it } from "vitest";
import { type Cell, type CellOp, cellMachine } from "./cell.ts";

const machine = cellMachine();

/** What comes of these commands, one after the other, to a cell in epoch 1 with the sessions a and b. */
function results(...ops: readonly CellOp[]): unknown[] {
  let cell: Cell = machine.init;
  const run = (op: CellOp): unknown => {
    const [next, result] = machine.apply(cell, op);
    cell = next;
    return result;
  };
  run({ f: "new-epoch", master: "server1", term: 1 });
  for (const session of ["a", "b"]) run({ f: "open-session", session, client: "c1" });
  return ops.map(run);
}

const file = "f1";
const acquire = (session: string): CellOp => ({ f: "acquire", session, file });
const end = (session: string, epoch = 1): CellOp => ({ f: "end-session", session, epoch });

it("raises the generation of a lock with every holding", () => {
  const release: CellOp = { f: "release", session: "a", file, generation: 1 };
  expect(results(acquire("a"), acquire("b"), release, acquire("b"))).toEqual([
    { granted: 1 },
    { taken: 1 },
    true,
    { granted: 2 },
  ]);
});

it("lets nobody release what another holds, or held in another generation", () => {
  expect(results(acquire("a"), { f: "release", session: "b", file, generation: 1 })).toEqual([{ granted: 1 }, false]);
  expect(results(acquire("a"), { f: "release", session: "a", file, generation: 2 })).toEqual([{ granted: 1 }, false]);
});

it("withholds the locks of an ended session until the delay is over", () => {
  const over = (generation: number): CellOp => ({ f: "end-delay", file, generation });
  expect(results(acquire("a"), end("a"), acquire("b"), over(0), acquire("b"), over(1), acquire("b"))).toEqual([
    { granted: 1 },
    true,
    { taken: 1 },
    false,
    { taken: 1 },
    true,
    { granted: 2 },
  ]);
});

it("does nothing for a session that is over", () => {
  const write: CellOp = { f: "write", session: "a", file, value: 7 };
  expect(results(end("a"), write, acquire("a"), { f: "read", session: "b", file })).toEqual([
    true,
    "gone",
    "gone",
    { value: null, generation: 0 },
  ]);
});

it("does not end a session for the master of another epoch", () => {
  expect(results(end("a", 0), { f: "session", session: "a" })).toEqual([false, { epoch: 1, alive: true }]);
});

it("is plain data, as a snapshot keeps it", () => {
  let cell: Cell = machine.init;
  for (const op of [{ f: "open-session", session: "a", client: "c1" }, acquire("a"), end("a")] as const)
    [cell] = machine.apply(cell, op);
  expect(JSON.parse(JSON.stringify(cell))).toStrictEqual(cell);
});
