/** Which node plays which role. A mutant puts another one in the place of the right one. */

import type { ClientContext, Context, Node, Options } from "../../harness/protocol.ts";
import { ConsensusLockClient } from "./client.ts";
import { FencedResource } from "./resource.ts";
import { LockServer } from "./server.ts";

export interface Parts {
  readonly server?: new (ctx: Context, options: Options) => LockServer;
  readonly resource?: new (ctx: Context, options: Options) => FencedResource;
  readonly client?: new (ctx: ClientContext, options: Options) => ConsensusLockClient;
}

export function server(ctx: Context, options: Options, { server = LockServer, resource = FencedResource }: Parts = {}): Node {
  return (ctx.role === "server" ? new server(ctx, options) : new resource(ctx, options)) as Node;
}

export function client(ctx: ClientContext, options: Options, { client: Client = ConsensusLockClient }: Parts = {}): Node {
  return new Client(ctx, options) as Node;
}
