/** The client of the ticket lock: takes a number, and asks again and again whether it has been called. */

import { type NodeId, never } from "../../harness/protocol.ts";
import { type Doing, LockClient, notToBeHad, type Owner } from "../locking/index.ts";
import type { ToClient, ToServer } from "./messages.ts";

export class TicketClient extends LockClient<ToServer, ToClient> {
  protected override sendAsk({ owner, leaseMs, asked }: Doing): void {
    this.ctx.send(this.server(), { type: "take", owner, leaseMs, nth: asked.length - 1 });
  }

  /** Who does not ask is passed over. */
  protected override onSilence(doing: Doing): void {
    if (this.isOutOfPatience(doing)) {
      this.release(doing, { kind: "fail", reason: notToBeHad });
      return;
    }
    doing.sinceMs = doing.asked[this.numberAsk(doing)]!;
    this.sendAsk(doing);
    this.ctx.setTimer("next", this.tryMs);
  }

  protected override sendExtend(doing: Doing): void {
    this.ctx.send(this.server(), { type: "extend", owner: doing.owner, ticket: doing.token!, nth: this.numberAsk(doing) });
  }

  protected override giveBack(owner: Owner): void {
    this.ctx.send(this.server(), { type: "return", owner });
  }

  protected override onLockMessage(_from: NodeId, message: ToClient): void {
    const { doing } = this;
    if (doing?.owner !== message.owner) {
      // Of a take that came late: nobody waits for this ticket.
      if (message.type === "called" || message.type === "wait") this.giveBack(message.owner);
      return;
    }
    switch (message.type) {
      case "wait":
        if (doing.phase === "waiting") this.giveBack(message.owner);
        break;
      case "called":
        if (doing.phase === "asking") this.granted(doing, { ...message, token: message.ticket });
        else if (doing.phase === "waiting" || doing.phase === "releasing") this.giveBack(message.owner);
        break;
      case "returned":
        this.released(doing);
        break;
      case "extended":
        this.extended(doing, message.nth);
        break;
      case "not-yours":
        this.lost(doing);
        break;
      default:
        never(message);
    }
  }

  private server(): NodeId {
    return this.ctx.nodes("server")[0]!;
  }
}
