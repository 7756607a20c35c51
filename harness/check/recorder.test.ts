/** Recording one's own tests: what was asked and what came back, in that order. */

import { describe, expect, it } from "vitest";
import { HistoryReader } from "./formats/index.ts";
import { checkLinearizable } from "./linearizable.ts";
import { models } from "./models/registry.ts";
import { DidNotHappen, HistoryRecorder } from "./recorder.ts";

function verdict(history: HistoryRecorder, model: string): string {
  const reader = new HistoryReader({ format: "jsonl", model });
  reader.feed(history.jsonl);
  return checkLinearizable(reader.end(), models[model]!).verdict;
}

describe("a recorder of histories", () => {
  it("writes down what a test against the real thing did", async () => {
    let stored: unknown = null;
    const history = new HistoryRecorder();
    const write = (client: string, value: number): Promise<void> =>
      history.record(client, { f: "write", value }, async () => {
        await Promise.resolve();
        stored = value;
      });
    const read = (client: string): Promise<void> => history.record(client, { f: "read" }, () => Promise.resolve(stored));
    await Promise.all([write("anna", 1), read("ben"), write("carl", 2)]);
    await read("ben");
    expect(history.events).toHaveLength(8);
    expect(verdict(history, "register")).toBe("valid");
  });

  it("has a stale read refused", () => {
    const history = new HistoryRecorder();
    history.invoke("anna", { f: "write", value: 1 }).ok();
    history.invoke("anna", { f: "write", value: 2 }).ok();
    history.invoke("ben", { f: "read" }).ok(1);
    expect(verdict(history, "register")).toBe("invalid");
  });

  it("takes an error for open, unless it says that nothing happened", async () => {
    const history = new HistoryRecorder();
    await history.record("anna", { f: "write", value: 1 }, () => Promise.reject(new Error("socket hang up")));
    await history.record("anna", { f: "write", value: 2 }, () => Promise.reject(new DidNotHappen("refused")));
    history.invoke("ben", { f: "read" }).ok(1);
    expect(history.events.map(({ process, type }) => `${process} ${type}`)).toEqual([
      ...["0 invoke", "0 info", "1 invoke", "1 fail"],
      ...["2 invoke", "2 ok"],
    ]);
    expect(verdict(history, "register")).toBe("valid");
    history.invoke("ben", { f: "read" }).ok(2);
    expect(verdict(history, "register")).toBe("invalid");
  });

  it("lets a client do one thing at a time, and an operation end once", () => {
    const history = new HistoryRecorder();
    const read = history.invoke("anna", { f: "read" });
    expect(() => history.invoke("anna", { f: "read" })).toThrow('anna asks for "read", but its "read" has not come back');
    read.ok(null);
    expect(() => read.fail()).toThrow('the "read" of anna has come back already');
  });
});
