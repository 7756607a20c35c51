/** What of a log is kept after a crash. */

import { describe, expect, it } from "vitest";
import { TORN } from "../../harness/protocol.ts";
import { RaftLog, recover } from "./log.ts";
import { FakeDisk } from "./testing/fake-context.ts";
import { entry } from "./testing/server.ts";

describe("a recovered log", () => {
  it("is kept whole when nothing is missing", () => {
    const whole = [entry(1, 1), entry(2, 1), entry(3, 4)];
    expect(recover(whole)).toEqual(whole);
  });

  it("ends before a torn entry", () => {
    expect(recover([entry(1, 1), TORN])).toEqual([entry(1, 1)]);
  });

  it("ends before a hole: a later append survived, an earlier one did not", () => {
    expect(recover([entry(1, 1), entry(3, 1), entry(4, 1)])).toEqual([entry(1, 1)]);
    expect(recover([entry(2, 1)])).toEqual([]);
  });

  it("ends before an entry that should stand where another one does", () => {
    expect(recover([entry(1, 1), entry(2, 1), entry(2, 3)])).toEqual([entry(1, 1), entry(2, 1)]);
  });

  it("ends before an entry of an earlier term than the one before it", () => {
    expect(recover([entry(1, 3), entry(2, 2)])).toEqual([entry(1, 3)]);
  });

  it("is cleaned on the disk too, and the cleaning is durable", () => {
    const disk = new FakeDisk();
    disk.logs.set("log", [entry(1, 1), TORN, entry(3, 1)]);
    const done: string[] = [];
    disk.record = (effect) => done.push(effect.do);
    const log = new RaftLog(disk);
    log.restore();
    expect(disk.logs.get("log")).toEqual([entry(1, 1)]);
    expect(done).toEqual(["truncate", "sync"]);
    log.append(entry(2, 2));
    expect(log.lastIndex).toBe(2);
    expect(disk.logs.get("log")).toEqual([entry(1, 1), entry(2, 2)]);
  });

  it("leaves a clean disk alone", () => {
    const disk = new FakeDisk();
    disk.logs.set("log", [entry(1, 1)]);
    const done: string[] = [];
    disk.record = (effect) => done.push(effect.do);
    new RaftLog(disk).restore();
    expect(done).toEqual([]);
  });
});

describe("a log in memory", () => {
  const log = new RaftLog(new FakeDisk());
  for (const [i, term] of [1, 2, 2, 2, 5].entries()) log.append(entry(i + 1, term));

  it("counts from 1, and has term 0 before its beginning and behind its end", () => {
    expect([0, 1, 5, 6].map((index) => log.termAt(index))).toEqual([0, 1, 5, 0]);
    expect([log.lastIndex, log.lastTerm]).toEqual([5, 5]);
  });

  it("hands out at most so many entries, and null when there is nothing to hand out", () => {
    expect(log.from(2, 2)?.map(({ index }) => index)).toEqual([2, 3]);
    expect(log.from(5, 64)?.length).toBe(1);
    expect(log.from(6, 64)).toBeNull();
  });

  it("knows where the entries of a term begin", () => {
    expect(log.firstOfTerm(4)).toBe(2);
    expect(log.firstOfTerm(1)).toBe(1);
  });
});
