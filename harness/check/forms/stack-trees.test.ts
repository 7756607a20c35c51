/** What the stack's closed form peels by, against the plain definitions. */

import { expect, it } from "vitest";
import { chance } from "../testing/simulated.ts";
import { type Covers, coversOf, DeepCovers, ShallowCovers, Waiting } from "./stack-trees.ts";

type Interval = readonly [from: number, to: number];

/** Intervals of segments, each not empty, and how many cover each segment. */
function drawn(seed: number) {
  const random = chance(seed);
  const segments = 1 + random(70);
  const cover = new Int32Array(segments);
  const intervals: Interval[] = [];
  for (let n = random(40); n > 0; n--) {
    const from = random(segments);
    const to = from + 1 + random(random(2) === 0 ? segments - from : Math.min(4, segments - from));
    intervals.push([from, to]);
    for (let i = from; i < to; i++) cover[i]!++;
  }
  return { segments, cover, intervals };
}

/** All that are vacant now, in order. */
function vacant(covers: Covers): readonly number[] {
  const all: number[] = [];
  for (let at = covers.takeVacant(); at >= 0; at = covers.takeVacant()) all.push(at);
  return all.sort((one, other) => one - other);
}

it.each([
  ["shallow", ShallowCovers],
  ["deep", DeepCovers],
])("a segment is vacant once, when nothing covers it any more (%s)", (_, Kind) => {
  for (let seed = 1; seed <= 300; seed++) {
    const { segments, cover, intervals } = drawn(seed);
    const covers = new Kind(cover);
    const left = cover.slice();
    const all = Array.from({ length: segments }, (_, i) => i);
    expect(vacant(covers)).toEqual(all.filter((i) => left[i] === 0));
    for (const [from, to] of intervals) {
      for (let i = from; i < to; i++) left[i]!--;
      covers.lower(from, to);
      expect(vacant(covers), `seed ${seed}`).toEqual(all.filter((i) => i >= from && i < to && left[i] === 0));
    }
  }
});

it("takes a tree where items lie deep, and none where they do not", () => {
  expect(coversOf(new Int32Array(10).fill(3))).toBeInstanceOf(ShallowCovers);
  expect(coversOf(new Int32Array(10).fill(3000))).toBeInstanceOf(DeepCovers);
});

it("a segment lets go of all that span it and wait", () => {
  for (let seed = 1; seed <= 300; seed++) {
    const random = chance(seed);
    const { segments, intervals } = drawn(seed);
    // As operations come: in order of their first segment, numbered by that; the returns in order of the last.
    const spans = intervals.map(([from, to]) => [from, to - 1] as const).sort(([one], [other]) => one - other);
    const returns = spans.map((_, i) => i).sort((one, other) => spans[one]![1] - spans[other]![1]);
    const crashed = spans.map(([, last]) => last === segments - 1 && random(2) === 0);
    const end = 2 * spans.length;
    const ret = new Int32Array(spans.length).fill(end);
    const events = new Int32Array(end);
    spans.forEach((_, i) => {
      events[i] = i;
    });
    returns.forEach((i, n) => {
      events[spans.length + n] = -1 - i;
      if (!crashed[i]) ret[i] = spans.length + n;
    });
    const waiting = new Waiting(spans.length, segments);
    const left = new Set<number>();
    spans.forEach(([first, last], i) => {
      if (random(10) === 0) return;
      waiting.add(i, first, last);
      left.add(i);
    });
    waiting.build({ size: spans.length, ret, end, events });
    for (let n = 0; n < segments; n++) {
      const segment = random(segments);
      const released: number[] = [];
      waiting.release(segment, (i) => released.push(i));
      const expected = [...left].filter((i) => spans[i]![0] <= segment && spans[i]![1] >= segment);
      expect(
        released.sort((one, other) => one - other),
        `seed ${seed}`,
      ).toEqual(expected);
      for (const i of released) left.delete(i);
    }
  }
});
