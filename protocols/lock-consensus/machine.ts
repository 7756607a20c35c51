/** The lock as a state machine: what every server makes of the log. It knows no time, only that a lease is over when the log says so. */

import { type Ms, type NodeId, never } from "../../harness/protocol.ts";
import type { Owner } from "../locking/index.ts";
import type { StateMachine } from "../raft/index.ts";
import type { Acquire, Acquired, Expire, LockOp } from "./messages.ts";

export interface Grant {
  readonly owner: Owner;
  readonly client: NodeId;
  readonly token: number;
  readonly leaseMs: Ms;
  /** How often the lease was begun anew. */
  readonly extensions: number;
}

export interface LockState {
  /** The token of the newest grant, whatever became of it. */
  readonly grants: number;
  readonly held: Grant | null;
}

/** The decisions that a mutant gets wrong. */
export interface Rules {
  isFree(state: LockState): boolean;
  token(state: LockState, op: Acquire): number;
  mayRelease(held: Grant, owner: Owner): boolean;
  /** The lease may have been extended, or the lock have gone to another, since the command was proposed. */
  isOver(held: Grant, op: Expire): boolean;
  freed(state: LockState): LockState;
  /** What a snapshot keeps. */
  saved(state: LockState): LockState;
}

export const rules: Rules = {
  isFree: ({ held }) => held === null,
  token: ({ grants }) => grants + 1,
  mayRelease: (held, owner) => held.owner === owner,
  isOver: (held, { token, extensions }) => held.token === token && held.extensions === extensions,
  freed: (state) => ({ ...state, held: null }),
  saved: (state) => state,
};

export function lockMachine({ isFree, token, mayRelease, isOver, freed, saved }: Rules = rules): StateMachine<LockState, LockOp> {
  const acquire = (state: LockState, op: Acquire): readonly [LockState, Acquired] => {
    if (!isFree(state)) return [state, { taken: state.held?.token ?? 0 }];
    const { owner, client, leaseMs } = op;
    const grants = token(state, op);
    return [{ grants, held: { owner, client, token: grants, leaseMs, extensions: 0 } }, { granted: grants }];
  };
  return {
    init: { grants: 0, held: null },
    apply(state, op) {
      const { held } = state;
      switch (op.f) {
        case "acquire":
          return acquire(state, op);
        case "extend":
          if (held?.owner !== op.owner) return [state, false];
          return [{ ...state, held: { ...held, extensions: held.extensions + 1 } }, true];
        case "release":
          return held !== null && mayRelease(held, op.owner) ? [freed(state), true] : [state, false];
        case "expire":
          return held !== null && isOver(held, op) ? [freed(state), true] : [state, false];
        case "holder":
          return [state, held?.token ?? null];
        default:
          return never(op);
      }
    },
    isRead: (op) => op.f === "holder",
    save: saved,
    load: (state) => state as LockState,
  };
}
