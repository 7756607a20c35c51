/** The default client: asks one server, waits, follows redirects, retries where told to, and gives up after a while. */

import type { ClientPolicy, Node, NodeId, Request } from "../protocol.ts";
import type { Answer, ClientContext } from "./context.ts";

/** How many redirects one try follows before it waits: two servers may point at each other. */
const mostHops = 6;
/** How long it waits when nobody knows whom to ask, in ms. */
const waitMs = 40;

export class DefaultClient implements Node<Answer> {
  private readonly ctx: ClientContext;
  private readonly policy: ClientPolicy;
  private readonly servers: readonly NodeId[];
  private request: Request | undefined;
  /** Whoever answered or was named last; kept between operations unless the policy is "any". */
  private favourite: NodeId | undefined;
  private asked: NodeId | undefined;
  private hops = 0;
  /** Servers that were asked and have not said no: through them the operation may still happen. */
  private open = 0;

  constructor(ctx: ClientContext, policy: ClientPolicy, servers: readonly NodeId[]) {
    this.ctx = ctx;
    this.policy = policy;
    this.servers = servers;
  }

  onRequest(request: Request): void {
    this.request = request;
    this.open = 0;
    if (this.policy.target === "any") this.favourite = undefined;
    this.ctx.setTimer("give up", this.policy.timeoutMs);
    this.ask(this.favourite ?? this.ctx.random.pick(this.servers));
  }

  onMessage(from: NodeId, answer: Answer): void {
    const { request } = this;
    if (request === undefined || answer.request !== request.id) return;
    switch (answer.kind) {
      case "ok":
        this.favourite = from;
        this.end();
        this.ctx.reply(request, answer.result);
        return;
      case "fail":
        this.open--;
        this.end();
        if (this.open > 0) this.ctx.giveUp(request, `${from} refused (${answer.reason}), but another server had been asked before and may still do it`);
        else this.ctx.fail(request, answer.reason);
        return;
      case "redirect":
        this.open--;
        this.redirected(from, answer.to);
    }
  }

  onTimer(name: string): void {
    const { request } = this;
    if (request === undefined) return;
    if (name === "give up") {
      this.favourite = undefined;
      this.end();
      this.ctx.giveUp(request, `no answer within ${this.policy.timeoutMs} ms`);
      return;
    }
    this.favourite = undefined;
    this.hops = 0;
    this.ask(this.another(this.asked));
  }

  private redirected(from: NodeId, to: NodeId | undefined): void {
    if (to !== undefined && to !== from && this.hops < mostHops && this.servers.includes(to)) {
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
    this.open++;
    this.ctx.ask(server, this.request!);
    if (this.policy.retry) this.ctx.setTimer("try", this.policy.tryMs);
    else this.ctx.cancelTimer("try");
  }

  private another(than: NodeId | undefined): NodeId {
    const others = this.servers.filter((server) => server !== than);
    return others.length === 0 ? this.servers[0]! : this.ctx.random.pick(others);
  }

  private end(): void {
    this.request = undefined;
    this.hops = 0;
    this.ctx.cancelTimer("give up");
    this.ctx.cancelTimer("try");
  }
}
