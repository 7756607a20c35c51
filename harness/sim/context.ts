/** ctx, as the simulated world gives it to a node: records effects, answers immediate questions, refuses what is against the contract. */

import type { ClientContext, Disk, Labels, Ms, NodeId, Random, Request } from "../protocol.ts";
import { below, finish, mix } from "./chance.ts";
import { ContextDisk } from "./context-disk.ts";
import { ContextRandom, drawKey } from "./context-random.ts";
import { effectKind } from "./effects.ts";
import { leaving } from "./guards.ts";
import type { Handling } from "./handling.ts";
import type { SimNode } from "./node.ts";
import { channelNumber } from "./node.ts";
import type { Parts } from "./parts.ts";
import { freezeAndHash, NotPlain } from "./plain.ts";

/** What a server tells a client about a request. */
export type Answer =
  | { readonly request: string; readonly kind: "ok"; readonly result: unknown }
  | { readonly request: string; readonly kind: "fail"; readonly reason: string }
  | { readonly request: string; readonly kind: "redirect"; readonly to?: NodeId };

/** What the default client may do beside: hand a server its request as it is. */
export interface AskingContext extends ClientContext {
  ask(to: NodeId, request: Request): void;
}

const farthestMs = 1e9;

export class NodeContext implements AskingContext {
  readonly id: NodeId;
  readonly role: string;
  readonly peers: readonly NodeId[];
  readonly spares: readonly NodeId[];
  readonly disk: Disk;
  readonly random: Random;
  private readonly parts: Parts;
  private readonly handling: Handling;
  private readonly node: SimNode;

  constructor(parts: Parts, node: SimNode) {
    this.parts = parts;
    this.handling = parts.handling;
    this.node = node;
    this.id = node.id;
    this.role = node.role;
    this.peers = parts.roster.peersOf(node);
    this.spares = parts.roster.spares;
    this.disk = new ContextDisk(this, parts, node);
    this.random = new ContextRandom(this, parts, node);
  }

  nodes(role?: string): readonly NodeId[] {
    this.check("nodes");
    return role === undefined ? this.parts.roster.members : this.parts.roster.membersOf(role);
  }

  now(): Ms {
    this.check("now");
    return this.parts.skews.wall(this.node) / 1000;
  }

  elapsed(): Ms {
    this.check("elapsed");
    return this.parts.skews.elapsed(this.node) / 1000;
  }

  send(to: NodeId, message: unknown): void {
    this.check("send");
    const hash = this.plain(message, "ctx.send", "message");
    this.handling.effects.add(effectKind.send, this.server(to, "ctx.send"), message, channelNumber.message, hash);
  }

  broadcast(message: unknown, to: readonly NodeId[] = this.peers): void {
    this.check("broadcast");
    const hash = this.plain(message, "ctx.broadcast", "message");
    const { effects } = this.handling;
    const order = this.drawOrder(to);
    for (const receiver of order) {
      effects.add(effectKind.send, this.server(receiver, "ctx.broadcast"), message, channelNumber.message, hash);
    }
  }

  reply(request: Request, result: unknown): void {
    this.check("reply");
    if (this.node.isClient) this.done("ok", result);
    else this.answer(request, { request: request.id, kind: "ok", result: result === undefined ? null : result }, "ctx.reply");
  }

  fail(request: Request, reason: string): void {
    this.check("fail");
    if (this.node.isClient) this.done("fail", reason);
    else this.answer(request, { request: request.id, kind: "fail", reason }, "ctx.fail");
  }

  redirect(request: Request, to?: NodeId): void {
    this.check("redirect");
    if (to !== undefined) this.parts.roster.find(to, "ctx.redirect");
    this.answer(
      request,
      to === undefined ? { request: request.id, kind: "redirect" } : { request: request.id, kind: "redirect", to },
      "ctx.redirect",
    );
  }

  ask(to: NodeId, request: Request): void {
    this.check("ask");
    const hash = this.plain(request, "ctx.ask", "request");
    this.handling.effects.add(effectKind.send, this.parts.roster.find(to, "ctx.ask"), request, channelNumber.request, hash);
  }

  giveUp(_request: Request, reason: string): void {
    this.check("giveUp");
    this.done("info", reason);
  }

