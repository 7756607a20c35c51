/** operate: orders that the protocol has, and sentences about those that it has not. */

import { expect, test } from "vitest";
import type { Cluster } from "./fault.ts";
import { operate } from "./operate.ts";

const cluster: Cluster = {
  servers: ["n1", "n2", "n3"].map((id) => ({ id, role: "server" })),
  clients: ["c1"],
  selectors: ["leader"],
  orders: ["add-server", "hand-over"],
};

const complaint = (item: { operate: string | string[]; order?: string }, of: Cluster = cluster): string =>
  operate
    .check(item, of)
    .map(({ path, message }) => `${path.join(".")}: ${message}`)
    .join("\n");

test("an order is one of the protocol's, for a server", () => {
  expect(complaint({ operate: "leader", order: "add-server" })).toBe("");
  expect(complaint({ operate: "leader" }, { ...cluster, orders: ["hand-over"] })).toBe("");
  expect(
    `\n${[
      complaint({ operate: "leader" }),
      complaint({ operate: "leader", order: "add-sever" }),
      complaint({ operate: "leader", order: "dance" }),
      complaint({ operate: "leader", order: "hand-over" }, { ...cluster, orders: [] }),
      complaint({ operate: "leadr", order: "hand-over" }),
      complaint({ operate: "c1", order: "hand-over" }),
      complaint({ operate: "one client", order: "hand-over" }),
      complaint({ operate: ["n1", "c1"], order: "hand-over" }),
    ].join("\n")}\n`,
  ).toMatchInlineSnapshot(`
    "
    operate: there are several orders; say which under "order": one of add-server, hand-over
    order: this protocol has no order "add-sever"; did you mean "add-server"?
    order: this protocol has no order "dance"; expected one of add-server, hand-over
    operate: the nodes of this protocol take no orders; take the item out
    operate: "leadr" is no node, role or selector of this cluster; did you mean "leader"?
    operate: c1 is a client, and orders are for servers; name a server
    operate: c1 is a client, and orders are for servers; name a server
    operate: c1 is a client, and orders are for servers; name a server
    "
  `);
});
