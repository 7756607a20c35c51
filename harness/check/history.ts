/** A history: what the clients asked and were told, in real-time order. Judged by the checkers, drawn by the reports. */

/**
 * One operation of one process, as Jepsen records it.
 *
 * `invoked` and `returned` are positions in the one real-time order of all invocations and returns (distinct integers).
 * Positions and not times, because two events of one virtual microsecond still have an order, and the checker may use it.
 * Intervals are closed: a returned before b invoked means that every linearization has a before b.
 */
export interface Operation<In = unknown, Out = unknown> {
  /** Jepsen's process: at most one open operation each; a client goes on under a new one after an `info`. */
  readonly process: number;
  readonly input: In;
  /** What the client was told; `undefined` unless `outcome` is "ok". */
  readonly output: Out | undefined;
  /** "ok": happened, with this output. "fail": surely did not happen. "info": nobody knows; it may happen at any later time. */
  readonly outcome: "ok" | "fail" | "info";
  readonly invoked: number;
  /**
   * `Infinity` for an operation that never returned ("info"). An "info" with another position is one whose client gave up
   * then: its process is free again, but it may take effect later all the same.
   */
  readonly returned: number;
  /** Virtual (or recorded) time, for people; the checkers look at positions only. */
  readonly invokedAtUs?: number;
  readonly returnedAtUs?: number;
}

export type History<In = unknown, Out = unknown> = readonly Operation<In, Out>[];
