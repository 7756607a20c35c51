/**
 * The client of the token lock: asks the coordinator again and again until its turn has come; whoever it asks may send it elsewhere.
 *
 * It may have waited for longer than its lease, so it does not count from when it first asked: the grant says which of its asks was
 * the newest that the coordinator had heard.
 */

import { type NodeId, never } from "../../harness/protocol.ts";
import { type Doing, LockClient, notToBeHad, type Owner } from "../locking/index.ts";
import type { Elsewhere, FromClient, ToClient } from "./messages.ts";

export class TokenClient extends LockClient<FromClient, ToClient> {
  private coordinator: NodeId | undefined;
  /** Whether the coordinator, as far as known, has answered since it was last asked. */
  private answered = false;

  protected override sendAsk(doing: Doing): void {
    const { owner, leaseMs } = doing;
    this.sendTo({ type: "want", owner, leaseMs, nth: doing.asked.length - 1 });
  }

  /** It stays in the queue, at its place, only while it goes on asking. */
  protected override onSilence(doing: Doing): void {
    if (this.isOutOfPatience(doing)) {
      this.release(doing, { kind: "fail", reason: notToBeHad });
      return;
    }
    if (!this.answered) this.coordinator = undefined;
    doing.sinceMs = doing.asked[this.numberAsk(doing)]!;
    this.sendAsk(doing);
    this.ctx.setTimer("next", this.tryMs);
  }

  protected override sendExtend(doing: Doing): void {
    this.sendTo({ type: "extend", owner: doing.owner, nth: this.numberAsk(doing) });
  }

  protected override giveBack(owner: Owner): void {
    this.sendTo({ type: "return", owner });
  }

  private sendTo(message: FromClient): void {
    this.coordinator ??= this.ctx.random.pick(this.ctx.nodes("server"));
    this.answered = false;
    this.ctx.send(this.coordinator, message);
  }

  protected override onLockMessage(from: NodeId, message: ToClient): void {
    if (from === this.coordinator) this.answered = true;
    const { doing } = this;
    if (doing?.owner !== message.owner) {
      if (message.type === "granted") this.giveBack(message.owner);
      return;
    }
    switch (message.type) {
      case "granted":
        if (doing.phase === "asking") this.granted(doing, message);
        else if (doing.phase === "waiting" || doing.phase === "releasing") this.giveBack(message.owner);
        break;
      case "queued":
        break;
      case "elsewhere":
        this.onElsewhere(from, message);
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

  /** It asks there when it is time to ask again. */
  private onElsewhere(from: NodeId, { coordinator }: Elsewhere): void {
    if (from !== this.coordinator) return;
    this.coordinator = coordinator;
    this.answered = coordinator !== undefined;
  }
}
