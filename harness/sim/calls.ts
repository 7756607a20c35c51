/** What comes to a node, as a call of its handler: messages, requests, answers, timers, news of connections, orders. */

import type { Request } from "../protocol.ts";
import { hashText, mix } from "./chance.ts";
import type { News } from "./connections.ts";
import { handlers } from "./handling.ts";
import { way, what } from "./journal.ts";
import { typeOf } from "./moments.ts";
import { channelNames, channelNumber, type Order, type Scheduled, type SimNode, scheduledKind, type Timer } from "./node.ts";
import type { Parts } from "./parts.ts";

export class Calls {
  private readonly parts: Parts;

  constructor(parts: Parts) {
    this.parts = parts;
  }

  /** Its turn has come: the node is up, awake and free. */
  come(node: SimNode, event: Scheduled): void {
    if (event.kind === scheduledKind.deliver) this.deliver(node, event);
    else if (event.kind === scheduledKind.news) this.hear(node, event);
    else this.obey(node, event);
  }

  private deliver(node: SimNode, event: Scheduled): void {
    const { watches, post } = this.parts;
    if (watches.none) {
      this.handle(node, event);
      return;
    }
    const name = received(event);
    watches.happen(node, "before", "receive", name);
    // A fault that began here has taken the node away, or stopped it: then the message meets it as it is now.
    if (node.up && !node.paused) {
      this.handle(node, event);
      watches.happen(node, "after", "receive", name);
    } else post.arrive(event);
  }

  private handle(node: SimNode, event: Scheduled): void {
    const { journal, handling, asked, post, loop } = this.parts;
    const { channel, subject, hash } = event;
    const handler = node.handler!;
    if (handling.mutating?.doubles(node, event) === true) loop.push(loop.nowUs, event);
    if (channel === channelNumber.message) {
      if (post.lies !== undefined) post.lies.handled(event);
      const from = event.from!;
      journal.note(what.deliver, way(from, node), hash);
      const cause = journal.tracing
        ? journal.record(node.id, event.cause, { kind: "deliver", channel: "message", from: from.id, message: subject })
        : 0;
      handling.enter(node, handlers.message, subject);
      let result: unknown;
      try {
        result = handler.message(from.id, subject);
      } catch (error) {
        handling.threw(node, error);
      }
      handling.leave(node, result, cause);
      return;
    }
    let cause = 0;
    if (node.isClient && channel === channelNumber.request) cause = asked.invoked(node, hash);
    else {
      journal.note(what.deliver, way(event.from!, node), mix(hash, channel));
      if (journal.tracing) {
        cause = journal.record(node.id, event.cause, {
          kind: "deliver",
          channel: channelNames[channel]!,
          from: event.from!.id,
          message: subject,
        });
      }
    }
    const isRequest = channel === channelNumber.request;
    handling.enter(node, isRequest ? handlers.request : handlers.answer, subject);
    let result: unknown;
    try {
      result = isRequest ? handler.request(subject as Request) : handler.message(event.from!.id, subject);
    } catch (error) {
      handling.threw(node, error);
    }
    handling.leave(node, result, cause);
  }

  /** A connection stands, or is gone: the node hears it in its turn. */
  private hear(node: SimNode, event: Scheduled): void {
    const { journal, handling, post } = this.parts;
    const news = event.subject as News;
    const { gone, by } = news;
    const peer = event.from!;
    post.hears(news);
    journal.note(gone === undefined ? what.connect : what.disconnect, way(peer, node), event.hash);
    const about = { peer: peer.id, connection: event.hash };
    const cause = journal.tracing
      ? journal.record(
          node.id,
          event.cause,
          gone === undefined
            ? { kind: "connect", ...about }
            : { kind: "disconnect", ...about, why: gone, ...(by.length === 0 ? {} : { by: [...by] }) },
        )
      : 0;
    handling.enter(node, gone === undefined ? handlers.connect : handlers.disconnect, peer.id);
    let result: unknown;
    try {
      result = gone === undefined ? node.handler!.connect(peer.id) : node.handler!.disconnect(peer.id);
    } catch (error) {
      handling.threw(node, error);
    }
    handling.leave(node, result, cause);
  }

  /** The operator says something. */
  private obey(node: SimNode, event: Scheduled): void {
    const { journal, handling, blame } = this.parts;
    const { order, by } = event.subject as Order;
    journal.note(what.order, node.key, event.hash);
    const cause = journal.tracing ? journal.record(node.id, 0, { kind: "order", order, by }) : 0;
    if (!node.isClient) blame.effect(by);
    handling.enter(node, handlers.order, order);
    let result: unknown;
    try {
      result = node.handler!.order(order);
    } catch (error) {
      handling.threw(node, error);
    }
    // A client may have nothing that it could send again.
    if (node.isClient && handling.effects.count > 0) blame.effect(by);
    handling.leave(node, result, cause);
  }

  fire(node: SimNode, timer: Timer): void {
    const { journal, handling, watches } = this.parts;
    if (!watches.none) {
      watches.happen(node, "before", "timer", timer.name);
      if (!node.up) return;
      if (node.paused) {
        timer.armed = true;
        node.overdue.push(timer);
        return;
      }
    }
    timer.armed = false;
    const { name, data } = timer;
    journal.note(what.timer, node.key, mix(hashText(name), timer.hash));
    const cause = journal.tracing
      ? journal.record(
          node.id,
          timer.cause,
          data === undefined ? { kind: "timer", name } : { kind: "timer", name, data },
          timer.site,
        )
      : 0;
    const handler = node.handler!;
    handling.enter(node, handlers.timer, name);
    let result: unknown;
    try {
      result = handler.timer(name, data);
    } catch (error) {
      handling.threw(node, error);
    }
    handling.leave(node, result, cause);
  }
}

/** What was received, as a moment names it. */
function received({ channel, subject }: Scheduled): string {
  if (channel === channelNumber.message) return typeOf(subject);
  return channel === channelNumber.request ? "request" : "answer";
}
