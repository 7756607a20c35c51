/** Our numbers reach fast-check whole. */

import { expect, test } from "vitest";
import { randomFrom } from "./random.ts";

test("0 is the least of fast-check's whole numbers, 2^32-1 the greatest", () => {
  const numbers = [0, 1, 0x7fff_ffff, 0x8000_0000, 0xffff_ffff];
  const random = randomFrom(() => numbers.shift()!);
  expect([random.nextInt(), random.nextInt(), random.nextInt(), random.nextInt(), random.nextInt()]).toEqual([
    -0x8000_0000, -0x7fff_ffff, -1, 0, 0x7fff_ffff,
  ]);
});
