/** What takes that did not return may have taken: tried out where something is in the way. */

import { only } from "./columns.ts";
import { type Columns, type Finding, invalid, uncovered, VALID } from "./form.ts";
import { LOST, PUT, TAKE, told } from "./items.ts";

/** Something is in the way: one of these items at least must have been taken, by a take that began before some rank. */
export interface Obstacle {
  readonly items: readonly number[];
  readonly before: number;
}

/** Looks at columns in which no take is lost; undefined when all is well. */
export type Obstructed = (columns: Columns) => Obstacle | undefined;

/** A take, and the item that it took. */
type Pair = readonly [take: number, item: number];

/** How many operations are looked at in all, in trying. */
const EFFORT = 40_000;

/** What the lost takes took, so that nothing is in the way; "nothing does" when that cannot be; "undecided" when it takes too long. */
export function tried(columns: Columns, obstructed: Obstructed): readonly Pair[] | "nothing does" | "undecided" {
  const { size, kind, inv } = columns;
  const lost: number[] = [];
  for (let i = 0; i < size; i++) if (kind[i] === LOST) lost.push(i);
  let left = Math.ceil(EFFORT / (size + 1)) + 2;
  const seen = new Set<string>();
  const attempt = (pairs: readonly Pair[]): readonly Pair[] | undefined => {
    const name = pairs
      .map((pair) => pair.join())
      .sort()
      .join(" ");
    if (seen.has(name) || --left < 0) return undefined;
    seen.add(name);
    const obstacle = obstructed(told(columns, pairs));
    if (obstacle === undefined) return pairs;
    for (const item of obstacle.items) {
      if (pairs.some((pair) => pair[1] === item)) continue;
      for (const take of lost) {
        if (inv[take]! > obstacle.before) break;
        if (pairs.some((pair) => pair[0] === take)) continue;
        const found = attempt([...pairs, [take, item]]);
        if (found !== undefined || left < 0) return found;
      }
    }
    return undefined;
  };
  const found = attempt([]);
  return found ?? (left < 0 ? "undecided" : "nothing does");
}

/** Decides by trying, where only `rest` matters. */
export function decidedByTrying(columns: Columns, rest: readonly number[], obstructed: Obstructed, why: string): Finding {
  const found = tried(only(columns, rest), obstructed);
  if (found === "undecided") return uncovered(why, rest);
  if (found !== "nothing does") return VALID;
  return invalid(rest, (say) => {
    const last = rest.reduce((one, other) => (isLater(columns, other, one) ? other : one));
    return `${say(last)}, but whatever those took that never heard what they took, something is in the way`;
  });
}

/** True when `one` is a take that returned, and after `other`, or that is none. */
function isLater({ kind, ret, end }: Columns, one: number, other: number): boolean {
  const returned = (i: number): number => (kind[i] === PUT || ret[i] === end ? -1 : ret[i]!);
  return returned(one) > returned(other);
}

/**
 * Tells the lost takes what they took, one guess after the other. Mostly what was inside since the first of them began is all
 * that matters, so that is looked at first: it may go well when each that returns later on is told what it will have taken; else it
 * is tried.
 *
 * @param restOf all that matters
 */
export function* settlements(
  columns: Columns,
  obstructed: Obstructed,
  restOf: (columns: Columns) => readonly number[] | undefined,
): Generator<Columns> {
  if (!columns.kind.includes(LOST)) {
    yield columns;
    return;
  }
  for (const choice of [lately, restOf]) {
    const among = choice(columns);
    if (among === undefined) continue;
    const part = only(columns, among);
    for (const guess of [inHindsight(part), part]) {
      const found = guess === undefined ? "undecided" : tried(guess, obstructed);
      if (guess === undefined || typeof found === "string") continue;
      const pairs: Pair[] = found.map(([take, item]) => [among[take]!, columns.a[among[guess.a.indexOf(item)]!]!]);
      for (let i = 0; i < part.size; i++) {
        if (part.kind[i] === LOST && guess.kind[i] === TAKE) pairs.push([among[i]!, columns.a[among[i]!]!]);
      }
      yield told(columns, pairs);
    }
  }
}

/** The operations on what was inside after the first lost take began, that take and all later ones. */
function lately({ size, kind, a, ids, inv, ret }: Columns): readonly number[] {
  const since = inv[kind.indexOf(LOST)]!;
  const gone = new Uint8Array(ids);
  for (let i = 0; i < size; i++) if (kind[i] === TAKE && ret[i]! < since) gone[a[i]!] = 1;
  const among: number[] = [];
  for (let i = 0; i < size; i++) {
    if (a[i]! >= 0 && kind[i] !== LOST ? gone[a[i]!] === 0 : ret[i]! > since) among.push(i);
  }
  return among;
}

function inHindsight(columns: Columns): Columns | undefined {
  const { size, kind, a, ids, ret, end } = columns;
  const there = new Uint8Array(ids);
  let some = false;
  for (let i = 0; i < size; i++) {
    if (kind[i] === PUT) there[a[i]!] = 1;
    if (kind[i] === LOST && a[i]! >= 0) some = true;
  }
  if (!some) return undefined;
  for (let i = 0; i < size; i++) if (kind[i] === TAKE) there[a[i]!] = 0;
  const foreseen = kind.slice();
  for (let i = 0; i < size; i++) {
    if (kind[i] !== LOST || ret[i] !== end || a[i]! < 0 || there[a[i]!] === 0) continue;
    foreseen[i] = TAKE;
    there[a[i]!] = 0;
  }
  return { ...columns, kind: foreseen };
}
