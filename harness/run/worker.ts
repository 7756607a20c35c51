/** A worker thread: the door through which tasks come in and results go out. */

import { parentPort, workerData } from "node:worker_threads";
import type { OwnFiles } from "../scenario/index.ts";
import { ContractError, lateBreaches, setGuards } from "../sim/index.ts";
import { catalogueFrom } from "./load.ts";
import { beatAt, beatsOf } from "./pulse.ts";
import type { Run } from "./run.ts";
import { type Task, Workshop } from "./work.ts";

/** What a worker is started with. */
export interface WorkerSetting {
  /** URL of the module that exports `protocols`. */
  readonly registry: string;
  /** What scenarios name by path: the same bundle in every worker. */
  readonly own: OwnFiles | undefined;
  /** See `Beats`, shared with the pool and its watchdog. */
  readonly pulse: SharedArrayBuffer;
}

const { registry, own, pulse } = workerData as WorkerSetting;
const port = parentPort!;
// Before any protocol is loaded: traces and errors name the lines that somebody wrote.
process.setSourceMapsEnabled(true);
const beats = beatsOf(pulse);
// Before any protocol is loaded: whoever keeps Math.random or Date.now for later, keeps the trap.
setGuards();
const workshop = new Workshop(await catalogueFrom(registry, own));

// A protocol that starts promises and does not wait for them breaks the contract: told as such, and no end of the process.
process.on("unhandledRejection", (error) => {
  if (!(error instanceof ContractError)) throw error;
});

const beat = (event: number, node: number): void => {
  beats[beatAt.event] = event;
  beats[beatAt.node] = node;
};
const begins = (index: number): void => {
  beats[beatAt.run] = index;
};
const interrupted = (): boolean => Atomics.load(beats, beatAt.hurry) === 1;

/** A batch whose protocol used ctx after the end of a run is run again one seed at a time, to find out which. */
async function work(task: Task): Promise<unknown> {
  const result = workshop.do(task, { beat, begins, interrupted });
  if (task.kind !== "batch") return result;
  await turn();
  if (lateBreaches().length === 0) return result;
  const runs: Run[] = [];
  for (let i = 0; i < task.count; i++) {
    begins(i);
    const one = (workshop.do({ ...task, firstSeed: task.firstSeed + i, count: 1 }, { beat }) as Run[])[0]!;
    await turn();
    const [sentence] = lateBreaches();
    runs.push(sentence === undefined ? one : breached(one, sentence));
    if (task.bail && runs.at(-1)!.verdict === "invalid") break;
  }
  return runs;
}

/** Everything that waits for nothing but its turn has had it. */
function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
}

function breached(run: Run, sentence: string): Run {
  return { ...run, verdict: "invalid", violation: { family: "contract", check: "async", sentence, atUs: run.virtualUs } };
}

port.on("message", async ({ id, task }: { readonly id: number; readonly task: Task }) => {
  beats[beatAt.busy] = 1;
  try {
    port.postMessage({ id, result: await work(task) });
  } catch (error) {
    port.postMessage({ id, error: error instanceof Error ? (error.stack ?? error.message) : String(error) });
  }
  beats[beatAt.busy] = 0;
});
port.postMessage({ id: -1 });
