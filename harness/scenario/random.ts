/** fast-check's source of chance, fed by ours. */

import * as fc from "fast-check";

/** `next` gives whole numbers in 0..2^32-1. */
export function randomFrom(next: () => number): fc.Random {
  const generator = {
    // fast-check's range is the signed one.
    next: () => next() - 0x8000_0000,
    // Called once, by the constructor below; a second reader of the same source would be a mistake.
    clone: () => generator,
    getState: () => [],
  };
  return new fc.Random(generator);
}
