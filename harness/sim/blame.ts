/** Which fault really had an effect, how often, and since when. */

import type { Loop } from "./loop.ts";
import type { FaultId } from "./world.ts";

export class Blame {
  readonly counts = new Map<FaultId, number>();
  /** When each had its first effect. */
  readonly firstAtUs = new Map<FaultId, number>();
  private readonly loop: Loop;

  constructor(loop: Loop) {
    this.loop = loop;
  }

  effect(id: FaultId): void {
    const before = this.counts.get(id);
    if (before === undefined) this.firstAtUs.set(id, this.loop.nowUs);
    this.counts.set(id, (before ?? 0) + 1);
  }

  /** One for each of them. */
  all(ids: Iterable<FaultId>): void {
    for (const id of ids) this.effect(id);
  }
}
