/** resubmit: a client's request is sent a second time, under the same id. */

import { z } from "zod";
import { resubmits } from "../sim/client.ts";
import { didYouMean } from "../sim/suggest.ts";
import type { Cluster, Fault, Problem } from "./fault.ts";
import {
  badName,
  type Choice,
  type Chosen,
  drawChoice,
  explicitTarget,
  meant,
  patienceUs,
  simplerTarget,
  type Target,
  whenChosen,
  withoutNodes,
} from "./target.ts";

const expected = "expected a client such as c1, any, all, a selector, a count of clients, or a list of clients";

const schema = z.strictObject({
  resubmit: z
    .union([z.string(), z.int().min(1), z.array(z.string()).min(1)], { error: expected })
    .describe(
      "whose request: a client's name, any or one client (a drawn one), all, a selector, a count of clients, or a list of clients",
    )
    .meta({ examples: ["any", "all", "c1"] }),
  which: z
    .enum(["open", "answered", "any"], { error: "expected open, answered or any" })
    .describe(
      "open: the one that is under way; answered: the last one that was answered or given up; any: open, if there is one, else answered (default)",
    )
    .optional(),
});

type Item = z.infer<typeof schema>;
type Which = keyof typeof resubmits;
type Resubmit = Chosen & { readonly which: Which };

export const resubmit: Fault<Item, Resubmit> = {
  word: "resubmit",
  doc: "A client's request is sent a second time under the same id, to the server that it was sent to last, as by a proxy that tries again.",
  effect: "a request was sent again",
  lasts: "moment",
  schema,
  check(item, cluster) {
    const choice = understand(item.resubmit, cluster);
    const bad = unbearable(cluster) ?? (typeof choice === "string" ? choice : undefined);
    return bad === undefined ? [] : [{ path: ["resubmit"], message: bad } satisfies Problem];
  },
  draw: (item, cluster) =>
    drawChoice(meant(understand(item.resubmit, cluster))).map((chosen) => ({ ...chosen, which: item.which ?? "any" })),
  explicit: (params) => ({ resubmit: explicitTarget(params), which: params.which }),
  simpler: ({ which, ...chosen }) =>
    simplerTarget(chosen as Chosen).map((less) => ({ fault: "resubmit", params: { ...less, which } })),
  without({ which, ...chosen }, gone) {
    const left = withoutNodes(chosen as Chosen, gone);
    return left && { ...left, which };
  },
  begin(world, id, params) {
    const again = (nodes: readonly string[]): (() => void) => {
      for (const node of nodes) world.operate(id, node, resubmits[params.which]);
      return () => {};
    };
    return whenChosen(world, params, again, patienceUs);
  },
};

/** A sentence about a protocol of which nobody may ask this. */
function unbearable({ asking }: Cluster): string | undefined {
  if (asking?.ownClients === true) {
    return "the clients of this protocol are its own, and what they send are messages: a second one is up to them, so resubmit means nothing to it; take the item out";
  }
  if (asking?.once === false) {
    return "this protocol does not say that it applies a request once that comes twice; take the item out, or write clients: { retry: true } if it does";
  }
  return undefined;
}

/** As targets elsewhere, but of clients. */
function understand(value: Target, { servers, clients, selectors }: Cluster): Choice | string {
  if (typeof value === "string" && selectors.includes(value)) return { select: value };
  if (clients.length === 0) return "there is no client in this cluster";
  const all = { pool: clients, min: clients.length, max: clients.length };
  if (typeof value === "number") {
    if (value <= clients.length) return { pool: clients, min: value, max: value };
    return `${value} clients cannot be chosen: this cluster has only ${clients.length}; write ${clients.length} or less`;
  }
  if (value === "all") return all;
  if (value === "any" || value === "one client") return { pool: clients, min: 1, max: 1 };
  const names = typeof value === "string" ? [value] : value;
  const server = servers.find(({ id, role }) => names.includes(id) || names.includes(role));
  if (server !== undefined) return `${server.id} is a server, and requests are sent by clients; name a client`;
  const stranger = names.find((name) => !clients.includes(name));
  if (stranger !== undefined)
    return `"${stranger}" is no client and no selector of this cluster; ${didYouMean(stranger, [...clients, ...selectors, "any", "all"])}`;
  return badName(names, { servers, clients, selectors }) ?? { pool: names, min: names.length, max: names.length };
}
