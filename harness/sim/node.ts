/** One node of the simulated cluster, as the world keeps it: what outlives a crash, and the incarnation that does not. */

import type { NodeId } from "../protocol.ts";
import { hashText } from "./chance.ts";
import { NodeClock } from "./clock.ts";
import type { NodeContext } from "./context.ts";
import { SimDisk } from "./disk.ts";
import type { Driver } from "./driver.ts";
import type { Effects } from "./effects.ts";
import type { Channel } from "./trace.ts";
import type { Clocks, CutCondition, CutPlace, FaultId } from "./world.ts";

export const scheduledKind = { deliver: 1, timer: 2, goOn: 3, call: 4, segment: 5, news: 6, order: 7 } as const;

/** What waits in the event queue. One shape for all kinds, so that the loop stays fast. */
export interface Scheduled {
  readonly kind: number;
  readonly node: SimNode | undefined;
  /** deliver, news: the sender, the peer. */
  readonly from: SimNode | undefined;
  /** deliver: the channel's number. */
  readonly channel: number;
  /** deliver: the message; timer: the Timer; goOn: the effects that wait; call: the action; order: an Order; segment, news: see connections.ts. */
  readonly subject: unknown;
  readonly hash: number;
  readonly cause: number;
}

/** What the operator says, and the fault that says it. */
export interface Order {
  readonly order: string;
  readonly by: FaultId;
}

export const channelNumber = { message: 0, request: 1, answer: 2 } as const;
export const channelNames: readonly Channel[] = ["message", "request", "answer"];

/**
 * A timer by its name. Setting it again only moves `dueUs`: its place in the queue is kept when that is not later than the new
 * one, and moved when it comes up. So a heartbeat that resets an election time-out costs no queue operation.
 */
export interface Timer {
  readonly name: string;
  data: unknown;
  armed: boolean;
  /** On the node's stop-watch. */
  dueElapsedUs: number;
  /** In true time, and the order drawn when it was set: where it belongs in the queue. */
  dueUs: number;
  order: number;
  /** Where it stands in the queue now; -1 when it does not. */
  queuedUs: number;
  queuedOrder: number;
  cause: number;
  hash: number;
  /** Where it was set, in the source; only beside a trace. */
  site: string | undefined;
}

/** A crash that waits for the next handler that fits. */
export interface ArmedCrash {
  readonly id: FaultId;
  readonly where: CutCondition | CutPlace;
  readonly then: () => void;
}

export class SimNode {
  readonly id: NodeId;
  readonly index: number;
  readonly role: string;
  readonly isClient: boolean;
  /** Hash of the name: never the index, which moves when nodes are taken away. */
  readonly key: number;
  readonly disk = new SimDisk();
  readonly clock = new NodeClock();

  /** The incarnation: undefined while the node is down. */
  handler: Driver | undefined = undefined;
  /** Whether its `inspect()` is running: then ctx is not at hand, and to ask for it is no breach. */
  inspecting = false;
  /** Its calls are not over when they return. */
  goesOn = false;
  context: NodeContext | undefined = undefined;
  incarnation = 0;
  timers = new Map<string, Timer>();
  /** Effects that are still to be applied: the node is busy. */
  rest: Effects | undefined = undefined;
  busyUntilUs = 0;
  restCause = 0;
  /** Which handler they came from. */
  restKind = 0;
  restSubject: unknown = undefined;
  /** What arrived while it was paused or busy. */
  waiting: Scheduled[] = [];
  overdue: Timer[] = [];

  readonly pausedBy = new Set<FaultId>();
  readonly slowBy = new Map<FaultId, number>();
  readonly driftBy = new Map<FaultId, number>();
  readonly jumpedBy = new Map<FaultId, number>();
  readonly frozenBy = new Map<FaultId, Clocks>();
  armed: ArmedCrash[] = [];
  /** Counts draws within a millisecond, for the keys of ctx.random. */
  drawMs = -1;
  draws = 0;
  crashes = 0;

  constructor(id: NodeId, index: number, role: string, isClient: boolean) {
    this.id = id;
    this.index = index;
    this.role = role;
    this.isClient = isClient;
    this.key = hashText(id);
  }

  get up(): boolean {
    return this.handler !== undefined;
  }

  get paused(): boolean {
    return this.pausedBy.size > 0;
  }

  slowUs(): number {
    let sum = 0;
    for (const extra of this.slowBy.values()) sum += extra;
    return sum;
  }
}
