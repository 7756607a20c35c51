/** operate: orders that the protocol has, and sentences about those that it has not. */

import * as fc from "fast-check";
import { expect, test } from "vitest";
import type { Cluster } from "./fault.ts";
import { operate } from "./operate.ts";

const cluster: Cluster = {
  servers: ["n1", "n2", "n3"].map((id) => ({ id, role: "server" })),
  clients: ["c1"],
  selectors: ["leader"],
  orders: ["add-server", "hand-over"],
};

const complaint = (item: { operate: string | string[]; order?: string | string[] }, of: Cluster = cluster): string =>
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
      complaint({ operate: "leader", order: ["add-server", "hand-ovr"] }),
      complaint({ operate: "leader", order: ["hand-over", "hand-over"] }),
      complaint({ operate: "leader", order: "hand-over" }, { ...cluster, orders: [] }),
      complaint({ operate: "leadr", order: "hand-over" }),
      complaint({ operate: "c1", order: "hand-over" }),
      complaint({ operate: "one client", order: "hand-over" }),
      complaint({ operate: ["n1", "c1"], order: "hand-over" }),
    ].join("\n")}\n`,
  ).toMatchInlineSnapshot(`
    "
    operate: there are several orders; say which under "order": any, or one of add-server, hand-over
    order: this protocol has no order "add-sever"; did you mean "add-server"?
    order: this protocol has no order "dance"; expected one of add-server, hand-over
    order: this protocol has no order "hand-ovr"; did you mean "hand-over"?
    order: the order "hand-over" stands here twice; write it once
    operate: the nodes of this protocol take no orders; take the item out
    operate: "leadr" is no node, role or selector of this cluster; did you mean "leader"?
    operate: c1 is a client, and orders are for servers; name a server
    operate: c1 is a client, and orders are for servers; name a server
    operate: c1 is a client, and orders are for servers; name a server
    "
  `);
});

test("one of several orders is drawn each time, of all or of those that are named", () => {
  const drawn = (order?: string | string[], of = cluster): Set<string> => {
    const item = { operate: "any", ...(order === undefined ? {} : { order }) };
    expect(operate.check(item, of)).toEqual([]);
    return new Set(fc.sample(operate.draw(item, of), { numRuns: 60, seed: 1, unbiased: true }).map((params) => params.order));
  };
  const three = { ...cluster, orders: [...cluster.orders!, "remove-server"] };
  expect(drawn("any", three)).toEqual(new Set(three.orders));
  expect(drawn(["add-server", "remove-server"], three)).toEqual(new Set(["add-server", "remove-server"]));
  expect(drawn("hand-over")).toEqual(new Set(["hand-over"]));
});
