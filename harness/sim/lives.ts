/** The lives of nodes: how they start, fall, come back, sleep and wake, and what of that a fault may bring about. */

import type { DiskError, Node, NodeId } from "../protocol.ts";
import type { Place } from "./applying.ts";
import { below, finish, hashText, mix } from "./chance.ts";
import { DefaultClient } from "./client.ts";
import { NodeContext } from "./context.ts";
import { faultOf } from "./disks.ts";
import { type Driver, Handlers } from "./driver.ts";
import { entering, leaving } from "./guards.ts";
import { handlers } from "./handling.ts";
import { what } from "./journal.ts";
import { channelNumber, type Order, type SimNode, scheduledKind } from "./node.ts";
import type { Parts } from "./parts.ts";
import type { CutCondition, CutPlace, FaultId } from "./world.ts";

/** A process that died of an error of its disk is started again after this long, drawn anew each time. */
const backAfterUs = { min: 500_000, max: 1_000_000 };

export class Lives {
  private readonly parts: Parts;

  constructor(parts: Parts) {
    this.parts = parts;
  }

  /** `first`: at boot. Else it is a restart. */
  start(node: SimNode, first: boolean): void {
    const { loop, journal, handling, monitors, asked, post } = this.parts;
    if (handling.open !== undefined) {
      loop.call(loop.nowUs, () => {
        handling.mustRest();
        if (!node.up) this.start(node, first);
      });
      return;
    }
    node.incarnation++;
    node.clock.boot(loop.nowUs);
    const context = new NodeContext(this.parts, node);
    node.context = context;
    journal.note(first ? what.start : what.restart, node.key, node.incarnation);
    const cause = journal.tracing ? journal.record(node.id, 0, { kind: first ? "start" : "restart" }) : 0;
    if (!node.isClient) monitors.node(first ? "onStart" : "onRestart", node.id);
    else if (!first) monitors.node("onClientRestart", node.id);
    handling.kind = handlers.start;
    entering();
    try {
      node.handler = this.driverOf(node, context);
      node.goesOn = node.handler.settle !== undefined;
    } catch (error) {
      handling.threw(node, error);
    }
    leaving();
    const { handler } = node;
    if (handler === undefined || loop.stop !== undefined) return;
    handling.enter(node, handlers.start, undefined);
    let result: unknown;
    try {
      result = handler.start();
    } catch (error) {
      handling.threw(node, error);
    }
    handling.leave(node, result, cause);
    if (!node.isClient) post.started(node);
    asked.started(node);
  }

  private driverOf(node: SimNode, context: NodeContext): Driver {
    const { options, roster, handling } = this.parts;
    if (options.drive !== undefined && !node.isClient) return options.drive(context, node.id);
    const made = !node.isClient
      ? options.create(context, node.id)
      : options.createClient !== undefined
        ? options.createClient(context)
        : new DefaultClient(context, options.policy, roster.hostsFor(options.policy));
    return new Handlers(made as Node, (handler) => {
      const subject = String(handling.subject);
      const sentences = {
        onRequest: `${node.id} got a request, but its node has no onRequest; a ${node.role} that clients talk to must have one`,
        onTimer: `${node.id} set the timer "${subject}", but its node has no onTimer`,
        onOrder: `${node.id} got the order "${subject}", but its node has no onOrder; give it one, or aim the order at another role`,
      };
      throw handling.broke(sentences[handler]);
    });
  }

  /** `ledBy`: the record that led to it; `cut`: where it fell, when that was between two effects. */
  fall(node: SimNode, by: FaultId, ledBy: number, cut?: Place, site?: string, why?: string): void {
    const { journal, disks, post, monitors, asked, handling } = this.parts;
    handling.mutating?.falls(node);
    const { lost, torn } = disks.fall(node);
    handling.mutating?.fell(node);
    node.crashes++;
    node.handler = undefined;
    node.context = undefined;
    node.timers = new Map();
    node.rest = undefined;
    const unheard = node.waiting;
    node.waiting = [];
    node.overdue = [];
    node.pausedBy.clear();
    journal.note(what.crash, node.key, mix(lost, torn));
    const more = { ...(cut === undefined ? {} : { cut }), ...(why === undefined ? {} : { why }) };
    const cause = journal.tracing ? journal.record(node.id, ledBy, { kind: "crash", lost, torn, by, ...more }, site) : 0;
    if (!node.isClient) post.crashed(node, by, cause);
    // A client's next operation waits in the same line, but it was never sent: the client keeps it.
    for (const event of unheard) {
      if (event.kind === scheduledKind.deliver && !(node.isClient && event.channel === channelNumber.request))
        post.dropped(event, "down");
    }
    monitors.node(node.isClient ? "onClientCrash" : "onCrash", node.id);
    if (node.isClient) asked.fell(node, cause);
  }

