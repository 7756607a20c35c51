/** history.jsonl: what the clients asked and were told, with the faults between, in Jepsen's words and real-time order. */

import type { RecordedOperation, TracedRun } from "../run/run.ts";
import type { RunFile, Words } from "./reporter.ts";
import { json } from "./text.ts";

/** One line. The order of lines is what counts; `time` is virtual, in nanoseconds. */
interface Event {
  readonly process: number | "nemesis";
  readonly type: "invoke" | "ok" | "fail" | "info";
  readonly f: string;
  readonly key: string | null;
  readonly value: unknown;
  readonly time: number;
  /** Why it is `fail` or `info`. */
  readonly error?: string;
  /** The planned fault's id, on lines of the nemesis. */
  readonly fault?: string;
}

interface Positioned {
  readonly position: number;
  readonly event: Event;
}

const ns = (us: number): number => us * 1000;

/** The invocation, and the end where there is one: without it, the operation stays open to the end of the history. */
function operationEvents(operation: RecordedOperation, words: Words): Positioned[] {
  const { process, input, output, outcome, invoked, returned, invokedAtUs, returnedAtUs, infoAt, infoAtUs, reason } = operation;
  const line = (result: unknown, type: Event["type"] | undefined, atUs: number): Event => {
    const { f, key, value, ok } = words.history(input, result);
    const own = type ?? (ok ? "ok" : "fail");
    const error = own === "invoke" || own === "ok" || reason === undefined ? {} : { error: reason };
    return { process, type: own, f, key: key ?? null, value, time: ns(atUs), ...error };
  };
  const invoke = { position: invoked, event: line(undefined, "invoke", invokedAtUs) };
  switch (outcome) {
    case "ok":
      return [invoke, { position: returned, event: line(output, undefined, returnedAtUs) }];
    case "fail":
      return [invoke, { position: returned, event: line(undefined, "fail", returnedAtUs) }];
    case "info":
      if (infoAt === undefined || infoAtUs === undefined) return [invoke];
      return [invoke, { position: infoAt, event: line(undefined, "info", infoAtUs) }];
  }
}

/**
 * Begin and end of each fault, and the heal; `after` says how many events of operations come before. Both lines of a fault
 * carry the words of its beginning, so that they pair.
 */
function nemesisEvents({ plan, trace }: TracedRun): { readonly after: number; readonly event: Event }[] {
  const begun = new Map<string, string>();
  const events: { after: number; event: Event }[] = [];
  let after = 0;
  for (const record of trace) {
    const common = { process: "nemesis", type: "info", key: null, time: ns(record.atUs) } as const;
    if (record.kind === "invoke" || record.kind === "return") after++;
    else if (record.kind === "heal") events.push({ after, event: { ...common, f: "heal", value: null } });
    else if (record.kind === "fault") {
      const { id, phase, what } = record;
      if (phase === "begin") begun.set(id, what);
      const word = plan.faults.find((fault) => fault.id === id)?.fault ?? id;
      const f = `${phase === "begin" ? "start" : "stop"}-${word}`;
      events.push({ after, event: { ...common, f, value: begun.get(id) ?? what, fault: id } });
    }
  }
  return events;
}

/** Keys in one order, whatever the order in which the workload named them. */
function line({ process, type, f, key, value, time, error, fault }: Event): string {
  return `${json({ process, type, f, key, value: value ?? null, time, error, fault })}\n`;
}

export function historyLines(run: TracedRun, words: Words): string {
  const operations = run.history.flatMap((operation) => operationEvents(operation, words));
  operations.sort((a, b) => a.position - b.position);
  const nemesis = nemesisEvents(run);
  const lines: string[] = [];
  let next = 0;
  for (const [nth, { event }] of operations.entries()) {
    for (; next < nemesis.length && nemesis[next]!.after <= nth; next++) lines.push(line(nemesis[next]!.event));
    lines.push(line(event));
  }
  return [...lines, ...nemesis.slice(next).map(({ event }) => line(event))].join("");
}

export const historyFile: RunFile = {
  name: "history.jsonl",
  render: ({ run, scenario }, { words }) => historyLines(run, words(scenario.workload.name)),
};
