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

/** An event and its place: `position` in the order of invocations and returns, for those that have one. */
interface Placed {
  readonly event: Event;
  readonly position: number;
  /** Events without a position come after the one at this position, and else by time. */
  readonly after: number;
}

const ns = (us: number): number => us * 1000;

function operationEvents(operation: RecordedOperation, words: Words): { placed: Placed[]; open: Placed[] } {
  const { process, input, output, outcome, invoked, returned, invokedAtUs, returnedAtUs, infoAtUs, reason } = operation;
  const line = (result: unknown, type: Event["type"] | undefined, atUs: number): Event => {
    const { f, key, value, ok } = words.history(input, result);
    const own = type ?? (ok ? "ok" : "fail");
    const error = own === "fail" || own === "info" ? reason : undefined;
    return { process, type: own, f, key: key ?? null, value, time: ns(atUs), ...(error === undefined ? {} : { error }) };
  };
  const invoke: Placed = { event: line(undefined, "invoke", invokedAtUs), position: invoked, after: -1 };
  switch (outcome) {
    case "ok":
      return { placed: [invoke, { event: line(output, undefined, returnedAtUs), position: returned, after: -1 }], open: [] };
    case "fail":
      return { placed: [invoke, { event: line(undefined, "fail", returnedAtUs), position: returned, after: -1 }], open: [] };
    case "info":
      if (infoAtUs === undefined) return { placed: [invoke], open: [] };
      return { placed: [invoke], open: [{ event: line(undefined, "info", infoAtUs), position: -1, after: invoked }] };
  }
}

/** Begin and end of each fault, and the heal. Both lines of a fault carry the words of its beginning, so that they pair. */
function nemesisEvents({ plan, trace }: TracedRun): Placed[] {
  const begun = new Map<string, string>();
  const events: Placed[] = [];
  for (const record of trace) {
    const common = { process: "nemesis", type: "info", key: null, time: ns(record.atUs) } as const;
    if (record.kind === "heal") events.push({ event: { ...common, f: "heal", value: null }, position: -1, after: -1 });
    if (record.kind !== "fault") continue;
    const { id, phase, what } = record;
    if (phase === "begin") begun.set(id, what);
    const word = plan.faults.find((fault) => fault.id === id)?.fault ?? id;
    const f = `${phase === "begin" ? "start" : "stop"}-${word}`;
    events.push({ event: { ...common, f, value: begun.get(id) ?? what, fault: id }, position: -1, after: -1 });
  }
  return events;
}

/** Events that have a position keep their order; the others stand before the first one that is not earlier. */
function merged(positioned: readonly Placed[], timed: readonly Placed[]): Event[] {
  const events: Event[] = [];
  let next = 0;
  let last = -1;
  for (const { event, position } of positioned) {
    for (; next < timed.length && timed[next]!.event.time <= event.time && timed[next]!.after <= last; next++) {
      events.push(timed[next]!.event);
    }
    events.push(event);
    last = position;
  }
  return [...events, ...timed.slice(next).map(({ event }) => event)];
}

/** Keys in one order, whatever the order in which the workload named them. */
function line({ process, type, f, key, value, time, error, fault }: Event): string {
  return json({ process, type, f, key, value: value ?? null, time, error, fault });
}

export function historyLines(run: TracedRun, words: Words): string {
  const operations = run.history.map((operation) => operationEvents(operation, words));
  const positioned = operations.flatMap(({ placed }) => placed).sort((a, b) => a.position - b.position);
  const timed = [...nemesisEvents(run), ...operations.flatMap(({ open }) => open)].sort((a, b) => a.event.time - b.event.time);
  return merged(positioned, timed)
    .map((event) => `${line(event)}\n`)
    .join("");
}

export const historyFile: RunFile = {
  name: "history.jsonl",
  render: ({ run, scenario }, { words }) => historyLines(run, words(scenario.workload.name)),
};
