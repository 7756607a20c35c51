/** Records a history as it happens, in somebody's own tests against the real thing: what was asked, and what came back, in that order. */

/** One line of a history, in Jepsen's words. A file of these, one JSON object a line, is what `seedquake check` reads. */
export interface HistoryEvent {
  readonly process: number;
  readonly type: "invoke" | "ok" | "fail" | "info";
  readonly f: string;
  readonly key?: string;
  readonly value: unknown;
}

/** What is asked: `{ f: "read" }`, `{ f: "write", key: "x", value: 7 }`, `{ f: "cas", value: [1, 2] }`. */
export interface Asked {
  readonly f: string;
  readonly key?: string;
  /** What goes in; null for what takes nothing. */
  readonly value?: unknown;
}

/** To be thrown by (or instead of) an operation that surely did not happen. Any other error leaves it open whether it did. */
export class DidNotHappen extends Error {}

/** An operation that was asked and has not come back. Exactly one of its ends is to be called, once. */
export interface OpenOperation {
  /** It happened; `value` is the answer, and when it is left away, what was asked for. */
  ok(value?: unknown): void;
  /** It surely did not happen. */
  fail(): void;
  /** Nobody knows: it may have happened, or happen later. */
  info(): void;
}

/**
 * Records what clients do, in the order in which it happens. The order of the calls is the real-time order, so no clock is needed.
 *
 * A client that does not know what became of an operation goes on under another process number, as Jepsen's clients do.
 */
export class HistoryRecorder {
  private readonly recorded: HistoryEvent[] = [];
  private readonly processes = new Map<string, number>();
  private readonly busy = new Map<string, string>();
  private next = 0;

  /** Everything so far. */
  get events(): readonly HistoryEvent[] {
    return this.recorded;
  }

  /** As a file for `seedquake check`. */
  get jsonl(): string {
    return this.recorded.map((event) => `${JSON.stringify(event)}\n`).join("");
  }

  /** @throws when the client's last operation has not come back: a client does one thing at a time */
  invoke(client: string, asked: Asked): OpenOperation {
    const open = this.busy.get(client);
    if (open !== undefined) {
      throw new Error(
        `${client} asks for "${asked.f}", but its "${open}" has not come back: a client does one thing at a time; give what runs beside it another name`,
      );
    }
    const process = this.processOf(client);
    const { f, key, value = null } = asked;
    const line = { process, f, ...(key === undefined ? {} : { key }) };
    this.recorded.push({ ...line, type: "invoke", value });
    this.busy.set(client, f);
    let over = false;
    const end = (type: "ok" | "fail" | "info", answer: unknown): void => {
      if (over) throw new Error(`the "${f}" of ${client} has come back already: an operation ends once`);
      over = true;
      this.recorded.push({ ...line, type, value: answer });
      this.busy.delete(client);
      if (type === "info") this.processes.delete(client);
    };
    return {
      ok: (answer) => end("ok", answer === undefined ? value : answer),
      fail: () => end("fail", value),
      info: () => end("info", value),
    };
  }

  /**
   * Asks, and records what comes back: what the promise resolves to is the answer (undefined: what was asked for); a rejection with
   * DidNotHappen is a `fail`, any other an `info`. Never rejects itself.
   */
  record(client: string, asked: Asked, action: () => PromiseLike<unknown>): Promise<void> {
    const operation = this.invoke(client, asked);
    return Promise.resolve()
      .then(action)
      .then(
        (answer) => operation.ok(answer),
        (error: unknown) => (error instanceof DidNotHappen ? operation.fail() : operation.info()),
      );
  }

  private processOf(client: string): number {
    const known = this.processes.get(client);
    if (known !== undefined) return known;
    this.processes.set(client, this.next);
    return this.next++;
  }
}
