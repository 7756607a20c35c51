/** Operations in words, for stories and timelines. */

import type { TracedRun } from "../run/run.ts";
import type { TraceRecord } from "../sim/trace.ts";
import type { Op } from "../workloads/workload.ts";
import type { Words } from "./reporter.ts";
import { visible } from "./text.ts";

export type Return = Extract<TraceRecord, { kind: "return" }>;

export interface OperationWords {
  /** "write x = 7" */
  asked(op: string): string;
  /** "-> ok", "-> failed: not the leader", "-> nobody knows: no answer within 500 ms": what comes after `asked`. */
  told(returned: Return): string;
}

/** Looks operations up by their id; what the trace alone tells is enough. */
export function operationWords(run: TracedRun, words: Words): OperationWords {
  const inputs = new Map<string, Op>();
  for (const record of run.trace) if (record.kind === "invoke") inputs.set(record.op, record.input as Op);
  const reasons = new Map(run.history.map(({ id, reason }) => [id, reason]));
  const asked = (op: string): string => {
    const input = inputs.get(op);
    return visible(input === undefined ? op : words.describe(input, undefined));
  };
  return {
    asked,
    told({ op, outcome, output }) {
      const input = inputs.get(op);
      const because = reasons.get(op);
      const reason = because === undefined ? "" : `: ${visible(because)}`;
      if (outcome === "fail") return `-> failed${reason}`;
      if (outcome === "info") return `-> nobody knows${reason}`;
      const whole = visible(input === undefined ? "ok" : words.describe(input, output));
      // What a workload says of a result begins, as a rule, with what it says of the request.
      const start = asked(op);
      const rest = whole.startsWith(start) ? whole.slice(start.length).trim() : whole;
      return rest.startsWith("->") ? rest : `-> ${rest || "ok"}`;
    },
  };
}
