/** Which node plays which role. A mutant puts another one in the place of the right one. */

import type { ClientContext, Context, Node, Options } from "../../harness/protocol.ts";
import { Resource } from "../locking/index.ts";
import { TokenClient } from "./client.ts";
import { TokenServer } from "./server.ts";

type Server = new (ctx: Context<never>, options: Options) => object;
type Client = new (ctx: ClientContext<never>, options: Options) => object;

export interface Parts {
  readonly server: Server;
  readonly resource: Server;
  readonly client: Client;
}

export const right: Parts = { server: TokenServer, resource: Resource, client: TokenClient };

export function server(ctx: Context, options: Options, parts: Parts): Node {
  const part = ctx.role === "server" ? parts.server : parts.resource;
  return new part(ctx as Context<never>, options) as Node;
}

export function client(ctx: ClientContext, options: Options, parts: Parts): Node {
  return new parts.client(ctx as ClientContext<never>, options) as Node;
}
