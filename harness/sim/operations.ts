/** What clients were asked to do: one operation after the other for each, from its invocation to its outcome. */

import type { Request } from "../protocol.ts";
import { hashText, mix } from "./chance.ts";
import { what } from "./journal.ts";
import { channelNumber, type SimNode, scheduledKind } from "./node.ts";
import type { Parts } from "./parts.ts";
import { freezeAndHash } from "./plain.ts";

/** An operation that clients were asked to do, in the making. */
export interface ClientOperation {
  readonly id: string;
  readonly client: SimNode;
  readonly process: number;
  readonly op: unknown;
  readonly request: Request;
  /** Positions in the order of all invocations and returns; -1 and Infinity until then. */
  invoked: number;
  returned: number;
  invokedAtUs: number;
  returnedAtUs: number;
  outcome: "open" | "ok" | "fail" | "info";
  output: unknown;
  reason: string | undefined;
}

interface ClientState {
  process: number;
  serial: number;
  open: ClientOperation | undefined;
  readonly backlog: { readonly id: string; readonly op: unknown }[];
}

export class Operations {
  /** Those that have begun, in that order. */
  readonly all: ClientOperation[] = [];
  /** Called when an operation has returned, outside any handler. */
  onReturn: ((operation: ClientOperation) => void) | undefined = undefined;
  private readonly parts: Parts;
  private readonly states = new Map<SimNode, ClientState>();
  private position = 0;

  constructor(parts: Parts, clients: readonly SimNode[]) {
    this.parts = parts;
    for (const [i, client] of clients.entries()) {
      this.states.set(client, { process: i, serial: 0, open: undefined, backlog: [] });
    }
  }

  /** Asks a client for an operation, at a moment; it begins when the client is free. */
  offer(atUs: number, client: SimNode, id: string, op: unknown): void {
    this.parts.loop.call(atUs, () => {
      const state = this.states.get(client)!;
      state.backlog.push({ id, op });
      this.next(client, state);
    });
  }

  /** Drops what clients were asked for and have not begun. */
  dropBacklog(): void {
    for (const state of this.states.values()) state.backlog.length = 0;
  }

  /** The client is up: it goes on with what it was asked for. */
  started(node: SimNode): void {
    const state = this.states.get(node);
    if (state !== undefined) this.goOn(node, state);
  }

  private goOn(node: SimNode, state: ClientState): void {
    const { loop } = this.parts;
    if (state.backlog.length > 0) loop.call(loop.nowUs, () => this.next(node, state));
  }

  private next(node: SimNode, state: ClientState): void {
    if (state.open !== undefined || !node.up) return;
    const next = state.backlog.shift();
    if (next === undefined) return;
    const serial = ++state.serial;
    const request: Request = { id: `${node.id}#${serial}`, client: node.id, serial, op: next.op };
    const hash = freezeAndHash(request);
    state.open = {
      id: next.id,
      client: node,
      process: state.process,
      op: next.op,
      request,
      invoked: -1,
      returned: Number.POSITIVE_INFINITY,
      invokedAtUs: -1,
      returnedAtUs: Number.POSITIVE_INFINITY,
      outcome: "open",
      output: undefined,
      reason: undefined,
    };
    const { deliver } = scheduledKind;
    const channel = channelNumber.request;
    this.parts.line.receive({ kind: deliver, node, from: node, channel, subject: request, hash, cause: 0 });
  }

  /** The client begins with what it was asked for; returns the record in the trace. */
  invoked(node: SimNode, hash: number): number {
    const { loop, journal } = this.parts;
    const operation = this.states.get(node)!.open!;
    operation.invoked = this.position++;
    operation.invokedAtUs = loop.nowUs;
    this.all.push(operation);
    journal.note(what.invoke, node.key, hash);
    if (!journal.tracing) return 0;
    const { id, process, op } = operation;
    return journal.record(node.id, 0, { kind: "invoke", op: id, process, input: op });
  }

  returned(node: SimNode, outcome: "ok" | "fail" | "info", detail: unknown, hash: number, cause: number, site?: string): void {
    const state = this.states.get(node)!;
    const operation = state.open;
    if (operation === undefined || operation.invoked < 0) return;
    const { loop, journal } = this.parts;
    state.open = undefined;
    operation.outcome = outcome;
    operation.returnedAtUs = loop.nowUs;
    operation.returned = this.position++;
    if (outcome === "ok") operation.output = detail;
    else operation.reason = String(detail);
    // After an info the process is never used again, as in Jepsen: its operation may still be under way.
    if (outcome === "info") state.process += this.states.size;
    journal.note(what.done, node.key, mix(hash, hashText(outcome)));
    if (journal.tracing) {
      const { id, process } = operation;
      const bare = { kind: "return", op: id, process, outcome } as const;
      journal.record(node.id, cause, outcome === "ok" ? { ...bare, output: detail } : bare, site);
    }
    this.onReturn?.(operation);
    this.parts.monitors.returned(() => ({
      client: node.id,
      request: operation.request.id,
      op: operation.op,
      outcome,
      output: operation.output,
      atMs: loop.nowUs / 1000,
    }));
    this.goOn(node, state);
  }

  /** The client crashed. */
  fell(node: SimNode, cause: number): void {
    const state = this.states.get(node)!;
    const { open } = state;
    if (open === undefined) return;
    if (open.invoked >= 0) this.returned(node, "info", "the client crashed", 0, cause);
    else {
      // It was paused, and had not begun yet.
      state.open = undefined;
      state.backlog.unshift({ id: open.id, op: open.op });
    }
  }
}
