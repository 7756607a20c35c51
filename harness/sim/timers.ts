/** Timers: due at a moment of their node's stop-watch, whatever becomes of its rate. */

import { type Scheduled, type SimNode, scheduledKind, type Timer } from "./node.ts";
import type { Parts } from "./parts.ts";

export class Timers {
  private readonly parts: Parts;

  constructor(parts: Parts) {
    this.parts = parts;
  }

  arm(
    node: SimNode,
    name: string,
    data: unknown,
    dueElapsedUs: number,
    hash: number,
    cause: number,
    site: string | undefined,
  ): void {
    const { loop } = this.parts;
    let timer = node.timers.get(name);
    const dueUs = Math.max(loop.nowUs, node.clock.trueAt(dueElapsedUs));
    const order = loop.nextOrder();
    if (timer === undefined) {
      timer = { name, data, armed: true, dueElapsedUs, dueUs, order, queuedUs: -1, queuedOrder: -1, cause, hash, site };
      node.timers.set(name, timer);
      this.enqueue(node, timer);
      return;
    }
    timer.data = data;
    timer.armed = true;
    timer.dueElapsedUs = dueElapsedUs;
    timer.dueUs = dueUs;
    timer.order = order;
    timer.cause = cause;
    timer.site = site;
    timer.hash = hash;
    // It stands in the queue at an earlier place: leave it there, it will move itself on. Else put it at its new place.
    if (timer.queuedUs < 0 || timer.queuedUs > dueUs) this.enqueue(node, timer);
    if (node.overdue.length > 0) node.overdue = node.overdue.filter((other) => other !== timer);
  }

  /** The timer whose entry in the queue has come up, when it is due now; else it has moved on, or is no more. */
  due(event: Scheduled): Timer | undefined {
    const { nowUs } = this.parts.loop;
    const timer = event.subject as Timer;
    const node = event.node!;
    // A dead incarnation's timer, or an entry whose timer was moved forward and stands elsewhere by now.
    if (node.timers.get(timer.name) !== timer || timer.queuedUs !== nowUs || timer.queuedOrder !== event.hash) return undefined;
    timer.queuedUs = -1;
    if (!timer.armed) return undefined;
    if (timer.dueUs <= nowUs && timer.order === event.hash) return timer;
    this.enqueue(node, timer);
    return undefined;
  }

  /** A changed rate moves every pending timer: they are due at a moment of the node's stop-watch, not of true time. */
  move(node: SimNode): void {
    const { nowUs } = this.parts.loop;
    for (const timer of node.timers.values()) {
      if (!timer.armed || node.overdue.includes(timer)) continue;
      timer.dueUs = Math.max(nowUs, node.clock.trueAt(timer.dueElapsedUs));
      if (timer.queuedUs < 0 || timer.queuedUs > timer.dueUs) this.enqueue(node, timer);
    }
  }

  private enqueue(node: SimNode, timer: Timer): void {
    timer.queuedUs = timer.dueUs;
    timer.queuedOrder = timer.order;
    this.parts.loop.queue.push(timer.dueUs, timer.order, {
      kind: scheduledKind.timer,
      node,
      from: undefined,
      channel: 0,
      subject: timer,
      hash: timer.order,
      cause: 0,
    });
  }
}
