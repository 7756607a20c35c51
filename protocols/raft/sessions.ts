/** The replicated state: the state machine behind its clients' sessions (thesis §6.3), so that a retried request is applied once. */

import type { NodeId, Request } from "../../harness/protocol.ts";
import type { SavedState } from "./messages.ts";
import type { StateMachine } from "./state-machine.ts";

interface Session {
  readonly serial: number;
  readonly result: unknown;
}

/** "superseded": a later request of this client was applied already; nobody waits for this one any more. */
export type Standing = "new" | "answered" | "superseded";

/** Sessions are part of the state: every server fills its own from the log, in the same order, or takes them from a snapshot. */
export class Sessions<State, Op> {
  private current: State;
  private readonly machine: StateMachine<State, Op>;
  private readonly sessions = new Map<NodeId, Session>();

  constructor(machine: StateMachine<State, Op>) {
    this.machine = machine;
    this.current = machine.init;
  }

  get state(): State {
    return this.current;
  }

  standing(request: Request): Standing {
    const last = this.sessions.get(request.client)?.serial ?? 0;
    if (request.serial > last) return "new";
    return request.serial === last ? "answered" : "superseded";
  }

  apply(request: Request): void {
    const [state, result] = this.machine.apply(this.current, request.op as Op);
    this.current = state;
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
    return this.machine.apply(this.current, op as Op)[1];
  }

  save(): SavedState {
    const { machine, current } = this;
    return {
      state: machine.save === undefined ? current : machine.save(current),
      sessions: [...this.sessions].map(([client, { serial, result }]) => ({ client, serial, result })),
    };
  }

  load({ state, sessions }: SavedState): void {
    const { machine } = this;
    this.current = machine.load === undefined ? (state as State) : machine.load(state);
    this.sessions.clear();
    for (const { client, serial, result } of sessions) this.sessions.set(client, { serial, result });
  }
}
