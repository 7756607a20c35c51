/** Which node plays which role. A mutant puts another one in the place of the right one. */

import { Resource } from "../locking/index.ts";
import { TicketClient } from "./client.ts";
import { TicketServer } from "./server.ts";

export const right = { server: TicketServer, resource: Resource, client: TicketClient } as const;
