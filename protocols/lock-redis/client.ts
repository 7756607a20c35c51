/** The client of a lock in one Redis server. */

import { type NodeId, never } from "../../harness/protocol.ts";
import { type Doing, LockClient, type Owner } from "../locking/index.ts";
import type { FromRedis, ToRedis } from "./messages.ts";

/** `To`: what a client of another deployment sends beside. */
export class RedisClient<To = never> extends LockClient<ToRedis | To, FromRedis> {
  protected override sendAsk({ owner, leaseMs }: Doing): void {
    this.ctx.send(this.redis(), { type: "set-nx", owner, leaseMs });
  }

  protected override sendExtend(doing: Doing): void {
    const { owner, leaseMs } = doing;
    this.ctx.send(this.redis(), { type: "extend-if-mine", owner, leaseMs, nth: this.numberAsk(doing) });
  }

  /** Also what was granted so late that it is no longer wanted. */
  protected override giveBack(owner: Owner): void {
    this.ctx.send(this.redis(), { type: "delete-if-mine", owner });
  }

  protected override onLockMessage(_from: NodeId, message: FromRedis): void {
    const { doing } = this;
    if (doing?.owner !== message.owner) {
      if (message.type === "granted") this.giveBack(message.owner);
      return;
    }
    switch (message.type) {
      case "granted":
        if (doing.phase === "asking") this.granted(doing, message);
        else this.giveBack(message.owner);
        break;
      case "taken":
        if (doing.phase === "asking") this.wait(doing);
        break;
      case "released":
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

  protected redis(): NodeId {
    return this.ctx.nodes("redis")[0]!;
  }
}
