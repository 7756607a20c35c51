/** operate: the operator gives a node an order that its protocol understands. */

import { z } from "zod";
import { didYouMean } from "../sim/suggest.ts";
import type { Cluster, Fault, Problem } from "./fault.ts";
import {
  type Chosen,
  drawTarget,
  explicitTarget,
  patienceUs,
  simplerTarget,
  type Target,
  target,
  targetDoc,
  understand,
  whenChosen,
  withoutNodes,
} from "./target.ts";

const schema = z.strictObject({
  operate: target.describe(`who gets the order: ${targetDoc}`).meta({ examples: ["any", "leader", "n1"] }),
  order: z
    .string({ error: "expected the name of an order, such as add-server" })
    .describe("which of the protocol's orders (default: its only one)")
    .meta({ examples: ["add-server"] })
    .optional(),
});

type Item = z.infer<typeof schema>;
type Operate = Chosen & { readonly order: string };

export const operate: Fault<Item, Operate> = {
  word: "operate",
  doc: "The operator tells a node to do something that its protocol understands, such as to add a server.",
  effect: "a node that was up got the order",
  lasts: "moment",
  schema,
  check: (item, cluster) => [...badOrder(item.order, cluster), ...badReceiver(item.operate, cluster)],
  draw: (item, cluster) =>
    drawTarget(item.operate, cluster).map((chosen) => ({ ...chosen, order: item.order ?? cluster.orders![0]! })),
  explicit: (params) => ({ operate: explicitTarget(params), order: params.order }),
  simpler: ({ order, ...chosen }) =>
    simplerTarget(chosen as Chosen).map((less) => ({ fault: "operate", params: { ...less, order } })),
  without({ order, ...chosen }, gone) {
    const left = withoutNodes(chosen as Chosen, gone);
    return left && { ...left, order };
  },
  begin(world, id, params) {
    const tell = (nodes: readonly string[]): (() => void) => {
      for (const node of nodes) world.operate(id, node, params.order);
      return () => {};
    };
    return whenChosen(world, params, tell, patienceUs);
  },
};

function badOrder(order: string | undefined, { orders = [] }: Cluster): readonly Problem[] {
  if (orders.length === 0) {
    return [{ path: ["operate"], message: "the nodes of this protocol take no orders; take the item out" }];
  }
  if (order === undefined) {
    return orders.length === 1
      ? []
      : [{ path: ["operate"], message: `there are several orders; say which under "order": one of ${orders.join(", ")}` }];
  }
  if (orders.includes(order)) return [];
  return [{ path: ["order"], message: `this protocol has no order "${order}"; ${didYouMean(order, orders)}` }];
}

function badReceiver(value: Target, cluster: Cluster): readonly Problem[] {
  const choice = understand(value, cluster);
  if (typeof choice === "string") return [{ path: ["operate"], message: choice }];
  const client = "pool" in choice ? choice.pool.find((node) => cluster.clients.includes(node)) : undefined;
  return client === undefined
    ? []
    : [{ path: ["operate"], message: `${client} is a client, and orders are for servers; name a server` }];
}
