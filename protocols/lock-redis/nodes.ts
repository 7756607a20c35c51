/** Which node plays which role in which deployment. A mutant puts another one in the place of the right one. */

import { Resource } from "../locking/index.ts";
import { RedisClient } from "./client.ts";
import { Redis } from "./redis.ts";
import { RedlockClient } from "./redlock/client.ts";
import { RedlockRedis } from "./redlock/redis.ts";
import { ReplicatedClient } from "./replicated/client.ts";
import { ReplicatedRedis } from "./replicated/redis.ts";
import { Sentinel } from "./replicated/sentinel.ts";

export const single = { redis: Redis, resource: Resource, client: RedisClient } as const;
export const replicated = {
  redis: ReplicatedRedis,
  resource: Resource,
  client: ReplicatedClient,
  sentinel: Sentinel,
} as const;
export const redlock = { redis: RedlockRedis, resource: Resource, client: RedlockClient } as const;
