/** The line of what waits at a node: while it is paused or busy, or while another has not come to rest. */

import type { Effects } from "./effects.ts";
import { type Scheduled, type SimNode, scheduledKind, type Timer } from "./node.ts";
import type { Parts } from "./parts.ts";

export class Line {
  private readonly parts: Parts;

  constructor(parts: Parts) {
    this.parts = parts;
  }

  /** The links are behind it: it comes to the node, or to the end of its line. */
  receive(event: Scheduled): void {
    const { parts } = this;
    const node = event.node!;
    if (node.handler === undefined) {
      parts.post.dropped(event, "down");
      return;
    }
    if (node.paused) {
      parts.blame.all(node.pausedBy);
      node.waiting.push(event);
      return;
    }
    if (node.rest !== undefined || parts.handling.open !== undefined) {
      node.waiting.push(event);
      return;
    }
    parts.calls.come(node, event);
  }

  /** A timer's entry in the queue has come up. */
  timerUp(event: Scheduled): void {
    const { parts } = this;
    const timer = parts.timers.due(event);
    if (timer === undefined) return;
    const node = event.node!;
    if (node.paused) {
      parts.blame.all(node.pausedBy);
      node.overdue.push(timer);
    } else if (node.rest !== undefined) node.waiting.push(event);
    else parts.calls.fire(node, timer);
  }

  /** Keeps the node from everything else until these effects have been applied. */
  busy(node: SimNode, rest: Effects, cause: number, forUs: number): void {
    const { loop, handling } = this.parts;
    node.rest = rest;
    node.busyUntilUs = loop.nowUs + forUs;
    node.restCause = cause;
    node.restKind = handling.kind;
    node.restSubject = handling.subject;
    loop.push(node.busyUntilUs, {
      kind: scheduledKind.goOn,
      node,
      from: undefined,
      channel: 0,
      subject: rest,
      hash: 0,
      cause: 0,
    });
  }

  /** The time has come to go on; what it was busy with may be gone by now: with a crash, or because a resume has finished it. */
  busyNoMore(event: Scheduled): void {
    const node = event.node!;
    if (node.rest === event.subject && !node.paused) this.goOn(node);
  }

  private goOn(node: SimNode): void {
    const { handling, applying } = this.parts;
    const rest = node.rest!;
    node.rest = undefined;
    handling.kind = node.restKind;
    handling.subject = node.restSubject;
    applying.apply(node, rest, node.restCause);
    this.drain(node);
  }

  /** The node is awake again. */
  resumed(node: SimNode): void {
    if (node.rest === undefined) this.drain(node);
    else if (node.busyUntilUs <= this.parts.loop.nowUs) this.goOn(node);
  }

  /**
   * Handles what waited: what came while the node was busy or paused, in that order, then the timers that fell due in the pause.
   * (Timers of a busy node stand in line like messages, or one with more messages than it can handle would never see them.)
   */
  drain(node: SimNode): void {
    const { loop, handling, calls } = this.parts;
    while (loop.stop === undefined && node.up && !node.paused && node.rest === undefined && handling.open === undefined) {
      const next = node.waiting.shift();
      if (next !== undefined) {
        if (next.kind !== scheduledKind.timer) calls.come(node, next);
        else {
          const timer = next.subject as Timer;
          if (timer.armed && timer.order === next.hash) calls.fire(node, timer);
        }
        continue;
      }
      const timer = node.overdue.shift();
      if (timer === undefined) return;
      if (timer.armed) calls.fire(node, timer);
    }
  }
}
