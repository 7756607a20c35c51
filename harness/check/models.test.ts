/** Each model says yes to what a correct register does, no to the rest, and tells an operation in words. */

import { describe, expect, it } from "vitest";
import { type CasRegisterInput, casRegister, keyValue, register } from "./models.ts";

const read: CasRegisterInput = { f: "read" };
const cas: CasRegisterInput = { f: "cas", from: 1, to: 2 };

describe("a cas register", () => {
  it.each([
    ["reads what is there", 1, read, 1, 1],
    ["does not read what is not there", 1, read, 2, undefined],
    ["reads null at first", null, read, null, null],
    ["may have been read as anything when nobody knows", 1, read, undefined, 1],
    ["does not take a text for a number", 1, read, "1", undefined],
    ["is written, whatever the answer", 1, { f: "write", value: 3 } as const, undefined, 3],
    ["compares and sets", 1, cas, true, 2],
    ["cannot set when it compares unequal", 3, cas, true, undefined],
    ["stays when it compares unequal", 3, cas, false, 3],
    ["cannot compare unequal when it is equal", 1, cas, false, undefined],
    ["is set when it was equal and nobody knows", 1, cas, undefined, 2],
    ["stays when it was not equal and nobody knows", 3, cas, undefined, 3],
    ["does not understand an answer that is neither true nor false", 1, cas, "ok", undefined],
  ] as const)("%s", (_, state, input, output, next) => {
    expect(casRegister.step(state, input, output)).toBe(next);
  });

  it("is changed by no read, and by no cas that found another value", () => {
    expect(casRegister.readOnly?.(read)).toBe(true);
    expect(casRegister.readOnly?.(cas, false)).toBe(true);
    expect(casRegister.readOnly?.(cas, true)).toBe(false);
    expect(casRegister.readOnly?.(cas)).toBe(false);
  });

  it("says which state an answer needs and which one an operation leaves", () => {
    expect([casRegister.needs?.(read, null), casRegister.needs?.(read, 1), casRegister.needs?.(cas, true)]).toEqual([null, 1, 1]);
    expect([casRegister.needs?.(cas, false), casRegister.sets?.(read)]).toEqual([undefined, undefined]);
    expect([casRegister.sets?.(cas), casRegister.sets?.({ f: "write", value: null })]).toEqual([2, null]);
  });
});

it("operations are told in words", () => {
  expect(register.describe?.(read, "a")).toBe('read -> "a"');
  expect(register.describe?.(read, undefined)).toBe("read -> ?");
  expect(casRegister.describe?.(cas, true)).toBe("cas 1 to 2 -> true");
  expect(keyValue.describe?.({ ...read, key: "x" }, null)).toBe("read x -> null");
  expect(keyValue.describe?.({ f: "write", key: "x", value: 3 }, undefined)).toBe("write x = 3");
  expect(keyValue.describe?.({ ...cas, key: "x" }, false)).toBe("cas x 1 to 2 -> false");
});

it("keys are independent", () => {
  expect(keyValue.partition?.({ ...read, key: "x" })).toBe("x");
});
