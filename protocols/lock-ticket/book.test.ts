import { describe, expect, it } from "vitest";
import { TORN } from "../../harness/protocol.ts";
import { FakeDisk } from "../locking/testing/fake-context.ts";
import { Book } from "./book.ts";
import type { Line } from "./messages.ts";

const taken = (ticket: number): Line => ({ kind: "taken", ticket, owner: `c1#${ticket}.1`, client: "c1", leaseMs: 1_000 });

function written(...lines: readonly Line[]): FakeDisk {
  const disk = new FakeDisk();
  const book = new Book(disk);
  for (const line of lines) book.write(line);
  return disk;
}

function found(disk: FakeDisk): object {
  const book = new Book(disk);
  book.recover();
  return { open: [...book.open.keys()], next: book.next, ...(book.serving && { serving: book.serving.ticket }) };
}

describe("the book", () => {
  it("tells after a restart what is out, what is served and what comes next", () => {
    const disk = written(taken(1), taken(2), taken(3), { kind: "closed", ticket: 1 }, { kind: "called", ticket: 2, nth: 4 });
    expect(found(disk)).toEqual({ open: [2, 3], next: 4, serving: 2 });
  });

  it("remembers the count when nothing is out", () => {
    expect(found(written(taken(1), taken(2), { kind: "closed", ticket: 1 }, { kind: "closed", ticket: 2 }))).toEqual({
      open: [],
      next: 3,
    });
  });

  it("ends at the first line that is torn or missing, and goes on from there", () => {
    const torn = written(taken(1), taken(2), taken(3));
    torn.logs.get("book")![1] = TORN;
    expect(found(torn)).toEqual({ open: [1], next: 2 });
    expect(torn.logs.get("book")).toHaveLength(1);
    const hole = written(taken(1), taken(2), taken(3));
    hole.logs.get("book")!.splice(1, 1);
    expect(found(hole)).toEqual({ open: [1], next: 2 });
  });

  it("is copied out fair when it gets long: the copy is safe before the lines are struck out", () => {
    const disk = new FakeDisk();
    const book = new Book(disk);
    for (let ticket = 1; ticket <= 24; ticket++) book.write(taken(ticket));
    for (let ticket = 1; ticket <= 22; ticket++) book.write({ kind: "closed", ticket });
    const told: string[] = [];
    disk.tell = (line) => told.push(line.split(" ").slice(0, 2).join(" "));
    book.sync();
    expect(told).toEqual(["sync", "write fair-copy", "sync", "truncate book"]);
    expect(found(disk)).toEqual({ open: [23, 24], next: 25 });
  });

  it("reads no line twice when the crash fell between the copy and the striking out", () => {
    const disk = new FakeDisk();
    const book = new Book(disk);
    for (let ticket = 1; ticket <= 24; ticket++) book.write(taken(ticket));
    const lines = [...disk.logs.get("book")!];
    book.sync();
    book.write({ kind: "closed", ticket: 24 });
    disk.logs.get("book")!.unshift(...lines);
    expect(found(disk)).toEqual({ open: Array.from({ length: 23 }, (_, i) => i + 1), next: 25 });
    const again = new Book(disk);
    again.recover();
    again.write(taken(25));
    disk.logs.get("book")!.splice(0, lines.length);
    expect(found(disk)).toMatchObject({ next: 26 });
  });
});