  setTimer(name: string, afterMs: Ms, data?: unknown): void {
    this.check("setTimer");
    if (!(afterMs >= 0 && afterMs < farthestMs)) {
      this.break(`called ctx.setTimer("${name}", ${afterMs}); expected a number of ms, 0 or more`);
    }
    const hash = data === undefined ? 0 : this.plain(data, "ctx.setTimer", "data");
    const dueElapsedUs = this.parts.skews.elapsed(this.node) + Math.round(afterMs * 1000);
    this.handling.effects.add(effectKind.setTimer, name, data, dueElapsedUs, hash);
  }

  cancelTimer(name: string): void {
    this.check("cancelTimer");
    this.handling.effects.add(effectKind.cancelTimer, name, undefined, 0, 0);
  }

  log(message: string, data?: unknown): void {
    this.check("log");
    const hash = data === undefined ? 0 : this.plain(data, "ctx.log", "data");
    this.handling.effects.add(effectKind.log, message, data, 0, hash);
  }

  fact(name: string, data: object = nothing): void {
    this.check("fact");
    const hash = this.plain(data, `ctx.fact("${name}")`, "data");
    this.handling.effects.add(effectKind.fact, name, data, 0, hash);
  }

  sometimes(goal: string): void {
    this.check("sometimes");
    this.handling.effects.add(effectKind.goal, goal, undefined, 0, 0);
  }

  count(name: string, by = 1, labels?: Labels): void {
    this.check("count");
    this.parts.journal.sample(this.node, "count", name, by, labels);
  }

  gauge(name: string, value: number, labels?: Labels): void {
    this.check("gauge");
    this.parts.journal.sample(this.node, "gauge", name, value, labels);
  }

  observe(name: string, value: number, labels?: Labels): void {
    this.check("observe");
    this.parts.journal.sample(this.node, "observe", name, value, labels);
  }

  /** Throws when this ctx is used outside its own handler. */
  check(method: string): void {
    const { handling, node } = this;
    if (handling.active !== this) {
      if (node.inspecting) throw new Error(`ctx.${method} was used in inspect(), where only fields are at hand`);
      const why =
        node.context !== this
          ? "by an incarnation that has crashed"
          : handling.active === undefined
            ? "outside a handler (in the constructor, in a promise or in a callback)"
            : `inside a handler of ${handling.active.id}`;
      leaving();
      throw handling.broke(
        `${this.id} used ctx.${method} ${why}; ctx may only be used inside the handler it was given to, before it returns`,
      );
    }
    if (handling.effects.count >= handling.mostEffects) {
      throw handling.broke(
        `${this.id} recorded more than ${handling.mostEffects} effects in one handler (${handling.label()}); it seems to loop`,
      );
    }
  }

  /** Freezes and hashes what a handler passes, or says where it is not plain data. */
  plain(value: unknown, call: string, what: string): number {
    try {
      return freezeAndHash(value);
    } catch (error) {
      if (!(error instanceof NotPlain)) throw error;
      return this.break(
        `passed ${error.message} to ${call}, at ${what}${error.path}; expected plain data (null, booleans, finite numbers, strings, bigints, arrays, plain objects)`,
      );
    }
  }

  break(what: string): never {
    throw this.handling.broke(`${this.id} ${what}, in ${this.handling.label()}`);
  }

  private server(name: NodeId, call: string): SimNode {
    const node = this.parts.roster.find(name, call);
    if (node.isClient && !this.parts.roster.ownClients)
      this.break(`sent a message to the client ${name} with ${call}; clients hear ctx.reply, ctx.fail and ctx.redirect`);
    return node;
  }

  private answer(request: Request, answer: Answer, call: string): void {
    const hash = this.plain(answer, call, "answer");
    this.handling.effects.add(effectKind.send, this.parts.roster.find(request.client, call), answer, channelNumber.answer, hash);
  }

  private done(outcome: "ok" | "fail" | "info", detail: unknown): void {
    const hash = this.plain(detail, "ctx.reply", "result");
    this.handling.effects.add(effectKind.done, outcome, detail, 0, hash);
  }

  private drawOrder(to: readonly NodeId[]): readonly NodeId[] {
    if (to.length < 2) return to;
    const order = to.slice();
    let key = drawKey(this.parts, this.node);
    for (let last = order.length - 1; last > 0; last--) {
      key = mix(key, last);
      const other = below(finish(key), last + 1);
      const kept = order[last]!;
      order[last] = order[other]!;
      order[other] = kept;
    }
    return order;
  }
}

const nothing = Object.freeze({});
