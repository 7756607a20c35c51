/** Which node plays which role. A mutant puts another one in the place of the right one. */

import type { ClientContext, Context, Node, Options } from "../../harness/protocol.ts";
import { ChubbyClient } from "./client.ts";
import { Resource } from "./resource.ts";
import { ChubbyServer } from "./server.ts";

export interface Parts {
  readonly server?: new (ctx: Context, options: Options) => ChubbyServer;
  readonly resource?: new (ctx: Context, options: Options) => Resource;
  readonly client?: new (ctx: ClientContext, options: Options) => ChubbyClient;
}

export function server(ctx: Context, options: Options, { server = ChubbyServer, resource = Resource }: Parts = {}): Node {
  return (ctx.role === "server" ? new server(ctx, options) : new resource(ctx, options)) as Node;
}

export function client(ctx: ClientContext, options: Options, { client: Client = ChubbyClient }: Parts = {}): Node {
  return new Client(ctx, options) as Node;
}
