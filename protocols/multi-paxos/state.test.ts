/** The replicated state as a pure function of its commands. */

import { expect, it } from "vitest";
import type { Command, Op } from "./messages.ts";
import { initial, perform, read, resultOf, type State, standing } from "./state.ts";
import { request, write } from "./testing/seat.ts";

const after = (...commands: Command[]): State => commands.reduce((state, command) => perform(state, command), initial);
const cas = (from: number | null, to: number): Op => ({ f: "cas", key: "x", from, to });
const readX: Op = { f: "read", key: "x" };

it("writes, reads and compares", () => {
  expect(read(initial, readX)).toBeNull();
  expect(read(after(write(7)), readX)).toBe(7);
  const once = after(write(7), request(cas(7, 8), 2));
  expect([read(once, readX), resultOf(once, "c1")]).toEqual([8, true]);
  const refused = after(write(7), request(cas(6, 8), 2));
  expect([read(refused, readX), resultOf(refused, "c1")]).toEqual([7, false]);
  expect(resultOf(after(write(7), request(readX, 1, "c2")), "c2")).toBe(7);
});

it("keeps a single register apart from all keys", () => {
  expect(read(after(request({ f: "write", value: 3 })), { f: "read" })).toBe(3);
  expect(read(after(request({ f: "write", value: 3 })), readX)).toBeNull();
});

it("counts a slot for every command, and changes nothing else for a no-op, a retry or an older request", () => {
  const state = after(write(7, 2));
  for (const command of [null, write(7, 2), write(9, 1)]) expect(perform(state, command)).toEqual({ ...state, slot: 2 });
});

it("tells a new request from the latest one and from older ones, for each client apart", () => {
  const state = after(write(7, 2));
  expect([1, 2, 3].map((serial) => standing(state, write(0, serial)))).toEqual(["superseded", "answered", "new"]);
  expect(standing(state, write(0, 1, "c2"))).toBe("new");
});

it("leaves the state before as it was", () => {
  const before = Object.freeze({ ...initial, store: Object.freeze({}), sessions: Object.freeze({}) });
  expect(perform(before, write(7)).slot).toBe(1);
  expect(before).toEqual(initial);
});
