/** An order of a valid history of a register: zones one after the other, and failed compare-and-sets where they fit. */

import type { Columns } from "./form.ts";
import { Schedule } from "./schedule.ts";
import { CAS, chainsOf, MISS, READ, type Values, valuesOf, WRITE } from "./zones-values.ts";

/** A zone that reaches over some time stands at its beginning, any other where the last of it was invoked. */
export function inZoneOrder(columns: Columns): Int32Array | undefined {
  const { size, kind, a, ids, inv, events } = columns;
  const values = valuesOf(columns);
  if ("verdict" in values) return undefined;
  const { f, s } = chainsOf(columns, values);
  const standing = new Int32Array(events.length).fill(-1);
  for (let root = 1; root < ids; root++) {
    if (s[root] !== -2) standing[Math.min(f[root]!, s[root]!)] = root;
  }
  // Of each value, its reads in order of invocation: the first, and by read the next.
  const head = new Int32Array(ids).fill(-1);
  const following = new Int32Array(size);
  for (let i = size - 1; i >= 0; i--) {
    if (kind[i] !== READ) continue;
    following[i] = head[a[i]!]!;
    head[a[i]!] = i;
  }
  const schedule = new Schedule(columns);
  // By moment: the value from then on; -1 where it stays.
  const now = new Int32Array(values.misses > 0 ? events.length : 0).fill(-1);
  let latest = 0;
  const next = (i: number): void => {
    if (inv[i]! > latest) latest = inv[i]!;
    schedule.put(i, latest);
  };
  const chain = (root: number): void => {
    for (let value = root; ; ) {
      if (values.writer[value]! >= 0) next(values.writer[value]!);
      now[latest] = value;
      for (let reader = head[value]!; reader >= 0; reader = following[reader]!) next(reader);
      const link = values.next[value]!;
      if (link < 0) return;
      value = columns.b[link]!;
    }
  };
  chain(0);
  for (let rank = 0; rank < events.length; rank++) if (standing[rank]! >= 0) chain(standing[rank]!);
  if (values.misses > 0) putMisses(columns, values, now, schedule);
  schedule.putIdle(columns);
  return schedule.order();
}

/** Each failed compare-and-set at the first moment of its time at which there is another value. */
function putMisses({ size, kind, a, inv, events }: Columns, { misses }: Values, now: Int32Array, schedule: Schedule): void {
  for (let moment = 0, value = 0; moment < events.length; moment++) {
    if (now[moment] === -1) now[moment] = value;
    else value = now[moment]!;
  }
  const changes = new Int32Array(events.length);
  for (let moment = events.length - 1, at = events.length; moment >= 0; moment--) {
    if (moment + 1 < events.length && now[moment + 1] !== now[moment]) at = moment + 1;
    changes[moment] = at;
  }
  for (let i = 0, left = misses; left > 0; i++) {
    if (i === size) return;
    if (kind[i] !== MISS) continue;
    left--;
    schedule.put(i, now[inv[i]!] === a[i] ? Math.min(changes[inv[i]!]!, events.length - 1) : inv[i]!);
  }
}

export function replay({ kind, a, b }: Columns, order: Int32Array): boolean {
  let value = 0;
  for (let n = 0; n < order.length; n++) {
    const i = order[n]!;
    switch (kind[i]) {
      case READ:
        if (a[i] !== value) return false;
        break;
      case WRITE:
        value = a[i]!;
        break;
      case CAS:
        // One that did not return may have failed, and then it did not happen.
        if (a[i] !== value) return false;
        value = b[i]!;
        break;
      case MISS:
        if (a[i] === value) return false;
        break;
    }
  }
  return true;
}
