/** The state machine that Raft keeps copies of. It is handed in, so that a lock or a queue can stand on the same log. */

export interface StateMachine<State, Op> {
  readonly init: State;
  /**
   * The next state, and what the client is told. Depends on nothing but its arguments, and leaves `state` as it was: every
   * server must come to the same. The result is plain data.
   */
  apply(state: State, op: Op): readonly [State, unknown];
  /** True when `op` changes no state: it is answered by read index and stays out of the log. */
  isRead(op: Op): boolean;
  /** For snapshots: the state as plain data, and back. Both are left out when the state is plain data already. */
  save?(state: State): unknown;
  load?(saved: unknown): State;
}
