/** Which node plays which role. A mutant puts another one in the place of the right one. */

import type { ClientContext, Context, Node, Options } from "../../harness/protocol.ts";
import { LockClient } from "./client.ts";
import { Redis } from "./redis.ts";
import { Resource } from "./resource.ts";

export interface Parts {
  readonly redis?: new (ctx: Context, options: Options) => Redis;
  readonly resource?: new (ctx: Context, options: Options) => Resource;
  readonly client?: new (ctx: ClientContext, options: Options) => LockClient;
}

export function server(ctx: Context, options: Options, { redis = Redis, resource = Resource }: Parts = {}): Node {
  return (ctx.role === "redis" ? new redis(ctx, options) : new resource(ctx, options)) as Node;
}

export function client(ctx: ClientContext, options: Options, { client: Client = LockClient }: Parts = {}): Node {
  return new Client(ctx, options) as Node;
}
