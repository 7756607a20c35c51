/** ctx as a node within a node sees it: everything goes through to the outer one, but for what a subclass changes. */

import type { Context, Disk, Labels, Ms, NodeId, Random, Request } from "../../harness/protocol.ts";

export class InnerContext implements Context {
  readonly id: NodeId;
  readonly role: string;
  readonly spares: readonly NodeId[];
  readonly random: Random;
  protected readonly outer: Context;

  constructor(outer: Context) {
    this.outer = outer;
    this.id = outer.id;
    this.role = outer.role;
    this.spares = outer.spares;
    this.random = outer.random;
  }

  get peers(): readonly NodeId[] {
    return this.outer.peers;
  }
  get disk(): Disk {
    return this.outer.disk;
  }
  nodes(role?: string): readonly NodeId[] {
    return this.outer.nodes(role);
  }
  now(): Ms {
    return this.outer.now();
  }
  elapsed(): Ms {
    return this.outer.elapsed();
  }
  send(to: NodeId, message: unknown): void {
    this.outer.send(to, message);
  }
  broadcast(message: unknown, to: readonly NodeId[] = this.peers): void {
    this.outer.broadcast(message, to);
  }
  reply(request: Request, result: unknown): void {
    this.outer.reply(request, result);
  }
  fail(request: Request, reason: string): void {
    this.outer.fail(request, reason);
  }
  redirect(request: Request, to?: NodeId): void {
    this.outer.redirect(request, to);
  }
  setTimer(name: string, afterMs: Ms, data?: unknown): void {
    this.outer.setTimer(name, afterMs, data);
  }
  cancelTimer(name: string): void {
    this.outer.cancelTimer(name);
  }
  log(message: string, data?: unknown): void {
    this.outer.log(message, data);
  }
  fact(name: string, data?: object): void {
    this.outer.fact(name, data);
  }
  sometimes(goal: string): void {
    this.outer.sometimes(goal);
  }
  count(name: string, by?: number, labels?: Labels): void {
    this.outer.count(name, by, labels);
  }
  gauge(name: string, value: number, labels?: Labels): void {
    this.outer.gauge(name, value, labels);
  }
  observe(name: string, value: number, labels?: Labels): void {
    this.outer.observe(name, value, labels);
  }
}
