/** Faults as bands over time, from a run's trace or from a nemesis's lines. */

import { faults } from "../../faults/index.ts";
import type { TracedRun } from "../../run/run.ts";
import type { TraceRecord } from "../../sim/trace.ts";
import { visible } from "../text.ts";
import type { FaultBand } from "./model.ts";

/** More links than this are not named. */
const mostLinks = 6;

type FaultRecord = Extract<TraceRecord, { kind: "fault" }>;

export function faultBands(run: TracedRun): FaultBand[] {
  const { trace, plan, effects, virtualUs } = run;
  const healUs = trace.find(({ kind }) => kind === "heal")?.atUs ?? virtualUs;
  const begun = new Map<string, FaultRecord>();
  const bands: FaultBand[] = [];
  const band = ({ id, atUs, what }: FaultRecord, toUs: number): void => {
    const count = effects[id];
    const planned = plan.faults.find((fault) => fault.id === id)?.fault;
    const where = whereOf(trace, id);
    const doc = faults.find(({ word }) => word === planned)?.doc;
    bands.push({
      id,
      what: visible(what),
      ...(doc === undefined ? {} : { means: doc }),
      ...(where === undefined ? {} : { where }),
      fromUs: atUs,
      toUs,
      ...(count === undefined ? {} : { effects: count }),
    });
  };
  for (const record of trace) {
    if (record.kind !== "fault") continue;
    const begin = begun.get(record.id);
    if (record.phase === "begin") begun.set(record.id, record);
    else if (begin !== undefined) {
      // One that was over before the heal may have its end recorded only there.
      band(begin, Math.min(record.atUs, backAt(begin, run) ?? record.atUs));
      begun.delete(record.id);
    }
  }
  for (const begin of begun.values()) band(begin, endOf(begin, run, healUs));
  return bands.sort((a, b) => a.fromUs - b.fromUs || (a.id < b.id ? -1 : 1));
}

/** What was meant to last ends with the heal; of a moment there is only a beginning. */
function endOf(begin: FaultRecord, run: TracedRun, healUs: number): number {
  const back = backAt(begin, run);
  if (back !== undefined) return back;
  const lasts = run.plan.faults.find((fault) => fault.id === begin.id)?.forUs !== undefined;
  return lasts ? Math.max(begin.atUs, healUs) : begin.atUs;
}

/** A crash is over when its node is back. */
function backAt({ id }: FaultRecord, { trace }: TracedRun): number | undefined {
  const crash = trace.findIndex((record) => record.kind === "crash" && record.by === id);
  if (crash < 0) return undefined;
  const { node } = trace[crash]!;
  return trace.slice(crash).find((record) => record.kind === "restart" && record.node === node)?.atUs;
}

/** At which node it was felt, or between which: a fault that aims at a leader does not say who that was. */
function whereOf(trace: readonly TraceRecord[], id: string): string | undefined {
  const links = new Map<string, readonly [string, string]>();
  for (const record of trace) {
    if (
      (record.kind === "crash" || record.kind === "order" || record.kind === "clock" || record.kind === "disk") &&
      record.by === id
    )
      return record.node;
    if (record.kind !== "send" || record.by?.includes(id) !== true) continue;
    links.set(`${record.node} -> ${record.to}`, [record.node, record.to]);
  }
  const [first, ...rest] = links.values();
  if (first === undefined) return undefined;
  const common = first.filter((node) => rest.every((link) => link.includes(node)));
  if (common.length === 1) return common[0];
  return links.size > mostLinks ? undefined : [...links.keys()].sort().join(", ");
}
