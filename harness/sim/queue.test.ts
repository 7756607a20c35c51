/** The event queue against the dumbest one there is: a sorted array. */

import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { EventQueue } from "./queue.ts";

describe("the event queue", () => {
  it("gives what a sorted array gives, through any pushes and pops", () => {
    const step = fc.oneof({ weight: 3, arbitrary: fc.nat(6) }, { weight: 2, arbitrary: fc.constant("pop" as const) });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 120 }), (steps) => {
        const queue = new EventQueue<string>();
        const sorted: { time: number; order: number }[] = [];
        let order = 0;
        for (const step of steps) {
          if (step === "pop") {
            const first = sorted.shift();
            expect(queue.firstTime).toBe(first?.time ?? Number.POSITIVE_INFINITY);
            if (first !== undefined) expect(queue.pop()).toBe(`${first.time}/${first.order}`);
          } else {
            queue.push(step, order, `${step}/${order}`);
            sorted.push({ time: step, order: order++ });
            sorted.sort((a, b) => a.time - b.time || a.order - b.order);
          }
          expect(queue.size).toBe(sorted.length);
        }
      }),
      { numRuns: 300, seed: 1 },
    );
  });

  it("keeps the order of those that are pushed with an older order (a timer that moves itself on)", () => {
    const queue = new EventQueue<string>();
    queue.push(10, 7, "later");
    queue.push(10, 3, "sooner");
    queue.push(9, 9, "first");
    expect([queue.pop(), queue.pop(), queue.pop()]).toEqual(["first", "sooner", "later"]);
  });

  it("grows past its first arrays, and empties again", () => {
    const queue = new EventQueue<number>();
    const count = 5_000;
    for (let i = 0; i < count; i++) queue.push((i * 7919) % count, i, (i * 7919) % count);
    for (let i = 0; i < count; i++) expect(queue.pop()).toBe(i);
    expect([queue.size, queue.firstTime]).toEqual([0, Number.POSITIVE_INFINITY]);
  });
});