  /** It did not catch an error of its disk. */
  die(node: SimNode, error: DiskError, cause: number, site: string | undefined): void {
    const { loop, roots } = this.parts;
    const { incarnation } = node;
    this.fall(node, faultOf(error), cause, undefined, site, error.message);
    const draw = finish(mix(mix(roots.disks, hashText(`${node.id} comes back`)), Math.floor(loop.nowUs / 1000)));
    const { min, max } = backAfterUs;
    loop.call(loop.nowUs + min + below(draw, max - min + 1), () => {
      if (!node.up && node.incarnation === incarnation) this.start(node, false);
    });
  }

  crash(id: FaultId, node: SimNode): boolean {
    if (!node.up) return false;
    this.crashNow(id, node);
    this.parts.blame.effect(id);
    return true;
  }

  private crashNow(id: FaultId, node: SimNode): void {
    const { at } = this.parts.applying;
    if (at?.node === node) this.fall(node, id, at.cause, at.cut);
    else this.fall(node, id, 0);
  }

  rollBack(id: FaultId, node: SimNode, ageUs: number, beyond: boolean): boolean {
    return this.parts.disks.rollBack(id, node, ageUs, beyond, () => this.crashNow(id, node));
  }

  restart(node: SimNode): boolean {
    if (node.up) return false;
    this.start(node, false);
    return true;
  }

  arm(id: FaultId, node: SimNode, where: CutCondition | CutPlace, then: () => void): void {
    node.armed.push({ id, where, then });
  }

  disarm(id: FaultId, node: SimNode): void {
    node.armed = node.armed.filter((armed) => armed.id !== id);
  }

  pause(id: FaultId, node: SimNode): void {
    if (!node.up) return;
    const { journal } = this.parts;
    if (!node.paused) {
      journal.note(what.pause, node.key, 0);
      if (journal.tracing) journal.record(node.id, 0, { kind: "pause" });
    }
    node.pausedBy.add(id);
  }

  resume(id: FaultId, node: SimNode): void {
    if (node.pausedBy.delete(id) && !node.paused && node.up) this.resumed(node);
  }

  private resumed(node: SimNode): void {
    const { journal, line } = this.parts;
    journal.note(what.resume, node.key, 0);
    if (journal.tracing) journal.record(node.id, 0, { kind: "resume" });
    line.resumed(node);
  }

  operate(id: FaultId, node: SimNode, order: string): void {
    const { loop, roster } = this.parts;
    // A selector may point at a client, and a protocol's own clients take no orders.
    if (node.isClient && roster.ownClients) return;
    // As an event of its own: the fault may begin in the middle of a handler.
    loop.push(loop.nowUs, {
      kind: scheduledKind.order,
      node,
      from: undefined,
      channel: 0,
      subject: { order, by: id } satisfies Order,
      hash: hashText(order),
      cause: 0,
    });
  }

  /** Everything is restarted and resumed, rates are 1, and no crash waits any more. */
  heal(): void {
    const { roster, skews, disks } = this.parts;
    for (const node of roster.nodes) {
      node.armed = [];
      node.slowBy.clear();
      skews.heal(node);
      disks.heal(node);
      if (!node.up) this.start(node, false);
      else if (node.paused) {
        node.pausedBy.clear();
        this.resumed(node);
      }
    }
  }

  /** A number that depends only on the seed, the fault and the purpose. */
  draw(id: FaultId, purpose: string): number {
    return finish(mix(mix(this.parts.roots.faults, hashText(id)), hashText(purpose)));
  }

  isUp(node: NodeId): boolean {
    return this.parts.roster.find(node, "a fault").up;
  }
}
