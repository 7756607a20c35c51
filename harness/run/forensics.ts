/** When a seed does not repeat: the first event that differs between two runs of it, and what led to it. */

import type { TraceRecord } from "../sim/trace.ts";
import { formatUs } from "../sim/units.ts";
import { type Prepared, runTraced } from "./once.ts";

/** How many causes are told. */
const mostCauses = 4;

/** Runs the seed twice with its trace, and says where they part; undefined when these two are equal. */
export function parting(prepared: Prepared, seed: number): string | undefined {
  const again = (): readonly TraceRecord[] => runTraced(prepared, seed, { states: false }).trace;
  const [first, second] = [again(), again()];
  const at = first.findIndex((record, i) => text(record) !== text(second[i]));
  const place = at < 0 && second.length > first.length ? first.length : at;
  if (place < 0) return undefined;
  const a = first[place];
  const b = second[place];
  const causes = chain(first, a ?? b).map(told);
  return `they part at event ${place + 1}: ${a === undefined ? "nothing" : told(a)}, and then ${b === undefined ? "nothing" : told(b)}${causes.length === 0 ? "" : `; led to by ${causes.join(", by ")}`}`;
}

function text(record: TraceRecord | undefined): string {
  return JSON.stringify(record, (_key, value: unknown) => (typeof value === "bigint" ? `${value}n` : value));
}

/** The records that led to this one, nearest first. */
function chain(trace: readonly TraceRecord[], record: TraceRecord | undefined): TraceRecord[] {
  const found: TraceRecord[] = [];
  for (let cause = record?.cause ?? 0; cause > 0 && found.length < mostCauses; cause = trace[cause - 1]!.cause)
    found.push(trace[cause - 1]!);
  return found;
}

function told({ n: _n, atUs, node, cause: _cause, kind, ...rest }: TraceRecord): string {
  const details = Object.values(rest)
    .map((value) =>
      typeof value === "string"
        ? value
        : JSON.stringify(value, (_key, inner: unknown) => (typeof inner === "bigint" ? `${inner}n` : inner)),
    )
    .join(" ");
  return `${kind}${node === "" ? "" : ` at ${node}`} (${formatUs(atUs)}${details === "" ? "" : `: ${details.slice(0, 160)}`})`;
}
