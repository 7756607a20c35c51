/** Which node plays which role. A mutant puts another one in the place of the right one. */

import { Resource } from "../locking/index.ts";
import { TokenClient } from "./client.ts";
import { TokenServer } from "./server.ts";

export const right = { server: TokenServer, resource: Resource, client: TokenClient } as const;
