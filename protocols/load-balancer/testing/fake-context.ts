/** A ctx for tests of single handlers: tells every effect in a short line, in order, and keeps a stop-watch. */

import type { Context, Disk, Ms, NodeId, Random, Request } from "../../../harness/protocol.ts";
import type { AssignedFact, LoadsFact } from "../messages.ts";

export const workers: readonly NodeId[] = ["worker1", "worker2", "worker3"];

export class FakeContext implements Context {
  readonly id: NodeId;
  readonly role: string;
  readonly peers = workers;
  readonly spares: readonly string[] = [];
  /** The stop-watch, in ms; set by the test. */
  elapsedMs: Ms = 0;
  /** Effects since the test last looked: "worker1 <- work c1#1/1 20", "reply c1#1 worker1", "loads 1 0 0". */
  told: string[] = [];

  constructor(id: NodeId, role: string) {
    this.id = id;
    this.role = role;
  }

  nodes(): readonly NodeId[] {
    return workers;
  }
  elapsed(): Ms {
    return this.elapsedMs;
  }
  send(to: NodeId, message: unknown): void {
    this.told.push(`${to} <- ${values(message as object)}`);
  }
  broadcast(message: unknown): void {
    this.told.push(`all <- ${values(message as object)}`);
  }
  reply(request: Request, result: unknown): void {
    this.told.push(`reply ${request.id} ${result}`);
  }
  fail(request: Request, reason: string): void {
    this.told.push(`fail ${request.id}: ${reason}`);
  }
  setTimer(name: string, afterMs: Ms): void {
    this.told.push(`timer ${name} ${afterMs}ms`);
  }
  fact(name: string, data: object = {}): void {
    if (name === "loads") this.told.push(`loads ${values((data as LoadsFact).open)}`);
    else if (name === "assigned") this.told.push(assigned(data as AssignedFact));
    else if (name !== "checked") this.told.push(`fact ${name} ${values(data)}`);
  }
  sometimes(goal: string): void {
    this.told.push(`sometimes ${goal}`);
  }
  gauge(): void {}
  count(): void {}
  observe(): void {}
  log(): void {}
  readonly random: Random = { integer: (min) => min, real: unused, pick: (list) => list[0]!, shuffle: (list) => [...list] };
  readonly disk: Disk = { read: unused, write: unused, log: unused, sync: unused };
  redirect = unused;
  cancelTimer = unused;
  now = unused;
}

function values(data: object): string {
  const texts = Object.values(data).map((value) =>
    typeof value === "object" ? Object.values(value as object).join("/") : value,
  );
  return texts.map(String).join(" ");
}

function assigned({ assignment, worker, untilMs, not = "" }: AssignedFact): string {
  return `fact assigned ${assignment} ${worker} ${untilMs} ${not}`.trimEnd();
}

function unused(): never {
  throw new Error("a load balancer has no use for this");
}
