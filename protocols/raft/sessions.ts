/** The replicated state: the state machine behind its clients' sessions (thesis §6.3), so that a retried request is applied once. */

import type { NodeId, Request } from "../../harness/protocol.ts";
import type { StateMachine } from "./state-machine.ts";

interface Session {
  readonly serial: number;
  readonly result: unknown;
}

/** "superseded": a later request of this client was applied already; nobody waits for this one any more. */
export type Standing = "new" | "answered" | "superseded";

/** Sessions are part of the state: every server fills its own from the log, in the same order. */
export class Sessions<State, Op> {
  private state: State;
  private readonly machine: StateMachine<State, Op>;
  private readonly sessions = new Map<NodeId, Session>();

  constructor(machine: StateMachine<State, Op>) {
    this.machine = machine;
    this.state = machine.init;
  }

  standing(request: Request): Standing {
    const last = this.sessions.get(request.client)?.serial ?? 0;
    if (request.serial > last) return "new";
    return request.serial === last ? "answered" : "superseded";
  }

  apply(request: Request): void {
    const [state, result] = this.machine.apply(this.state, request.op as Op);
    this.state = state;
    this.sessions.set(request.client, { serial: request.serial, result });
  }

  /** The saved result of the client's latest request. */
  result(client: NodeId): unknown {
    return this.sessions.get(client)?.result;
  }

  isRead(op: unknown): boolean {
    return this.machine.isRead(op as Op);
  }

  read(op: unknown): unknown {
    return this.machine.apply(this.state, op as Op)[1];
  }
}
