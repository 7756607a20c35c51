/** disconnect: a connection breaks, and both ends hear of it, or one, or none. */

import { z } from "zod";
import type { Heard } from "../sim/world.ts";
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
  disconnect: target
    .describe(`which connections break: ${connectionsDoc}${targetDoc}`)
    .meta({ examples: ["any", "leader", "n1 <-> n2"] }),
  heard: z
    .enum(["both", "one", "none"], { error: "expected both, one or none" })
    .describe(
      "who hears of it at once: both ends (default), one (that named first, or the target), none; the others learn it after the stream's time-out, and what they send until then is lost",
    )
    .optional(),
});

type Item = z.infer<typeof schema>;
type Disconnect = Connections & { readonly heard: Heard };

const easier: Readonly<Record<Heard, readonly Heard[]>> = { both: [], one: ["both"], none: ["both", "one"] };

export const disconnect: Fault<Item, Disconnect> = {
  word: "disconnect",
  doc: "A connection of a protocol on streams breaks: what was under way is lost; the two ends connect again when both know of it.",
  effect: "a connection broke, or something was sent over one that was broken",
  lasts: "moment",
  schema,
  check: (item, cluster) => checkConnections(item.disconnect, cluster, "disconnect"),
  draw: (item, cluster) =>
    drawConnections(item.disconnect, cluster).map((params) => ({ ...params, heard: item.heard ?? "both" })),
  explicit: (params) => ({ disconnect: explicitConnections(params), heard: params.heard }),
  simpler(params) {
    const { heard, ...connections } = params;
    const fewer = simplerConnections(connections as Connections).map((less) => ({ ...less, heard }));
    const known = easier[heard].map((better) => ({ ...params, heard: better }));
    return [...fewer, ...known].map((less) => ({ fault: "disconnect", params: less }));
  },
  without(params, gone) {
    const { heard, ...connections } = params;
    const left = withoutConnections(connections as Connections, gone);
    return left && { ...left, heard };
  },
  begin: (world, id, params) =>
    onConnections(world, params, (first, second) => world.disconnect(id, first, second, params.heard)),
};
