/** The end of a datagram's link where a fault has put a gate: what does not fit into a jam is lost, what is shuffled goes on. */

import { mix } from "./chance.ts";
import { isBlocked, overtaken, pushedOut, shuffle, shuffled } from "./gates.ts";
import type { Network } from "./network.ts";
import type { Scheduled } from "./node.ts";
import type { Parts } from "./parts.ts";

export class Ends {
  private readonly parts: Parts;
  private readonly network: Network<Scheduled>;
  private readonly full: (event: Scheduled) => void;

  constructor(parts: Parts, network: Network<Scheduled>, full: (event: Scheduled) => void) {
    this.parts = parts;
    this.network = network;
    this.full = full;
  }

  /** A message has come to the end of a link that keeps it. */
  came(link: number): void {
    const queue = this.network.queue(link);
    if (queue.gates.size === 0) return;
    const { loop, blame } = this.parts;
    const out = pushedOut(queue, this.network.chance(link, loop.nowUs, "jam"));
    if (out !== undefined) {
      blame.effect(out.by);
      this.full(queue.waiting.splice(out.at, 1)[0]!);
      return;
    }
    if (isBlocked(queue)) return;
    const { count, withinUs } = shuffle(queue);
    if (queue.waiting.length >= count) this.letGo(link);
    else if (queue.waiting.length === 1) {
      const [first] = queue.waiting;
      loop.call(loop.nowUs + withinUs, () => {
        if (queue.waiting[0] === first && !isBlocked(queue)) this.letGo(link);
      });
    }
  }

  private letGo(link: number): void {
    const { loop, blame, line, post } = this.parts;
    const queue = this.network.queue(link);
    const { by } = shuffle(queue);
    const order = shuffled(queue.waiting.splice(0), mix(this.network.chance(link, loop.nowUs, "shuffle"), 1));
    for (let i = overtaken(order); i > 0; i--) blame.all(by);
    for (const { message } of order) {
      if (loop.stop !== undefined) return;
      // What was handled before it may have brought a fault with it.
      if (this.network.isCut(link)) post.arrive(message);
      else line.receive(message);
    }
  }
}
