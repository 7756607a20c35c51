/** A worker thread: the door through which tasks come in and results go out. */

import { parentPort, workerData } from "node:worker_threads";
import { catalogueFrom } from "./load.ts";
import { type Task, Workshop } from "./work.ts";

/** What a worker is started with. */
export interface WorkerSetting {
  /** URL of the module that exports `protocols`. */
  readonly registry: string;
  /** [1 while a run is under way, event, node], shared with the pool's watchdog. */
  readonly pulse: SharedArrayBuffer;
}

const { registry, pulse } = workerData as WorkerSetting;
const port = parentPort!;
const beats = new Int32Array(pulse);
const workshop = new Workshop(await catalogueFrom(registry));

port.on("message", ({ id, task }: { readonly id: number; readonly task: Task }) => {
  beats[0] = 1;
  try {
    const beat = (event: number, node: number): void => {
      beats[1] = event;
      beats[2] = node;
    };
    const result = workshop.do(task, beat);
    port.postMessage({ id, result });
  } catch (error) {
    port.postMessage({ id, error: error instanceof Error ? (error.stack ?? error.message) : String(error) });
  }
  beats[0] = 0;
});
port.postMessage({ id: -1 });
