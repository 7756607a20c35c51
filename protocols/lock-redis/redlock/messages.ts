/** What is told beside the lock's own messages where several servers stand for one, so that tokens can be handed out. */

import type { Owner } from "../../locking/index.ts";

/** Takes this token, if nobody has taken it or a greater one here. */
export interface TakeToken {
  readonly type: "take-token";
  readonly owner: Owner;
  readonly token: number;
}

export interface TokenTaken {
  readonly type: "token-taken";
  readonly owner: Owner;
}

/** Somebody else had it, or a greater one. */
export interface TokenTooOld {
  readonly type: "token-too-old";
  readonly owner: Owner;
}

/** The fact "asked" of a client. */
export interface AskedFact {
  readonly owner: Owner;
}
