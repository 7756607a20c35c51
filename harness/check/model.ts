/** A sequential model: what a single correct copy of the object would do. A user writes one in ten lines. */

/**
 * The sequential specification of an object. States are plain values that are never changed in place.
 *
 * `step` is deterministic in the next state: it depends on `state` and `input` alone; `output` only decides whether
 * what the client was told is possible here. (Only what nobody can foretell, such as a fencing token, may go into a state.)
 */
export interface Model<State = unknown, In = unknown, Out = unknown> {
  readonly name: string;
  readonly init: State;
  /**
   * The state after `input` took effect, or `undefined` when `output` is impossible in `state`.
   * An `output` of `undefined` means that nobody knows what the client would have been told: every output is possible.
   */
  step(state: State, input: In, output: Out | undefined): State | undefined;
  /**
   * Names a state for the memo; two states with the same key must behave alike. Default: primitives themselves, plain data
   * by its contents; anything else by identity, which is right but slow, so give such states a key.
   */
  key?(state: State): string | number;
  /** Splits independent objects: operations with different parts are checked apart. Only sound when no operation touches two. */
  partition?(input: In): string;
  /**
   * True when `input`, answered with `output`, can never have changed any state: a read, and also a compare-and-set that
   * found another value. Such an operation needs no branching. `output` is undefined for a crashed operation: then only
   * true when no answer whatever goes with a change; a crashed read is dropped.
   */
  readOnly?(input: In, output?: Out): boolean;
  /**
   * The one state in which this answer is possible, when there is only one (a register that was read as 3 was 3); else
   * undefined. With `sets` it lets the checker see early that a state must not be left yet. Only for speed; give both or neither.
   */
  needs?(input: In, output: Out): State | undefined;
  /** The one state that `input` leaves behind whenever it changes anything (`write 3`: 3), when there is only one. */
  sets?(input: In): State | undefined;
  /** Whether operations that set no one state can lead from `state` to `needed`, as appends do from a beginning. Only for speed. */
  reaches?(state: State, needed: State): boolean;
  /** "read x -> 3" : one operation in words, for the reports. */
  describe?(input: In, output: Out | undefined): string;
}
