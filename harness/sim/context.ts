/** ctx, as the simulated world gives it to a node: records effects, answers immediate questions, refuses what is against the contract. */

import type { ClientContext, Disk, Labels, Log, Ms, NodeId, Random, Request, Torn } from "../protocol.ts";
import { below, finish, mix } from "./chance.ts";
import type { Cluster } from "./cluster.ts";
import type { DiskWrite } from "./disk.ts";
import { effectKind } from "./effects.ts";
import { leaving } from "./guards.ts";
import type { SimNode } from "./node.ts";
import { channelNumber } from "./node.ts";
import { freezeAndHash, NotPlain } from "./plain.ts";

/** The protocol broke the rules of protocol.ts; the message is the whole sentence. */
export class ContractError extends Error {}

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
  readonly disk: Disk;
  readonly random: Random;
  private readonly world: Cluster;
  private readonly node: SimNode;

  constructor(world: Cluster, node: SimNode) {
    this.world = world;
    this.node = node;
    this.id = node.id;
    this.role = node.role;
    this.peers = world.peersOf(node);
    this.disk = new ContextDisk(this, world, node);
    this.random = new ContextRandom(this, world, node);
  }

  nodes(role?: string): readonly NodeId[] {
    this.check("nodes");
    return role === undefined ? this.world.servers : this.world.serversOf(role);
  }

  now(): Ms {
    this.check("now");
    return this.world.readWall(this.node) / 1000;
  }

  elapsed(): Ms {
    this.check("elapsed");
    return this.world.readElapsed(this.node) / 1000;
  }

  send(to: NodeId, message: unknown): void {
    this.check("send");
    const hash = this.plain(message, "ctx.send", "message");
    this.world.effects.add(effectKind.send, this.server(to, "ctx.send"), message, channelNumber.message, hash);
  }

  broadcast(message: unknown, to: readonly NodeId[] = this.peers): void {
    this.check("broadcast");
    const hash = this.plain(message, "ctx.broadcast", "message");
    const { world } = this;
    const order = this.drawOrder(to);
    for (const receiver of order) {
      world.effects.add(effectKind.send, this.server(receiver, "ctx.broadcast"), message, channelNumber.message, hash);
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
    if (to !== undefined) this.world.find(to, "ctx.redirect");
    this.answer(
      request,
      to === undefined ? { request: request.id, kind: "redirect" } : { request: request.id, kind: "redirect", to },
      "ctx.redirect",
    );
  }

  ask(to: NodeId, request: Request): void {
    this.check("ask");
    const hash = this.plain(request, "ctx.ask", "request");
    this.world.effects.add(effectKind.send, this.world.find(to, "ctx.ask"), request, channelNumber.request, hash);
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
    const { world, node } = this;
    world.skewRead(node, false);
    const dueElapsedUs = node.clock.elapsedUs(world.nowUs) + Math.round(afterMs * 1000);
    world.effects.add(effectKind.setTimer, name, data, dueElapsedUs, hash);
  }

  cancelTimer(name: string): void {
    this.check("cancelTimer");
    this.world.effects.add(effectKind.cancelTimer, name, undefined, 0, 0);
  }

  log(message: string, data?: unknown): void {
    this.check("log");
    const hash = data === undefined ? 0 : this.plain(data, "ctx.log", "data");
    this.world.effects.add(effectKind.log, message, data, 0, hash);
  }

  fact(name: string, data: object = nothing): void {
    this.check("fact");
    const hash = this.plain(data, `ctx.fact("${name}")`, "data");
    this.world.effects.add(effectKind.fact, name, data, 0, hash);
  }

  sometimes(goal: string): void {
    this.check("sometimes");
    this.world.effects.add(effectKind.goal, goal, undefined, 0, 0);
  }

  count(name: string, by = 1, labels?: Labels): void {
    this.check("count");
    this.world.sample(this.node, "count", name, by, labels);
  }

  gauge(name: string, value: number, labels?: Labels): void {
    this.check("gauge");
    this.world.sample(this.node, "gauge", name, value, labels);
  }

  observe(name: string, value: number, labels?: Labels): void {
    this.check("observe");
    this.world.sample(this.node, "observe", name, value, labels);
  }

  /** Throws when this ctx is used outside its own handler. */
  check(method: string): void {
    const { world, node } = this;
    if (world.active !== this) {
      const why =
        node.context !== this
          ? "by an incarnation that has crashed"
          : world.active === undefined
            ? "outside a handler (in the constructor, in a promise or in a callback)"
            : `inside a handler of ${world.active.id}`;
      leaving();
      throw world.broke(
        node,
        `${this.id} used ctx.${method} ${why}; ctx may only be used inside the handler it was given to, before it returns`,
      );
    }
    if (world.effects.count >= world.mostEffects) {
      throw world.broke(
        node,
        `${this.id} recorded more than ${world.mostEffects} effects in one handler (${world.handlerLabel()}); it seems to loop`,
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
    throw this.world.broke(this.node, `${this.id} ${what}, in ${this.world.handlerLabel()}`);
  }

  private server(name: NodeId, call: string): SimNode {
    const node = this.world.find(name, call);
    if (node.isClient && !this.world.ownClients)
      this.break(`sent a message to the client ${name} with ${call}; clients hear ctx.reply, ctx.fail and ctx.redirect`);
    return node;
  }

  private answer(request: Request, answer: Answer, call: string): void {
    const hash = this.plain(answer, call, "answer");
    this.world.effects.add(effectKind.send, this.world.find(request.client, call), answer, channelNumber.answer, hash);
  }

  private done(outcome: "ok" | "fail" | "info", detail: unknown): void {
    const hash = this.plain(detail, "ctx.reply", "result");
    this.world.effects.add(effectKind.done, outcome, detail, 0, hash);
  }

  private drawOrder(to: readonly NodeId[]): readonly NodeId[] {
    if (to.length < 2) return to;
    const order = to.slice();
    let key = this.world.drawKey(this.node);
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

class ContextRandom implements Random {
  private readonly context: NodeContext;
  private readonly world: Cluster;
  private readonly node: SimNode;

  constructor(context: NodeContext, world: Cluster, node: SimNode) {
    this.context = context;
    this.world = world;
    this.node = node;
  }

  integer(min: number, max: number): number {
    this.context.check("random");
    if (!(Number.isSafeInteger(min) && Number.isSafeInteger(max) && min <= max)) {
      this.context.break(`called ctx.random.integer(${min}, ${max}); expected two integers, the smaller one first`);
    }
    return min + below(this.draw(), max - min + 1);
  }

  real(): number {
    this.context.check("random");
    return this.draw() / 4294967296;
  }

  pick<T>(list: readonly T[]): T {
    this.context.check("random");
    if (list.length === 0) this.context.break("called ctx.random.pick with an empty list");
    return list[below(this.draw(), list.length)]!;
  }

  shuffle<T>(list: readonly T[]): T[] {
    this.context.check("random");
    const shuffled = list.slice();
    for (let last = shuffled.length - 1; last > 0; last--) {
      const other = below(this.draw(), last + 1);
      const kept = shuffled[last]!;
      shuffled[last] = shuffled[other]!;
      shuffled[other] = kept;
    }
    return shuffled;
  }

  private draw(): number {
    return finish(this.world.drawKey(this.node));
  }
}

class ContextDisk implements Disk {
  private readonly context: NodeContext;
  private readonly world: Cluster;
  private readonly node: SimNode;
  private readonly logs = new Map<string, ContextLog>();

  constructor(context: NodeContext, world: Cluster, node: SimNode) {
    this.context = context;
    this.world = world;
    this.node = node;
  }

  read<T>(name: string): T | undefined {
    this.context.check("disk.read");
    return this.node.disk.read(name) as T | undefined;
  }

  write(name: string, value: unknown): void {
    this.context.check("disk.write");
    const hash = this.context.plain(value, `ctx.disk.write("${name}")`, "value");
    this.record({ kind: "write", name, value }, hash);
  }

  log<Entry>(name: string): Log<Entry> {
    let log = this.logs.get(name);
    if (log === undefined) {
      log = new ContextLog(this.context, this, this.node, name);
      this.logs.set(name, log);
    }
    return log as unknown as Log<Entry>;
  }

  sync(): void {
    this.context.check("disk.sync");
    this.world.effects.add(effectKind.sync, undefined, undefined, 0, 0);
  }

  record(write: DiskWrite, hash: number): void {
    this.node.disk.see(write);
    this.world.effects.add(effectKind.disk, write, undefined, 0, hash);
  }
}

class ContextLog implements Log {
  private readonly context: NodeContext;
  private readonly disk: ContextDisk;
  private readonly node: SimNode;
  private readonly name: string;

  constructor(context: NodeContext, disk: ContextDisk, node: SimNode, name: string) {
    this.context = context;
    this.disk = disk;
    this.node = node;
    this.name = name;
  }

  get length(): number {
    this.context.check("disk.log.length");
    return this.node.disk.log(this.name).length;
  }

  get(index: number): unknown | Torn | undefined {
    this.context.check("disk.log.get");
    return this.node.disk.log(this.name)[index];
  }

  entries(): (unknown | Torn)[] {
    this.context.check("disk.log.entries");
    return this.node.disk.log(this.name).slice();
  }

  append(entry: unknown): void {
    this.context.check("disk.log.append");
    const hash = this.context.plain(entry, `ctx.disk.log("${this.name}").append`, "entry");
    this.disk.record({ kind: "append", name: this.name, index: this.node.disk.log(this.name).length, value: entry }, hash);
  }

  truncate(length: number): void {
    this.context.check("disk.log.truncate");
    if (!(Number.isSafeInteger(length) && length >= 0)) {
      this.context.break(`called ctx.disk.log("${this.name}").truncate(${length}); expected how many entries to keep, 0 or more`);
    }
    this.disk.record({ kind: "truncate", name: this.name, length }, length);
  }
}
