/** A look at what a node shows of itself: traps are set as in a handler, and ctx is out of reach. */

import { entering, leaving } from "./guards.ts";
import type { SimNode } from "./node.ts";

/** What `read` makes of the node's `inspect()`, of which getters may be left to run. Throws what they throw; the run goes on all the same. */
export function inspected<T>(node: SimNode, read: (state: unknown) => T): T {
  node.inspecting = true;
  entering();
  try {
    return read(node.handler!.inspect());
  } finally {
    leaving();
    node.inspecting = false;
  }
}
