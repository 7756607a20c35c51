/** Which node plays which role in a lock, and how a mutant puts another one in the place of the right one. */

import type { ClientContext, Context, Mutant, Node, Options } from "../../harness/protocol.ts";

type Part = new (ctx: ClientContext<never>, options: Options) => object;

/** The classes of the servers by their roles, and that of the clients. */
export type Parts = Readonly<Record<string, Part>> & { readonly client: Part };

export function nodesOf(parts: Parts): Required<Pick<Mutant, "create" | "createClient">> {
  const made = (part: Part, ctx: Context, options: Options): Node => new part(ctx as ClientContext<never>, options) as Node;
  return {
    create: (ctx, options) => made(parts[ctx.role]!, ctx, options),
    createClient: (ctx, options) => made(parts.client, ctx, options),
  };
}

/** Makes mutants of the right parts: each has others in some places. */
export function mutantOf<P extends Parts>(right: P): (name: string, wrong: Partial<P>, breaks: string, id?: string) => Mutant {
  return (name, wrong, breaks, id) => ({
    name,
    breaks,
    ...nodesOf({ ...right, ...wrong }),
    ...(id !== undefined && { id }),
  });
}
