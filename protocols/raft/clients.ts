/** Clients (§8): requests find the leader, and are applied once each (thesis §6.3). */

import type { NodeId, Request } from "../../harness/protocol.ts";
import { isMember } from "./configuration.ts";
import { Membership } from "./membership.ts";
import type { Standing } from "./sessions.ts";

export abstract class Clients<State, Op> extends Membership<State, Op> {
  /** Requests that came while nobody knew a leader, by id. */
  protected readonly homeless = new Map<string, Request>();
  /** On leaders: requests in the log that are not applied yet, by id. */
  private readonly pending = new Map<string, Request>();

  onRequest(request: Request): void {
    if (!this.isLeader) this.sendOn(request);
    else if (this.sessions.isRead(request.op)) this.onRead(request);
    else this.onWrite(request);
  }

  private sendOn(request: Request): void {
    const { latest } = this.configurations;
    if (this.leader !== undefined) this.redirect(request, this.leader);
    else if (isMember(this.ctx.id, latest)) this.homeless.set(request.id, request);
    else this.redirect(request, this.ctx.random.pick(latest.servers)); // Nobody will tell who is no member.
  }

  private redirect(request: Request, leader: NodeId): void {
    this.ctx.redirect(request, leader);
    this.ctx.sometimes("request redirected");
  }

  protected onWrite(request: Request): void {
    const standing = this.standing(request);
    if (standing === "answered") {
      this.ctx.sometimes("retried request answered from the session");
      this.ctx.reply(request, this.sessions.result(request.client));
    } else if (standing === "new" && !this.pending.has(request.id)) {
      this.pending.set(request.id, request);
      this.appendOwn(request);
      this.sendNews();
    }
  }

  protected override apply(request: Request): void {
    const standing = this.standing(request);
    if (standing === "new") this.sessions.apply(request);
    if (!this.pending.delete(request.id) || standing === "superseded") return;
    if (standing === "answered") this.ctx.sometimes("retried request answered from the session");
    this.ctx.reply(request, this.sessions.result(request.client));
  }

  /** Whether this request was applied before (thesis §6.3). */
  protected standing(request: Request): Standing {
    return this.sessions.standing(request);
  }

  protected override follow(leader: NodeId): void {
    const known = this.leader === leader;
    super.follow(leader);
    if (known) return;
    for (const request of this.homeless.values()) this.redirect(request, leader);
    this.homeless.clear();
  }

  protected override becomeLeader(): void {
    super.becomeLeader();
    this.welcome();
  }

  /** Takes in the requests that waited for a leader. */
  protected welcome(): void {
    const waiting = [...this.homeless.values()];
    this.homeless.clear();
    for (const request of waiting) this.onRequest(request);
  }

  protected override stopLeading(term: number): void {
    super.stopLeading(term);
    // Nobody knows yet what becomes of the writes: say nothing.
    this.pending.clear();
  }

  protected abstract onRead(request: Request): void;
}
