/** How a wrong variant of Raft is declared: a subclass that changes one decision. */

import type { Context, Mutant, Options } from "../../../harness/protocol.ts";
import { type KeyValueOp, keyValue, type Store } from "../key-value.ts";
import type { Message } from "../messages.ts";
import { Raft } from "../raft.ts";

export class Wrong extends Raft<Store, KeyValueOp> {}

type Variant = new (ctx: Context<Message>, options: Options, machine: typeof keyValue) => Wrong;

/** `id` is its row in the catalogue of known bugs. */
export function wrong(
  name: string,
  id: string | undefined,
  breaks: string,
  Variant: Variant,
  needs?: NonNullable<Mutant["needs"]>,
): Mutant {
  return {
    name,
    ...(id === undefined ? {} : { id }),
    breaks,
    create: (ctx, options) => new Variant(ctx, options, keyValue),
    ...(needs === undefined ? {} : { needs }),
  };
}
