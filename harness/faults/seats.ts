/** Which clients a partition puts on which side: "with: one client", "clients: split". */

import * as fc from "fast-check";
import { z } from "zod";
import type { NodeId } from "../protocol.ts";
import { didYouMean } from "../sim/suggest.ts";
import type { Cluster, Problem } from "./fault.ts";

/** The side of each client that has one, as a number that counts modulo the sides there turn out to be. */
export type Seats = ReadonlyMap<NodeId, number>;

type Names = string | readonly string[] | undefined;

/** The options of a partition that place clients. */
interface SeatItem {
  readonly clients?: "keep" | "split" | undefined;
  readonly with?: Names;
  readonly against?: Names;
}

const clientNames = z.union([z.string(), z.array(z.string()).min(1)], {
  error: "expected a client such as c1, or a list of clients",
});

export const seatOptions = {
  clients: z
    .enum(["keep", "split"], { error: "expected keep or split" })
    .describe("keep: clients reach all sides (default); split: each client is put on a drawn side, and reaches only that")
    .optional(),
  with: clientNames
    .describe("clients that are taken along to the first side, and reach only that: a name, a list, or one client (a drawn one)")
    .optional(),
  against: clientNames.describe("clients that are put on the other side, and reach only that: a name or a list").optional(),
};

export function checkSeats(item: SeatItem, cluster: Cluster): readonly Problem[] {
  const problems: Problem[] = [];
  if (item.with === "one client") {
    if (cluster.clients.length === 0)
      problems.push({ path: ["with"], message: "there is no client in this cluster to take along" });
  } else problems.push(...checkClients(asList(item.with), "with", cluster));
  problems.push(...checkClients(asList(item.against), "against", cluster));
  const both = asList(item.with).find((client) => asList(item.against).includes(client));
  if (both !== undefined)
    problems.push({ path: ["against"], message: `${both} cannot stand on both sides; take it away here or under "with"` });
  if (item.clients === "split" && cluster.clients.length === 0)
    problems.push({ path: ["clients"], message: "there is no client in this cluster to split" });
  return problems;
}

/** Undefined when the item places nobody, so that nothing need be drawn. */
export function drawSeats(item: SeatItem, cluster: Cluster): fc.Arbitrary<Seats> | undefined {
  const { clients } = cluster;
  if (item.clients !== "split" && item.with === undefined && item.against === undefined) return undefined;
  const count = clients.length + 1;
  // 720720 is a multiple of every number of sides up to 16, so a number modulo the sides is fair.
  return fc.array(fc.nat({ max: 720_719 }), { minLength: count, maxLength: count, size: "max" }).map((drawn) => {
    const seats = new Map<NodeId, number>();
    if (item.clients === "split") clients.forEach((client, i) => void seats.set(client, drawn[i]!));
    for (const client of asList(item.against)) seats.set(client, 1);
    const free = clients.filter((client) => !asList(item.against).includes(client));
    const taken = item.with === "one client" ? [free[drawn[clients.length]! % free.length]!] : asList(item.with);
    for (const client of taken) seats.set(client, 0);
    return seats;
  });
}

/** The clients of side `side` of `sides`. */
export function seatedAt(seats: Seats, side: number, sides: number): readonly NodeId[] {
  return [...seats].filter(([, seat]) => seat % sides === side).map(([client]) => client);
}

function asList(value: Names): readonly string[] {
  return value === undefined ? [] : typeof value === "string" ? [value] : value;
}

function checkClients(named: readonly string[], field: "with" | "against", cluster: Cluster): readonly Problem[] {
  const problem = (message: string): readonly Problem[] => [{ path: [field], message }];
  const stranger = named.find((name) => !cluster.clients.includes(name));
  if (stranger !== undefined && cluster.servers.some((server) => server.id === stranger)) {
    return problem(
      `${stranger} is a server, and "${field}" places clients; write the sides as groups instead, as in [[n1, n2], [n3]]`,
    );
  }
  if (stranger !== undefined)
    return problem(
      `there is no client "${stranger}" in this cluster; ${didYouMean(stranger, [...cluster.clients, "one client"])}`,
    );
  const twice = named.find((client, i) => named.indexOf(client) < i);
  return twice === undefined ? [] : problem(`the client "${twice}" stands here twice; name it once`);
}
