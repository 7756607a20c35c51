/** The key-value state machine, and the sessions in front of it. */

import { describe, expect, it } from "vitest";
import { type KeyValueOp, keyValue, type Store } from "./key-value.ts";
import { Sessions } from "./sessions.ts";
import { request } from "./testing/server.ts";

function told(...ops: KeyValueOp[]): unknown[] {
  let store: Store = keyValue.init;
  return ops.map((op) => {
    const [next, result] = keyValue.apply(store, op);
    store = next;
    return result;
  });
}

describe("the key-value store", () => {
  it("reads null until a key is written, then what was written last", () => {
    expect(
      told({ f: "read", key: "x" }, { f: "write", key: "x", value: 1 }, { f: "read", key: "x" }, { f: "read", key: "y" }),
    ).toEqual([null, null, 1, null]);
  });

  it("compares and sets: true when it found what was expected", () => {
    expect(
      told(
        { f: "cas", key: "x", from: null, to: 1 },
        { f: "cas", key: "x", from: 7, to: 2 },
        { f: "read", key: "x" },
        { f: "cas", key: "x", from: 1, to: 2 },
        { f: "read", key: "x" },
      ),
    ).toEqual([true, false, 1, true, 2]);
  });

  it("leaves the state it was given as it was", () => {
    const [before] = keyValue.apply(keyValue.init, { f: "write", key: "x", value: 1 });
    keyValue.apply(before, { f: "write", key: "x", value: 2 });
    keyValue.apply(before, { f: "cas", key: "x", from: 1, to: 3 });
    expect([...before]).toEqual([["x", 1]]);
    expect([...keyValue.init]).toEqual([]);
  });

  it("is not confused by keys that every object has", () => {
    expect(
      told({ f: "read", key: "constructor" }, { f: "write", key: "__proto__", value: 1 }, { f: "read", key: "__proto__" }),
    ).toEqual([null, null, 1]);
  });

  it("says what is a read", () => {
    expect([keyValue.isRead({ f: "read", key: "x" }), keyValue.isRead({ f: "cas", key: "x", from: 1, to: 1 })]).toEqual([
      true,
      false,
    ]);
  });
});

describe("sessions", () => {
  it("tell a new request from one that was applied and from one that its client has left behind", () => {
    const sessions = new Sessions(keyValue);
    const write = (serial: number, client = "c1") => request({ f: "write", key: "x", value: serial }, client, serial);
    expect(sessions.standing(write(2))).toBe("new");
    sessions.apply(write(2));
    expect([1, 2, 3].map((serial) => sessions.standing(write(serial)))).toEqual(["superseded", "answered", "new"]);
    expect(sessions.standing(write(1, "c2"))).toBe("new");
  });

  it("keep each client's latest result", () => {
    const sessions = new Sessions(keyValue);
    sessions.apply(request({ f: "cas", key: "x", from: null, to: 1 }, "c1", 1));
    sessions.apply(request({ f: "cas", key: "x", from: null, to: 2 }, "c2", 1));
    expect([sessions.result("c1"), sessions.result("c2")]).toEqual([true, false]);
  });
});
