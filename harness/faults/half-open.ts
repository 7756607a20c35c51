/** half-open: one end of a connection goes on as if it stood, while the other knows that it does not. */

import { z } from "zod";
import {
  type Connections,
  checkConnections,
  connectionsDoc,
  drawConnections,
  explicitConnections,
  onConnections,
  simplerConnections,
  withoutConnections,
} from "./connections.ts";
import type { Fault } from "./fault.ts";
import { target, targetDoc } from "./target.ts";

const schema = z.strictObject({
  "half-open": target
    .describe(
      `who does not hear that its connections broke (of a written one: the end named first): ${connectionsDoc}${targetDoc}`,
    )
    .meta({ examples: ["any", "leader", "n1 <-> n2"] }),
});

type Item = z.infer<typeof schema>;

export const halfOpen: Fault<Item, Connections> = {
  word: "half-open",
  doc: "A connection breaks and one end does not hear of it, as when its peer was cut off by a firewall: what it sends is lost until the stream's time-out.",
  effect: "a connection broke, or something was sent over one that was broken",
  lasts: "moment",
  schema,
  check: (item, cluster) => checkConnections(item["half-open"], cluster, "half-open"),
  draw: (item, cluster) => drawConnections(item["half-open"], cluster),
  explicit: (params) => ({ "half-open": explicitConnections(params) }),
  simpler(params) {
    const fewer = simplerConnections(params).map((less) => ({ fault: "half-open", params: less }));
    return [...fewer, { fault: "disconnect", params: { ...params, heard: "both" } }];
  },
  without: withoutConnections,
  // "One" is who hears: the other end.
  begin: (world, id, params) => onConnections(world, params, (deaf, hears) => world.disconnect(id, hears, deaf, "one")),
};
