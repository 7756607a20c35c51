/** replay --until: a run up to a moment, and every node's state there; or a debugger that stops at it. */

import inspector from "node:inspector";
import { timeline } from "../report/index.ts";
import { type Beat, prepare, runTraced } from "../run/once.ts";
import type { TracedRun } from "../run/run.ts";
import type { Catalogue } from "../scenario/index.ts";
import type { Scenario } from "../scenario/scenario.ts";
import { formatUs, parseDuration } from "../sim/units.ts";
import { setting } from "./setting.ts";
import { complain, exit, out, paint } from "./terminal.ts";
import { UsageError } from "./usage.ts";

/** Where to stop: at a time, before the handler of the node that the record is of. */
interface Moment {
  readonly atUs: number;
  /** The last record of the trace that is still before it. */
  readonly last: number;
}

/** "812" is the record of that number; "812ms" a time, of which the first handler counts. */
function momentOf(text: string, { trace, virtualUs }: TracedRun): Moment {
  if (/^\d+$/.test(text)) {
    const record = trace.find(({ n }) => n === Number(text));
    if (record === undefined)
      throw new UsageError(
        `--until ${text}: this run's trace has the records 1 to ${trace.at(-1)?.n ?? 0}; expected one of them`,
      );
    return { atUs: record.atUs, last: record.n };
  }
  const us = parseDuration(text);
  if (us === undefined)
    throw new UsageError(
      `--until ${text}: expected the number of a record in trace.jsonl, such as 812, or a time, such as 812ms`,
    );
  if (us > virtualUs)
    throw new UsageError(`--until ${text}: the run is over at ${formatUs(virtualUs)}; expected a moment before that`);
  const first = trace.findIndex(({ atUs }) => atUs > us);
  return { atUs: us, last: first === -1 ? (trace.at(-1)?.n ?? 0) : (trace[first - 1]?.n ?? 0) };
}

/** In this thread, where a debugger can look at it. */
export async function replayUntil(
  scenario: Scenario,
  seed: number,
  catalogue: Catalogue,
  until: string,
  inspect: string | true | undefined,
): Promise<number> {
  const prepared = prepare(scenario, catalogue);
  const whole = runTraced(prepared, seed);
  const moment = momentOf(until, whole);
  if (inspect !== undefined) return stopThere(inspect, (beat) => runTraced(prepared, seed, { beat }), moment, whole);
  const trace = whole.trace.filter(({ n }) => n <= moment.last);
  const words = setting(catalogue, "").words(scenario.workload.name);
  const { violation: _later, ...before } = whole;
  for (const line of timeline({ ...before, trace }, scenario, words)) out(line);
  out("");
  out(`states at ${formatUs(moment.atUs)}, after record ${moment.last} of ${whole.trace.length}`);
  for (const { id } of scenario.servers) out(`  ${id}  ${JSON.stringify(stateOf(whole, id, moment.last))}`);
  return exit.asExpected;
}

/** What a node showed of itself by then. */
function stateOf({ states }: TracedRun, node: string, last: number): Readonly<Record<string, unknown>> {
  let state: Record<string, unknown> = {};
  for (const change of states) {
    if (change.node !== node || change.n > last) continue;
    if (change.first) state = {};
    Object.assign(state, change.changed);
    for (const field of change.gone ?? []) delete state[field];
  }
  return state;
}

/** Compiled from text, as a debugger stops in it wherever it is called. */
const pause = new Function("// Step out until handle(); what it calls next is the handler.\ndebugger;") as () => void;

function stopThere(address: string | true, run: (beat: Beat) => TracedRun, moment: Moment, whole: TracedRun): number {
  const [, host, port] = /^(?:(.+):)?(\d+)$/.exec(address === true ? "9229" : address) ?? [];
  if (port === undefined || Number(port) > 65_535)
    throw new UsageError(`--inspect-brk ${String(address)}: expected a port, or host:port, such as 127.0.0.1:9229`);
  complain(
    `waiting for a debugger; it will stop at ${formatUs(moment.atUs)} (chrome://inspect, or: node inspect ${host ?? "127.0.0.1"}:${port})`,
  );
  inspector.open(Number(port), host, true);
  let stopped = false;
  const again = run((_event, _node, atUs) => {
    if (stopped || atUs < moment.atUs) return;
    stopped = true;
    pause();
  });
  out(
    again.digest === whole.digest
      ? `${paint("green", "the same run")}: digest ${again.digest}`
      : "the run went another way under the debugger",
  );
  return again.digest === whole.digest ? exit.asExpected : exit.ours;
}
