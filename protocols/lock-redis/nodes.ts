/** Which node plays which role in which deployment. A mutant puts another one in the place of the right one. */

import type { ClientContext, Context, Mutant, Node, Options } from "../../harness/protocol.ts";
import { Resource } from "../locking/index.ts";
import { RedisClient } from "./client.ts";
import { Redis } from "./redis.ts";
import { RedlockClient } from "./redlock/client.ts";
import { RedlockRedis } from "./redlock/redis.ts";
import { ReplicatedClient } from "./replicated/client.ts";
import { ReplicatedRedis } from "./replicated/redis.ts";
import { Sentinel } from "./replicated/sentinel.ts";

type Server = new (ctx: Context<never>, options: Options) => object;
type Client = new (ctx: ClientContext<never>, options: Options) => object;

/** By the role; the clients are of the role "client". */
export interface Parts {
  readonly redis: Server;
  readonly resource: Server;
  readonly client: Client;
  readonly sentinel?: Server;
}

export const single: Parts = { redis: Redis, resource: Resource, client: RedisClient };
export const replicated: Parts = {
  redis: ReplicatedRedis,
  resource: Resource,
  client: ReplicatedClient,
  sentinel: Sentinel,
};
export const redlock: Parts = { redis: RedlockRedis, resource: Resource, client: RedlockClient };

export function server(ctx: Context, options: Options, parts: Parts): Node {
  const part = { redis: parts.redis, resource: parts.resource, sentinel: parts.sentinel }[ctx.role]!;
  return new part(ctx as Context<never>, options) as Node;
}

export function client(ctx: ClientContext, options: Options, parts: Parts): Node {
  return new parts.client(ctx as ClientContext<never>, options) as Node;
}

/** One with other parts. */
export function mutantOf(right: Parts): (name: string, wrong: Partial<Parts>, breaks: string, id?: string) => Mutant {
  return (name, wrong, breaks, id) => {
    const parts = { ...right, ...wrong };
    return {
      name,
      breaks,
      create: (ctx, options) => server(ctx, options, parts),
      createClient: (ctx, options) => client(ctx, options, parts),
      ...(id !== undefined && { id }),
    };
  };
}
