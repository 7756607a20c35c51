/** Makes a large witness of a closed form small: shorter, then with fewer values. */

import { only, prefix } from "./columns.ts";
import type { Columns, Form, Invalid } from "./form.ts";
import { LOST } from "./items.ts";

/** A witness that is this small can be left to the search for a minimal core. */
const SMALL = 24;

/**
 * The same contradiction by fewer operations. Whole values go (what put one in, and what took it out), never single operations,
 * so that no new contradiction is made; the rest is judged by the form.
 */
export function narrowed(form: Form, columns: Columns, found: Invalid): Invalid {
  if (form.byValue !== true || found.final || found.witness.length <= SMALL) return found;
  let witness = found.witness;
  let { why } = found;
  let budget = 2 * columns.size + 50_000;
  const judge = (some: readonly number[], last = Infinity): readonly number[] | undefined => {
    budget -= some.length;
    const part = only(columns, some);
    const judged = form.decide(last === Infinity ? part : prefix(part, last, form));
    if (judged.verdict !== "invalid") return undefined;
    why = (say) => judged.why((i) => say(some[i]!));
    return judged.witness.map((i) => some[i]!);
  };
  // As short as can be.
  let low = -1;
  let high = 2 * witness.length - 1;
  while (high > low + 1 && budget > 0) {
    const middle = Math.floor((low + high) / 2);
    if (judge(witness, middle) === undefined) low = middle;
    else high = middle;
  }
  const shorter = upTo(columns, witness, high);
  witness = judge(shorter) ?? witness;
  // Then without values, halves first.
  for (let size = witness.length >>> 1; size >= 1 && budget > 0; size >>>= 1) {
    for (let from = 0; budget > 0 && witness.length > SMALL / 3; ) {
      const values = [...new Set(witness.map((i) => (columns.kind[i] === LOST ? -1 : columns.a[i]!)))].filter(
        (value) => value >= 0,
      );
      if (from >= values.length) break;
      const gone = new Set(values.slice(from, from + size));
      const fewer = witness.filter((i) => columns.kind[i] === LOST || !gone.has(columns.a[i]!));
      const still = fewer.length < witness.length && fewer.length > 0 ? judge(fewer) : undefined;
      if (still === undefined) from += size;
      else witness = still;
    }
  }
  judge(witness);
  return { verdict: "invalid", witness, why, final: false };
}

/** All of the witness's values of which something began before its n-th event; with their operations. */
function upTo(columns: Columns, witness: readonly number[], last: number): readonly number[] {
  const part = only(columns, witness);
  const values = new Set<number>();
  witness.forEach((i, n) => {
    if (part.inv[n]! <= last && columns.kind[i] !== LOST) values.add(columns.a[i]!);
  });
  return witness.filter((i, n) =>
    columns.a[i]! < 0 || columns.kind[i] === LOST ? part.inv[n]! <= last : values.has(columns.a[i]!),
  );
}
