/** Which node plays which role. A mutant puts another balancer in the place of the right one. */

import type { Context, Node, Options } from "../../harness/protocol.ts";
import { Balancer } from "./balancer.ts";
import { Worker } from "./worker.ts";

export function node(ctx: Context, options: Options, One: typeof Balancer = Balancer): Node {
  return (ctx.role === "balancer" ? new One(ctx, options) : new Worker(ctx)) as Node;
}
