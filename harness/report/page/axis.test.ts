/** Axes, measures and rows: the arithmetic behind what is drawn. */

import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { PageOperation } from "../html/model.ts";
import { trace } from "../testing/sample.ts";
import { clockAxis, eventAxis, moved, showing, ticks, timeText, zoomed } from "./axis.ts";
import { historyRows, orderPoints, partsOf } from "./history-rows.ts";
import { quantile, silences, slotsOf } from "./measures.ts";

const moments = fc
  .array(fc.record({ atUs: fc.integer({ min: 0, max: 10_000_000 }), loud: fc.constantFrom<0 | 1 | 2>(0, 1, 2) }), {
    minLength: 1,
  })
  .map((list) => list.sort((a, b) => a.atUs - b.atUs));

describe("an axis by events", () => {
  it("never runs backwards, and leads back to where one came from", () => {
    fc.assert(
      fc.property(moments, (list) => {
        const axis = eventAxis(list);
        let last = Number.NEGATIVE_INFINITY;
        for (const { atUs } of list) {
          const place = axis.at(atUs);
          expect(place).toBeGreaterThanOrEqual(last);
          expect(place).toBeLessThanOrEqual(axis.total);
          expect(Math.abs(axis.us(place) - atUs)).toBeLessThan(1);
          last = place;
        }
      }),
    );
  });

  it("gives a moment the room of the loudest thing in it", () => {
    const quiet = [0, 10].map((atUs) => ({ atUs, loud: 0 }) as const);
    expect(eventAxis([...quiet, { atUs: 10, loud: 2 }]).at(10)).toBe(eventAxis([quiet[0]!, { atUs: 10, loud: 2 }]).at(10));
  });

  it("gives more room to what is loud than to what is quiet, and little to idle time", () => {
    const axis = eventAxis([0, 1, 2, 3].map((i) => ({ atUs: i * 1_000_000, loud: i === 2 ? 2 : 0 })));
    const [a, b, c, d] = [0, 1, 2, 3].map((i) => axis.at(i * 1_000_000));
    expect(c! - b!).toBeGreaterThan(1.5 * (b! - a!));
    expect(d! - c!).toBe(b! - a!);
    expect(
      eventAxis([
        { atUs: 0, loud: 2 },
        { atUs: 60_000_000, loud: 2 },
      ]).at(60_000_000),
    ).toBeLessThan(60);
  });
});

describe("a window", () => {
  it("zooms around a place, moves, and never leaves the axis", () => {
    const half = zoomed({ from: 0, to: 100 }, 100, 50, 0.5);
    expect(half).toEqual({ from: 25, to: 75 });
    expect(zoomed(half, 100, 50, 10)).toEqual({ from: 0, to: 100 });
    expect(moved(half, 100, 1000)).toEqual({ from: 50, to: 100 });
    expect(showing({ from: 0, to: 20 }, 100, 60)).toEqual({ from: 50, to: 70 });
    expect(showing({ from: 50, to: 70 }, 100, 60)).toEqual({ from: 50, to: 70 });
  });

  it("has ticks at round times, not too near to each other", () => {
    const found = ticks(clockAxis(0, 1_000_000), { from: 0, to: 1_000_000 }, 1000, 100);
    expect(found.map(({ us }) => us)).toEqual([0, 100, 200, 300, 400, 500, 600, 700, 800, 900, 1000].map((ms) => ms * 1000));
    expect([timeText(2_350_000), timeText(812_345), timeText(0)]).toEqual(["2.35 s", "812.345 ms", "0 ms"]);
  });
});

const operation = (
  process: number,
  fromUs: number,
  toUs: number | null,
  outcome: PageOperation["outcome"] = "ok",
  part = "x",
): PageOperation => ({
  id: `${process}-${fromUs}`,
  process,
  client: `c${(process % 2) + 1}`,
  told: "",
  outcome,
  fromUs,
  toUs,
  part,
});

describe("measures", () => {
  it("fill even slots of a round length: answers, quantiles, messages, what was lost", () => {
    const slots = slotsOf(
      [operation(0, 0, 3_000), operation(1, 1_000, 2_000), operation(1, 5_000, 9_000, "info")],
      trace,
      300_000,
    );
    expect(slots).toHaveLength(30);
    expect(slots[0]).toMatchObject({ fromUs: 0, toUs: 10_000, ok: 2, ended: 3, p50: 1_000, p95: 3_000 });
    expect(slots[11]).toMatchObject({ fromUs: 110_000, messages: 2, lost: 1 });
    expect(quantile([1, 2, 3, 4], 0.5)).toBe(2);
  });

  it("know how long nobody was answered while somebody asked", () => {
    expect(silences([operation(0, 0, 10), operation(1, 20, 500), operation(0, 600, null)], 1_000, 100)).toEqual([
      { fromUs: 20, toUs: 500 },
      { fromUs: 600, toUs: 1_000 },
    ]);
  });
});

describe("the rows of a history", () => {
  const operations = [operation(1, 5, 6), operation(0, 0, null, "info"), operation(2, 7, 8), operation(0, 1, 2, "ok", "y")];

  it("are its processes, those of one client together", () => {
    const history = { operations, timed: true };
    expect(historyRows(history, undefined)).toEqual([
      { name: "c1 (0)", operations: [1, 3] },
      { name: "c1 (2)", operations: [2] },
      { name: "c2 (1)", operations: [0] },
    ]);
    expect(historyRows(history, "y")).toEqual([{ name: "c1 (0)", operations: [3] }]);
  });

  it("begin with the part that is disputed, and show the order of one part", () => {
    const order = [3, 0].map((place) => ({ operation: place, atUs: 0, state: "" }));
    const judged = { verdict: "invalid", reason: "", model: "", part: "y", core: [], order } as const;
    expect(partsOf({ operations, timed: true, judged })).toEqual(["y", "x"]);
    expect(orderPoints({ operations, timed: true, judged }, "x")).toEqual([{ operation: 0, atUs: 0, state: "", nth: 2 }]);
  });
});
