/** pause: a process is stopped, and goes on later as if nothing had been. */

import { z } from "zod";
import type { Fault } from "./fault.ts";
import {
  type Chosen,
  checkTarget,
  drawTarget,
  explicitTarget,
  onNodes,
  simplerTarget,
  target,
  targetDoc,
  withoutNodes,
} from "./target.ts";

const schema = z.strictObject({
  pause: target.describe(`who stops: ${targetDoc}`).meta({ examples: ["any", "leader", "minority", "c1"] }),
});

type Item = z.infer<typeof schema>;

export const pause: Fault<Item, Chosen> = {
  word: "pause",
  doc: "A process stops, as by SIGSTOP or a long garbage collection; its clocks run on. At resume it gets its messages, then its overdue timers.",
  effect: "a message or a timer had to wait for the process",
  lasts: "for",
  schema,
  check: (item, cluster) => checkTarget(item.pause, cluster, ["pause"]),
  draw: (item, cluster) => drawTarget(item.pause, cluster),
  explicit: (chosen) => ({ pause: explicitTarget(chosen) }),
  simpler: (chosen) => simplerTarget(chosen).map((params) => ({ fault: "pause", params })),
  without: withoutNodes,
  begin: (world, id, chosen) =>
    onNodes(
      world,
      chosen,
      (node) => world.pause(id, node),
      (node) => world.resume(id, node),
    ),
};
