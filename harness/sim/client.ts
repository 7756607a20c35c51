/** The default client: asks one server, waits, follows redirects, retries where told to, and gives up after a while. */

import type { ClientPolicy, Node, NodeId, Request } from "../protocol.ts";
import type { Answer, AskingContext } from "./context.ts";

/** How many redirects one try follows before it waits: two servers may point at each other. */
const mostHops = 6;
/** How long it waits when nobody knows whom to ask, in ms. */
const waitMs = 40;

/** What it may be told to send again: the request that is under way, the one that was answered last, or whichever there is. */
export const resubmits = { open: "resubmit open", answered: "resubmit answered", any: "resubmit" } as const;

/** The servers that a client knows. */
export interface Hosts {
  readonly asked: readonly NodeId[];
  /** Not asked, but followed to. */
  readonly spares: readonly NodeId[];
}

export class DefaultClient implements Node<Answer> {
  private readonly ctx: AskingContext;
  private readonly policy: ClientPolicy;
  private readonly servers: readonly NodeId[];
  private readonly spares: readonly NodeId[];
  private request: Request | undefined;
  /** Whoever answered or was named last; kept between operations unless the policy is "any". */
  private favourite: NodeId | undefined;
  private asked: NodeId | undefined;
  private hops = 0;
  /** Servers that were asked and have not answered, one entry for each time: through them the operation may still happen. */
  private open: NodeId[] = [];
  /** The last request that may come to a server a second time, and whom it was sent to: not one that surely did not happen. */
  private last: { readonly request: Request; readonly to: NodeId } | undefined;

  constructor(ctx: AskingContext, policy: ClientPolicy, { asked, spares }: Hosts) {
    this.ctx = ctx;
    this.policy = policy;
    this.servers = asked;
    this.spares = spares;
  }

  onRequest(request: Request): void {
    this.request = request;
    this.open = [];
    if (this.policy.target === "any") this.favourite = undefined;
    this.ctx.setTimer("give up", this.policy.timeoutMs);
    this.ask(this.favourite ?? this.ctx.random.pick(this.servers));
  }

  onMessage(from: NodeId, answer: Answer): void {
    const { request } = this;
    if (request === undefined || answer.request !== request.id) return;
    switch (answer.kind) {
      case "ok":
        // It may have been another role that answered; that is not whom clients ask.
        if (this.knows(from)) this.favourite = from;
        this.end(from);
        this.ctx.reply(request, answer.result);
        return;
      case "fail":
        // Whoever was asked may have let another answer for it.
        if (!this.answered(from)) this.open.pop();
        this.end(this.open[0]);
        if (this.open.length > 0)
          this.ctx.giveUp(request, `${from} refused (${answer.reason}), but an earlier try is unanswered and may still happen`);
        else this.ctx.fail(request, answer.reason);
        return;
      case "redirect":
        // A server that says no twice to one question has said nothing about the server that was asked since.
        if (this.answered(from)) this.redirected(from, answer.to);
    }
  }

  onTimer(name: string): void {
    const { request } = this;
    if (request === undefined) return;
    if (name === "give up") {
      this.favourite = undefined;
      this.end(this.asked);
      this.ctx.giveUp(request, `no answer within ${this.policy.timeoutMs} ms`);
      return;
    }
    this.favourite = undefined;
    this.hops = 0;
    this.ask(this.another(this.asked));
  }

  /** Of the fault `resubmit`. */
  onOrder(order: string): void {
    const { request, last } = this;
    if (request !== undefined && this.asked !== undefined && order !== resubmits.answered) {
      // One more way for it to happen: only when this copy is answered as well is a failure sure.
      this.open.push(this.asked);
      this.ctx.ask(this.asked, request);
    } else if (last !== undefined && order !== resubmits.open) this.ctx.ask(last.to, last.request);
  }

  private redirected(from: NodeId, to: NodeId | undefined): void {
    if (to !== undefined && to !== from && this.hops < mostHops && this.knows(to)) {
      this.hops++;
      if (this.policy.target !== "any") this.favourite = to;
      this.ask(to);
      return;
    }
    // Nobody knows: give them a moment (not always the same one, or clients move in step), then ask somebody else.
    this.asked = from;
    this.ctx.setTimer("try", waitMs + this.ctx.random.integer(0, waitMs));
  }

  private ask(server: NodeId): void {
    this.asked = server;
    this.open.push(server);
    this.ctx.ask(server, this.request!);
    if (this.policy.retry) this.ctx.setTimer("try", this.policy.tryMs);
    else this.ctx.cancelTimer("try");
  }

  /** Takes note that the server has answered; false when nothing had been asked of it. */
  private answered(server: NodeId): boolean {
    const at = this.open.indexOf(server);
    if (at < 0) return false;
    this.open.splice(at, 1);
    return true;
  }

  private knows(server: NodeId): boolean {
    return this.servers.includes(server) || this.spares.includes(server);
  }

  private another(than: NodeId | undefined): NodeId {
    const others = this.servers.filter((server) => server !== than);
    return others.length === 0 ? this.servers[0]! : this.ctx.random.pick(others);
  }

  /** `to`: whom a copy of the request would go to; none, when it surely did not happen. */
  private end(to: NodeId | undefined): void {
    this.last = to === undefined ? undefined : { request: this.request!, to };
    this.request = undefined;
    this.hops = 0;
    this.ctx.cancelTimer("give up");
    this.ctx.cancelTimer("try");
  }
}
