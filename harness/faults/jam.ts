/** jam: messages pile up at a link whose queue is short, and what does not fit is lost. */

import { z } from "zod";
import { type Count, checkCount, counts, drawCount } from "./counts.ts";
import { linkFault } from "./link-fault.ts";

const usual = "1..10";

interface Options {
  readonly keeps?: Count | undefined;
  readonly drops?: "oldest" | "newest" | "any" | undefined;
}
type Jam = { readonly keeps: number; readonly drops: "oldest" | "newest" | "any" };

export const jam = linkFault<"jam", Options, Jam>({
  word: "jam",
  doc: "A link is clogged: messages wait at its end in a short queue, and are delivered in order when it is over; what the queue does not hold is lost, whereas hold keeps everything.",
  effect: "a message had to wait, or was pushed out of the queue",
  whose: "whose links are clogged",
  options: {
    keeps: counts
      .describe(`how many messages may wait at each link, or a range that it is drawn from (default ${usual})`)
      .optional(),
    drops: z
      .enum(["oldest", "newest", "any"], { error: "expected oldest, newest or any" })
      .describe(
        "which message is lost when there is one too many: the one that has waited longest (default), the one that comes, or a drawn one",
      )
      .optional(),
  },
  bad: (_item, { transport }) =>
    transport === "stream"
      ? {
          path: ["jam"],
          message:
            "this protocol stands on streams, which lose nothing in a queue: jam means nothing to it; write hold, or bandwidth",
        }
      : undefined,
  check: (item) => checkCount(item.keeps, "keeps"),
  draw: (item) => drawCount(item.keeps ?? usual).map((keeps) => ({ keeps, drops: item.drops ?? "oldest" })),
  explicit: ({ keeps, drops }) => ({ keeps, drops }),
  milder: ({ keeps, drops }) => (drops === "oldest" ? [] : [{ keeps, drops: "oldest" }]),
  instead: "hold",
  begin: (world, id, link, how) => world.gate(id, link, { kind: "jam", ...how }),
  end: (world, id, link) => world.ungate(id, link),
});
