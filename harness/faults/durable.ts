/** Faults that destroy durable state keep to what the protocol states that it bears, unless the item says `beyond: true`. */

import { z } from "zod";
import type { Tolerance } from "../protocol.ts";
import { borne } from "../sim/disks.ts";
import type { Cluster, Problem } from "./fault.ts";

/** The option of all such faults. */
export const beyond = z
  .boolean({ error: "expected true or false" })
  .describe(
    "true: also on more servers than the protocol states that it bears, and the report says so; false (default): those are spared",
  )
  .optional();

/** In a plan: absent where it is false. */
export type Beyond = { readonly beyond?: true };

export function beyondOf(item: { readonly beyond?: boolean | undefined }): Beyond {
  return item.beyond === true ? { beyond: true } : {};
}

const whom: Readonly<Record<keyof Tolerance, string>> = {
  wiped: "whose disk is wiped",
  forgets: "that forgets what was durable",
  damaged: "whose disk is damaged",
};

/** An item that would never happen, as the protocol bears none of it. */
export function checkBorne(
  how: keyof Tolerance,
  item: { readonly beyond?: boolean | undefined },
  cluster: Cluster,
  path: Problem["path"],
): readonly Problem[] {
  if (item.beyond === true || cluster.bears === undefined || borne(cluster.bears)[how] > 0) return [];
  return [
    {
      path,
      message: `this protocol states that it bears no server ${whom[how]}, so this would never happen; write "beyond: true" beside it, or take it out`,
    },
  ];
}
