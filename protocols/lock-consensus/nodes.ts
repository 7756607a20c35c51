/** Which node plays which role. A mutant puts another one in the place of the right one. */

import { ConsensusLockClient } from "./client.ts";
import { FencedResource } from "./resource.ts";
import { LockServer } from "./server.ts";

export const right = { server: LockServer, resource: FencedResource, client: ConsensusLockClient } as const;
