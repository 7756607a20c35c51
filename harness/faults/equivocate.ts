/** equivocate: a node tells some of the others something else than the rest. */

import * as fc from "fast-check";
import { z } from "zod";
import type { Cluster, Problem } from "./fault.ts";
import { fewer, oneOrList } from "./links.ts";
import { fieldOption, lyingFault } from "./lying.ts";
import { badName } from "./target.ts";

interface Options {
  readonly to?: string | readonly string[] | undefined;
  readonly field?: string | undefined;
}
type Equivocate = { readonly to: readonly string[]; readonly field?: string };

const ofField = (field: string | undefined): { readonly field?: string } => (field === undefined ? {} : { field });

export const equivocate = lyingFault<"equivocate", Options, Equivocate>({
  word: "equivocate",
  doc: "What a server tells several others at one moment is not the same for all: some of them hear it with a field changed, all these the same.",
  effect: "a message that was changed was handled, and somebody else was told the other thing",
  whose: "who says two things",
  options: {
    to: z
      .union([z.string(), z.array(z.string()).min(1)], { error: "expected a server such as n2, or a list of servers" })
      .describe("who hears the changed message: a server or a list (default: some of the others, drawn)")
      .meta({ examples: ["n2", ["n2", "n4"]] })
      .optional(),
    ...fieldOption,
  },
  check(item, cluster) {
    if (item.to !== undefined) return badHearers(list(item.to), cluster);
    if (cluster.servers.length > 2) return [];
    const message = `with ${cluster.servers.length} servers nobody has two others to tell different things; give the cluster 3 servers or more`;
    return [{ path: ["equivocate"], message }];
  },
  draw({ to, field }, { servers }, liars) {
    if (to !== undefined) return fc.constant({ to: list(to), ...ofField(field) });
    const all = servers.map(({ id }) => id);
    const others = "nodes" in liars ? all.filter((id) => !liars.nodes.includes(id)) : all;
    const pool = others.length < 2 ? all : others;
    return fc.subarray(pool, { minLength: 1, maxLength: pool.length - 1 }).map((some) => ({ to: some, ...ofField(field) }));
  },
  explicit: ({ to, field }) => ({ to: oneOrList(to), ...ofField(field) }),
  milder: ({ to, field }) => fewer(to).map((some) => ({ to: some, ...ofField(field) })),
  without({ to, field }, gone) {
    const left = to.filter((id) => !gone.has(id));
    return left.length === 0 ? undefined : { to: left, ...ofField(field) };
  },
  lie: ({ to, field }) => ({ kind: "equivocate", to, ...ofField(field) }),
});

function list(to: string | readonly string[]): readonly string[] {
  return typeof to === "string" ? [to] : to;
}

function badHearers(to: readonly string[], cluster: Cluster): readonly Problem[] {
  const client = to.find((id) => cluster.clients.includes(id));
  const bad =
    client === undefined ? badName(to, cluster) : `${client} is a client, and servers are told something else; name a server`;
  return bad === undefined ? [] : [{ path: ["to"], message: bad }];
}
