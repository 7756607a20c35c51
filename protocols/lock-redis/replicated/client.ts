/** The client of a lock in a primary with replicas: it asks the sentinel who is the primary whenever it has doubts. */

import type { NodeId } from "../../../harness/protocol.ts";
import type { Doing, FromResource } from "../../locking/index.ts";
import { RedisClient } from "../client.ts";
import type { FromRedis } from "../messages.ts";
import type { Config, PrimaryIs, ReadOnly, WhoIsPrimary } from "./messages.ts";

export class ReplicatedClient extends RedisClient<WhoIsPrimary> {
  private config: Config | undefined;

  override onMessage(from: NodeId, message: FromRedis | FromResource | PrimaryIs | ReadOnly): void {
    switch (message.type) {
      case "primary-is":
        if (message.epoch > (this.config?.epoch ?? 0)) this.config = { epoch: message.epoch, primary: message.primary };
        break;
      case "read-only":
        this.askSentinel();
        if (this.doing?.owner === message.owner && this.doing.phase === "asking") this.wait(this.doing);
        break;
      default:
        super.onMessage(from, message);
    }
  }

  protected override onSilence(doing: Doing): void {
    this.askSentinel();
    super.onSilence(doing);
  }

  private askSentinel(): void {
    this.ctx.send(this.ctx.nodes("sentinel")[0]!, { type: "who-is-primary" });
  }

  protected override redis(): NodeId {
    return this.config?.primary ?? super.redis();
  }
}
