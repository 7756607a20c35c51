/** What coordinator and participants tell each other, and where accounts live. */

import type { NodeId } from "../../harness/protocol.ts";
import type { Balances, BankOp } from "../../harness/workloads/bank.ts";

/** What clients ask. */
export type Op = BankOp;

/** Of a transfer, whether it happened; of a read, the balances. */
export type Result = boolean | Balances;

/** "t7": the seventh transaction that the coordinator ever started. */
export type Txn = string;

export type Outcome = "commit" | "abort";

/** A participant's part of a transaction. */
export interface Work {
  /** What is added to which account. */
  readonly changes: Balances;
  readonly reads: readonly string[];
}

/** "Can you commit this?" With everybody who is asked, so that one in doubt can ask them. */
export interface Prepare {
  readonly type: "prepare";
  readonly txn: Txn;
  readonly work: Work;
  readonly participants: readonly NodeId[];
}

/** Yes promises to commit when told so, and to do neither before one is told. Carries what was read. */
export interface Vote {
  readonly type: "vote";
  readonly txn: Txn;
  readonly yes: boolean;
  readonly read: Balances;
}

/** The decision, told by the coordinator or by another participant that has learned it. */
export interface Decision {
  readonly type: Outcome;
  readonly txn: Txn;
}

/** "I have committed; you need not tell me again." */
export interface Ack {
  readonly type: "ack";
  readonly txn: Txn;
}

/** "I voted yes; what became of it?" */
export interface Inquire {
  readonly type: "inquire";
  readonly txn: Txn;
}

export type Message = Prepare | Vote | Decision | Ack | Inquire;

/** An account is always at the same participant. */
export function homeOf(account: string, participants: readonly NodeId[]): NodeId {
  let sum = 0;
  for (let i = 0; i < account.length; i += 1) sum += account.charCodeAt(i);
  return participants[sum % participants.length]!;
}

/** Each participant's part of an operation; who has no part in it is not asked. */
export function parts(op: Op, participants: readonly NodeId[]): ReadonlyMap<NodeId, Work> {
  const parts = new Map<NodeId, { changes: Record<string, number>; reads: string[] }>();
  const at = (account: string): { changes: Record<string, number>; reads: string[] } => {
    const home = homeOf(account, participants);
    const part = parts.get(home) ?? { changes: {}, reads: [] };
    parts.set(home, part);
    return part;
  };
  if (op.f === "read") for (const account of op.accounts) at(account).reads.push(account);
  else if (op.from === op.to) at(op.from).changes[op.from] = 0;
  else {
    at(op.from).changes[op.from] = -op.amount;
    at(op.to).changes[op.to] = op.amount;
  }
  return parts;
}
