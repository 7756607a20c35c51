/** Virtual time: what is still to happen, in order; moments of equal time come in the order in which they were planned. */

import { type Scheduled, scheduledKind } from "./node.ts";
import { EventQueue } from "./queue.ts";
import type { Budgets, Stop } from "./setup.ts";

export class Loop {
  nowUs = 0;
  stop: Stop | undefined = undefined;
  /** Set by the run when it has seen enough. */
  finished = false;
  events = 0;
  readonly budgets: Budgets;
  readonly queue = new EventQueue<Scheduled>();
  private order = 0;

  constructor(budgets: Budgets) {
    this.budgets = budgets;
  }

  /** The place among all that is planned for the same moment. */
  nextOrder(): number {
    return this.order++;
  }

  push(timeUs: number, scheduled: Scheduled): void {
    this.queue.push(timeUs, this.order++, scheduled);
  }

  /** An action as an event of its own. */
  call(atUs: number, action: () => void): void {
    this.push(Math.max(atUs, this.nowUs), {
      kind: scheduledKind.call,
      node: undefined,
      from: undefined,
      channel: 0,
      subject: action,
      hash: 0,
      cause: 0,
    });
  }

  /** Lets time go on up to a moment, one event after the other; ends early when the run is over. */
  run(untilUs: number, handle: (event: Scheduled) => void): void {
    const { queue } = this;
    while (this.stop === undefined && !this.finished && queue.firstTime <= untilUs) {
      this.nowUs = queue.firstTime;
      handle(queue.pop());
    }
    if (this.stop === undefined && !this.finished && this.nowUs < untilUs) this.nowUs = untilUs;
  }

  /** The next event up to a moment, at its time; undefined when there is none or the run is over. */
  next(untilUs: number): Scheduled | undefined {
    const { queue } = this;
    if (this.stop !== undefined || this.finished || queue.firstTime > untilUs || queue.size === 0) return undefined;
    this.nowUs = queue.firstTime;
    return queue.pop();
  }
}
