/**
 * The replicated state: keys with their values, and beside them each client's latest request with its result, so that a request
 * that was decided twice is executed once. Plain data and pure functions: a checkpoint is the state itself.
 */

import { type NodeId, never, type Request } from "../../harness/protocol.ts";
import type { Command, Op, Slot } from "./messages.ts";

export type Value = number | null;

interface Session {
  readonly serial: number;
  readonly result: unknown;
}

export interface State {
  /** All commands up to this slot have been executed. */
  readonly slot: Slot;
  readonly store: Readonly<Record<string, Value>>;
  readonly sessions: Readonly<Record<NodeId, Session>>;
}

export const initial: State = { slot: 0, store: {}, sessions: {} };

/** "superseded": a later request of this client was executed already; nobody waits for this one any more. */
export type Standing = "new" | "answered" | "superseded";

export function standing({ sessions }: State, { client, serial }: Request<Op>): Standing {
  const last = sessions[client]?.serial ?? 0;
  if (serial > last) return "new";
  return serial === last ? "answered" : "superseded";
}

/** The result of the client's latest request. */
export function resultOf({ sessions }: State, client: NodeId): unknown {
  return sessions[client]?.result;
}

export function read({ store }: State, op: Op): Value {
  return store[op.key ?? ""] ?? null;
}

/** The state behind the next slot, for which this was decided. `isNew` tells what is to be executed: not what was before. */
export function perform(state: State, command: Command, isNew = standing): State {
  const slot = state.slot + 1;
  if (command === null || isNew(state, command) !== "new") return { ...state, slot };
  const { client, serial, op } = command;
  const [store, result] = execute(state, op);
  return { slot, store, sessions: { ...state.sessions, [client]: { serial, result } } };
}

function execute(state: State, op: Op): readonly [State["store"], unknown] {
  const { store } = state;
  const key = op.key ?? "";
  switch (op.f) {
    case "read":
      return [store, read(state, op)];
    case "write":
      return [{ ...store, [key]: op.value }, null];
    case "cas":
      return read(state, op) === op.from ? [{ ...store, [key]: op.to }, true] : [store, false];
    default:
      return never(op);
  }
}
