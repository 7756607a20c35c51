/** The closed form of registers, with and without compare-and-set, whose values are all different: zones (Gibbons and Korach). */

import type { Operation } from "../history.ts";
import type { Model } from "../model.ts";
import { Numbers, ranked } from "./columns.ts";
import { type Columns, type Finding, type Form, invalid, VALID } from "./form.ts";
import { missed } from "./misses.ts";
import { clash } from "./sweep.ts";
import { inZoneOrder, replay } from "./zones-order.ts";
import { CAS, chainsOf, MISS, READ, seen, type Values, valuesOf, WRITE } from "./zones-values.ts";

interface RegisterLike {
  readonly f: string;
  readonly value?: unknown;
  readonly from?: unknown;
  readonly to?: unknown;
}

/** Value 0 is the initial one. */
function read(operations: readonly Operation[], model: Model): Columns | string {
  const size = operations.length;
  const kind = new Uint8Array(size);
  const a = new Int32Array(size);
  const b = new Int32Array(size);
  const numbers = new Numbers(size);
  numbers.of(model.init);
  for (let i = 0; i < size; i++) {
    const { input, output, outcome } = operations[i]!;
    const { f, value, from, to } = input as RegisterLike;
    switch (f) {
      case "read":
      case "get":
        // An answer that nobody knows fits anything.
        if (output === undefined) continue;
        kind[i] = READ;
        a[i] = numbers.of(output);
        continue;
      case "write":
      case "put":
        kind[i] = WRITE;
        a[i] = numbers.of(value);
        continue;
      case "cas":
        if (outcome === "ok" && typeof output !== "boolean") return "a compare-and-set has no answer";
        kind[i] = output === false ? MISS : CAS;
        a[i] = numbers.of(from);
        b[i] = numbers.of(to);
        continue;
      default:
        return `"${f}" makes values of values`;
    }
  }
  return { size, kind, a, b, ids: numbers.count, ...ranked(operations) };
}

function decide(columns: Columns): Finding {
  const values = valuesOf(columns);
  if ("verdict" in values) return values;
  const { writer } = values;
  const chains = chainsOf(columns, values);
  if (chains.late >= 0) return backwards(columns, values, chains.late, chains.root);
  if (chains.links > 0) return circle(columns, values);
  const { ret } = columns;
  const { f, s, earliest, latest } = chains;
  const clashing = clash(f, s, columns.ids, columns.end);
  if (clashing !== undefined) {
    const [zone, other] = clashing;
    const carriers = [zone, other].flatMap((root) => [writer[root]!, earliest[root]!, latest[root]!]);
    const segment = [...between(columns, values, zone, latest[zone]!), ...between(columns, values, other, latest[other]!)];
    const before = zone === 0 ? "at the start" : "";
    return invalid(seen(columns, values, [...carriers, ...segment]), (say) => {
      const since = zone === 0 ? before : `since ${say(earliest[zone]!)}`;
      const overtaken = [earliest[other]!, latest[other]!, writer[other]!].filter((one) => one >= 0);
      const within = overtaken.find((one) => ret[one]! < s[zone]! && one !== latest[zone]) ?? overtaken[0]!;
      return `${say(latest[zone]!)} needs a value that was there ${since}, but ${say(within)} says that another value was there in between, and nothing wrote the old one again`;
    });
  }
  return values.misses === 0 ? VALID : missed(columns, values);
}

/** `late` comes after all before it in its chain, but returned before one of them was even invoked. */
function backwards(columns: Columns, values: Values, late: number, root: number): Finding {
  const { writer, lastRead, next } = values;
  const { kind, a, b, inv, ret } = columns;
  const target = kind[late] === READ ? a[late]! : kind[late] === WRITE ? a[late]! : b[late]!;
  let cause = -1;
  let since: number[] = [];
  for (let value = root; ; value = b[next[value]!]!) {
    since.push(writer[value]!);
    // What shows the value that it is about itself stands beside it, or after it.
    for (const one of value === target ? [writer[value]!] : [writer[value]!, lastRead[value]!]) {
      if (one < 0 || one === late || inv[one]! < ret[late]!) continue;
      cause = one;
      since = [writer[value]!];
    }
    if (value === target) break;
  }
  const cut = since.length > 12 ? since.slice(-12) : since;
  return invalid(seen(columns, values, [late, cause, ...cut]), (say) =>
    kind[late] === READ && writer[target] === cause
      ? `${say(late)}, but ${say(cause)}, which alone wrote that value, was not even invoked when it returned`
      : `${say(late)}, but ${say(cause)} found a value that had been replaced by then, and was invoked only afterwards`,
  );
}

/** The compare-and-sets of a chain from its root to where `last` stands, no more than a dozen of them. */
function between({ kind, a, b }: Columns, { writer, next }: Values, root: number, last: number): readonly number[] {
  const target = kind[last] === CAS ? b[last]! : a[last]!;
  const links: number[] = [];
  for (let value = root; value !== target && next[value]! >= 0 && links.length <= 12; ) {
    const link = next[value]!;
    links.push(link);
    value = b[link]!;
  }
  return links.length > 12 ? [writer[root]!] : links;
}

/** Compare-and-sets that only have their values from each other. */
function circle(columns: Columns, values: Values): Finding {
  const { size, kind, a, b, ids } = columns;
  const { writer, happened } = values;
  const reached = new Uint8Array(ids);
  for (let i = 0; i < size; i++) {
    if (kind[i] !== CAS || happened[b[i]!] === 0) continue;
    const path: number[] = [];
    let at = b[i]!;
    while (at !== 0 && reached[at] === 0 && kind[writer[at]!] === CAS) {
      reached[at] = 2;
      path.push(writer[at]!);
      at = a[writer[at]!]!;
    }
    if (at !== 0 && reached[at] === 2) {
      return invalid(
        seen(columns, values, path),
        (say) => `${say(path[0]!)} found a value that only came from what it set itself`,
      );
    }
    for (const link of path) reached[b[link]!] = 1;
  }
  return VALID;
}

export const zones: Form = { name: "zones", pending: [0, 0, WRITE, CAS, CAS], read, decide, order: inZoneOrder, replay };
