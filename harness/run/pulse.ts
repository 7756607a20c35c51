/** The pulse of a worker: a few numbers that it shares with the pool, so that somebody sees from outside how far it has come. */

/** Where each number stands. */
export const beatAt = {
  /** 1 while a task is worked at. */
  busy: 0,
  /** Of the run that is under way, how many events it has had, and the node of the last one. */
  event: 1,
  node: 2,
  /** 1 when the pool wants what there is: shrinking ends. */
  hurry: 3,
  /** Which run of a batch is under way, from 0. */
  run: 4,
} as const;

/** Written at every event, so no other worker's numbers may lie near: two cores that write to one line of memory wait for each other. */
const apart = 256;

export function makePulse(): SharedArrayBuffer {
  return new SharedArrayBuffer(3 * apart);
}

export function beatsOf(pulse: SharedArrayBuffer): Int32Array {
  return new Int32Array(pulse, apart, Object.keys(beatAt).length);
}
