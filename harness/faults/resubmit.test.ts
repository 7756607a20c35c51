/** resubmit: whose requests may be sent twice, and of which protocols. */

import { expect, test } from "vitest";
import type { Cluster } from "./fault.ts";
import { resubmit } from "./resubmit.ts";

const cluster: Cluster = {
  servers: ["n1", "n2"].map((id) => ({ id, role: "server" })),
  clients: ["c1", "c2"],
  selectors: ["holder"],
  asking: { ownClients: false, once: true },
};

const complaint = (value: string | number | string[], of: Cluster = cluster): string =>
  resubmit
    .check({ resubmit: value }, of)
    .map(({ message }) => message)
    .join("\n");

test("the requests of clients, in every way to name them", () => {
  for (const value of ["any", "one client", "all", "c2", "holder", 2, ["c1", "c2"]]) expect(complaint(value)).toBe("");
  expect(
    `\n${[
      complaint("n1"),
      complaint("server"),
      complaint("c3"),
      complaint("minority"),
      complaint(3),
      complaint(["c1", "c1"]),
      complaint("any", { ...cluster, clients: [] }),
      complaint("any", { ...cluster, asking: { ownClients: true, once: true } }),
      complaint("any", { ...cluster, asking: { ownClients: false, once: false } }),
    ].join("\n")}\n`,
  ).toMatchInlineSnapshot(`
    "
    n1 is a server, and requests are sent by clients; name a client
    n1 is a server, and requests are sent by clients; name a client
    "c3" is no client and no selector of this cluster; expected one of c1, c2, holder, any, all
    "minority" is no client and no selector of this cluster; expected one of c1, c2, holder, any, all
    3 clients cannot be chosen: this cluster has only 2; write 2 or less
    the node "c1" stands here twice; name it once
    there is no client in this cluster
    the clients of this protocol are its own, and what they send are messages: a second one is up to them, so resubmit means nothing to it; take the item out
    this protocol does not say that it applies a request once that comes twice; take the item out, or write clients: { retry: true } if it does
    "
  `);
});
