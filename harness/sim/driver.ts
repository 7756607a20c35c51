/** How the world drives a node: one call for each thing that can happen to it. A class of handlers is the simplest of drivers. */

import type { Node, NodeId, Request } from "../protocol.ts";

/**
 * What stands between the world and whatever a node is made of. The world calls one method at a time, with the node's ctx in force, and
 * applies the effects recorded meanwhile when the call is over. What a call returns must be undefined.
 *
 * For a class of handlers the call is over when it returns. A driver **with `settle`** says that its node goes on afterwards (`await`, a pipe
 * to a process): then ctx stays in force, and virtual time stands still, until the world is next asked for a step. Such a world is run
 * one event at a time, by whoever can wait outside:
 *
 *     cluster.boot();
 *     do await everythingIsAtRest();          // the microtasks are drained, or the process has answered
 *     while (cluster.step(untilUs));
 *
 * - Existing TypeScript with async functions: `message` resolves the promise that the code awaits, or calls its listener; its transport,
 *   timers and clock are ctx's, put in the place of the real ones. It is at rest when no microtask is left: after one setImmediate, as long
 *   as nothing in it waits for the real world. What it awaits of the simulated one (an answer, a timer) resolves in a later call.
 * - A process over stdin and stdout: each method writes one line, and the process is at rest when it has said so in its answer; every line
 *   that it writes until then is a call on ctx. `order`, `connect` and `disconnect` are lines as well.
 *
 * Both are as repeatable as their code: the order of calls is the world's, and nothing moves between two steps.
 */
export interface Driver {
  start(): unknown;
  request(request: Request): unknown;
  message(from: NodeId, message: unknown): unknown;
  timer(name: string, data: unknown): unknown;
  order(order: string): unknown;
  connect(peer: NodeId): unknown;
  disconnect(peer: NodeId): unknown;
  inspect(): unknown;
  /** The node is at rest after the last call. Throws what its code threw since. */
  settle?(): void;
}

/** A handler that need not be there, until something comes for it. */
export type Lacking = "onRequest" | "onTimer" | "onOrder";

/** A class of handlers, called synchronously. */
export class Handlers implements Driver {
  private readonly node: Node;
  private readonly lacks: (handler: Lacking) => never;

  /** `lacks` is called when something comes for which there is no handler. */
  constructor(node: Node, lacks: (handler: Lacking) => never) {
    this.node = node;
    this.lacks = lacks;
  }

  start(): unknown {
    return this.node.onStart?.();
  }

  request(request: Request): unknown {
    return this.node.onRequest === undefined ? this.lacks("onRequest") : this.node.onRequest(request);
  }

  message(from: NodeId, message: unknown): unknown {
    return this.node.onMessage(from, message);
  }

  timer(name: string, data: unknown): unknown {
    return this.node.onTimer === undefined ? this.lacks("onTimer") : this.node.onTimer(name, data);
  }

  order(order: string): unknown {
    return this.node.onOrder === undefined ? this.lacks("onOrder") : this.node.onOrder(order);
  }

  connect(peer: NodeId): unknown {
    return this.node.onConnect?.(peer);
  }

  disconnect(peer: NodeId): unknown {
    return this.node.onDisconnect?.(peer);
  }

  inspect(): unknown {
    return this.node.inspect?.() ?? fieldsOf(this.node);
  }
}

/** The default of inspect(): the node's own fields, less its ctx. */
function fieldsOf(node: object): Record<string, unknown> {
  return Object.fromEntries(Object.entries(node).filter(([name, value]) => name !== "ctx" && typeof value !== "function"));
}
