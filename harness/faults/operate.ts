/** operate: the operator gives a node an order that its protocol understands. */

import * as fc from "fast-check";
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
    .union([z.string(), z.array(z.string()).min(1)], {
      error: "expected the name of an order, such as add-server, any, or a list of orders",
    })
    .describe("which of the protocol's orders, or any or a list, of which one is drawn each time (default: its only one)")
    .meta({ examples: ["add-server", "any", ["add-server", "remove-server"]] })
    .optional(),
});

type Item = z.infer<typeof schema>;

/** Instead of an order's name: one of all that there are. */
const anyOrder = "any";
type Operate = Chosen & { readonly order: string };

export const operate: Fault<Item, Operate> = {
  word: "operate",
  doc: "The operator tells a node to do something that its protocol understands, such as to add a server.",
  effect: "a node that was up got the order",
  lasts: "moment",
  schema,
  check: (item, cluster) => [...badOrder(item.order, cluster), ...badReceiver(item.operate, cluster)],
  draw(item, cluster) {
    const chosen = drawTarget(item.operate, cluster);
    const orders = meantOrders(item.order, cluster.orders!);
    if (orders.length === 1) return chosen.map((nodes) => ({ ...nodes, order: orders[0]! }));
    return fc.tuple(chosen, fc.constantFrom(...orders)).map(([nodes, order]) => ({ ...nodes, order }));
  },
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

/** Those that one is drawn from. */
function meantOrders(order: Item["order"], orders: readonly string[]): readonly string[] {
  if (order === undefined) return orders.slice(0, 1);
  if (order === anyOrder && !orders.includes(anyOrder)) return orders;
  return typeof order === "string" ? [order] : order;
}

function badOrder(order: Item["order"], { orders = [] }: Cluster): readonly Problem[] {
  if (orders.length === 0) {
    return [{ path: ["operate"], message: "the nodes of this protocol take no orders; take the item out" }];
  }
  if (order === undefined) {
    return orders.length === 1
      ? []
      : [
          {
            path: ["operate"],
            message: `there are several orders; say which under "order": any, or one of ${orders.join(", ")}`,
          },
        ];
  }
  const meant = meantOrders(order, orders);
  const problem = (message: string): readonly Problem[] => [{ path: ["order"], message }];
  const unknown = meant.find((one) => !orders.includes(one));
  if (unknown !== undefined) return problem(`this protocol has no order "${unknown}"; ${didYouMean(unknown, orders)}`);
  const twice = meant.find((one, i) => meant.indexOf(one) < i);
  return twice === undefined ? [] : problem(`the order "${twice}" stands here twice; write it once`);
}

function badReceiver(value: Target, cluster: Cluster): readonly Problem[] {
  const choice = understand(value, cluster);
  if (typeof choice === "string") return [{ path: ["operate"], message: choice }];
  const client = "pool" in choice ? choice.pool.find((node) => cluster.clients.includes(node)) : undefined;
  return client === undefined
    ? []
    : [{ path: ["operate"], message: `${client} is a client, and orders are for servers; name a server` }];
}
