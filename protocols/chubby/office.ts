/** What a master keeps in memory while it is in office: sessions with their leases, what their clients cache, writes that wait for them. */

import type { Ms, NodeId } from "../../harness/protocol.ts";
import type { Call, Event, News, SessionId } from "./messages.ts";

/** A keep-alive that waits for its answer. */
export interface Waiting {
  readonly from: NodeId;
  readonly n: number;
  /** When it came, by the master's stop-watch. */
  readonly cameMs: Ms;
}

export interface Session {
  readonly id: SessionId;
  /** When its lease is over, by the master's stop-watch. */
  untilMs: Ms;
  /** Its end has been proposed: no more leases. */
  ending: boolean;
  keepAlive: Waiting | undefined;
  /** Newest keep-alive so far: others are late. */
  newest: number;
  /** Told, or to be told, and not taken in yet. */
  events: Event[];
  lastEvent: number;
  /** Files whose content its client may be caching, and the newest generation of each that it was told. */
  readonly caches: Map<string, number>;
  /** Files that it has read, and so wants to hear of. */
  readonly interests: Set<string>;
}

/** A write that waits until nobody caches what it is to change. */
export interface PendingWrite {
  readonly call: Call;
  readonly from: NodeId;
  readonly file: string;
  readonly waitsFor: Set<SessionId>;
  proposed: boolean;
}

export class Office {
  readonly epoch: number;
  readonly sessions = new Map<SessionId, Session>();
  readonly writes = new Map<string, PendingWrite>();
  /** Step 6 of a fail-over: whose acknowledgement is still missing. */
  readonly unaware = new Set<SessionId>();
  /** Calls that came before step 7. */
  waiting: { readonly from: NodeId; readonly call: Call }[] = [];
  /** Step 7: all operations may proceed. */
  open = false;

  constructor(epoch: number) {
    this.epoch = epoch;
  }

  add(id: SessionId, untilMs: Ms): Session {
    const session: Session = {
      id,
      untilMs,
      ending: false,
      keepAlive: undefined,
      newest: 0,
      events: [],
      lastEvent: 0,
      caches: new Map(),
      interests: new Set(),
    };
    this.sessions.set(id, session);
    return session;
  }

  tell(session: Session, news: News): void {
    session.lastEvent += 1;
    session.events = [...session.events, { number: session.lastEvent, news }];
  }

  /** While a write waits, nobody may begin to cache what it is to change (§2.7: "uncachable"). */
  isUncachable(file: string): boolean {
    for (const write of this.writes.values()) if (write.file === file) return true;
    return false;
  }
}
