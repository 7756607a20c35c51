/** Which class plays which role. A mutant puts one of its own in a place. */

import type { Context, Node, Options } from "../../harness/protocol.ts";
import { Acceptor } from "./acceptor.ts";
import { Learner } from "./learner.ts";
import type { Message, Value } from "./messages.ts";
import { Proposer } from "./proposer.ts";

type Make = new (ctx: Context<Message, Value>, options: Options) => Node;

export interface Parts {
  readonly proposer?: Make;
  readonly acceptor?: Make;
  readonly learner?: Make;
}

const right: Required<Parts> = { proposer: Proposer, acceptor: Acceptor, learner: Learner };

export function node(ctx: Context, options: Options, parts: Parts = {}): Node {
  const all = { ...right, ...parts };
  const Part = all[ctx.role as keyof Parts];
  return new Part(ctx, options);
}
