/** bandwidth: a link takes so many messages a second, and the others queue. */

import { z } from "zod";
import type { Problem } from "./fault.ts";
import { linkFault } from "./link-fault.ts";
import { checkRate, drawRate, perSecond } from "./rate.ts";

const usual = "20/s..200/s";
/** Faster than this, no protocol of ours would notice. */
const mostPerSecond = 1_000;

interface Options {
  readonly rate?: string | undefined;
  readonly queue?: number | undefined;
}
type Bandwidth = { readonly perSecond: number; readonly queue?: number };

export const bandwidth = linkFault<"bandwidth", Options, Bandwidth>({
  word: "bandwidth",
  doc: "Some links take only so many messages a second; those beyond it queue, so that the delay grows with the load.",
  effect: "a message had to queue behind others, or found the queue full",
  whose: "whose links are narrow",
  options: {
    rate: perSecond.describe(`how many messages each link takes, or a range that it is drawn from (default ${usual})`).optional(),
    queue: z
      .int({ error: "expected a count of messages, 0 or more" })
      .min(0)
      .describe("how many messages may queue: those that come to a full queue are lost (default: any number, and none is lost)")
      .optional(),
  },
  bad: bounded,
  check: (item) => checkRate(item.rate, "rate"),
  draw: ({ rate, queue }) =>
    drawRate(rate ?? usual).map((drawn) => ({ perSecond: drawn, ...(queue === undefined ? {} : { queue }) })),
  explicit: ({ perSecond: rate, queue }) => ({ rate: `${rate}/s`, ...(queue === undefined ? {} : { queue }) }),
  milder({ perSecond: rate, queue }) {
    const wider = rate >= mostPerSecond ? [] : [{ perSecond: rate * 2, ...(queue === undefined ? {} : { queue }) }];
    return queue === undefined ? wider : [{ perSecond: rate }, ...wider];
  },
  begin: (world, id, link, rate) => world.worsen(id, link, { rate }),
  end: (world, id, link) => world.mend(id, link),
});

function bounded({ queue }: Options, { transport }: { readonly transport?: "datagram" | "stream" }): Problem | undefined {
  if (queue === undefined || transport !== "stream") return undefined;
  const message =
    'this protocol stands on streams, which lose nothing in a queue; take "queue" out, and what is sent waits as long as it must';
  return { path: ["queue"], message };
}
