import { describe, expect, it } from "vitest";
import type { Options } from "../../harness/protocol.ts";
import { FakeContext, FakeDisk } from "../locking/testing/fake-context.ts";
import { Hearing } from "../locking/testing/hearing.ts";
import { TicketClient } from "./client.ts";
import { invariants } from "./invariants.ts";
import type { ToServer } from "./messages.ts";
import { TicketServer } from "./server.ts";

const options: Options = { fencing: true, silent: 500, try: 100, "back-off": { min: 20, max: 80 }, patience: 10_000 };
const names = ["server", "resource"];

class Server {
  readonly ctx: FakeContext;
  private readonly node: TicketServer;

  constructor(disk = new FakeDisk()) {
    this.ctx = new FakeContext("server", disk, names);
    this.node = new TicketServer(this.ctx, options);
    this.node.onStart();
  }

  restarted(): Server {
    return new Server(this.ctx.disk);
  }

  at(ms: number): this {
    this.ctx.elapsedMs = ms;
    return this;
  }

  hears(message: ToServer): this {
    this.node.onMessage(message.owner.slice(0, 2), message);
    return this;
  }

  takes(owner: string, nth = 0): this {
    return this.hears({ type: "take", owner, nth, leaseMs: 1_000 });
  }

  timeIsUp(): this {
    this.node.onTimer("up");
    return this;
  }

  /** What it has sent since the last look. */
  said(): string[] {
    return this.did().filter((line) => line.includes("<-"));
  }

  did(): string[] {
    const { told } = this.ctx;
    this.ctx.told = [];
    return told;
  }
}

describe("the server", () => {
  it("hands out numbers, each in the book before it is told, and calls the first at once", () => {
    const server = new Server();
    server.did();
    expect(server.takes("c1#1.1").did()).toEqual([
      "append book taken 1 c1#1.1 c1 1000 0",
      "sync",
      "fact taken 1 c1#1.1",
      "append book called 1 0 1",
      "sync",
      "fact called 1 c1#1.1",
      "timer up 1000ms",
      "c1 <- called c1#1.1 1 0 1000",
    ]);
    expect(server.takes("c2#1.1").said()).toEqual(["c2 <- wait c2#1.1 2"]);
    expect(server.takes("c2#1.1", 1).said()).toEqual(["c2 <- wait c2#1.1 2"]);
  });

  it("calls the next when a number comes back, and tells which ask it has heard last", () => {
    const server = new Server().takes("c1#1.1").takes("c2#1.1").takes("c3#1.1").takes("c2#1.1", 1);
    server.did();
    expect(server.hears({ type: "return", owner: "c1#1.1" }).said()).toEqual([
      "c1 <- returned c1#1.1",
      "c2 <- called c2#1.1 2 1 1000",
    ]);
    expect(server.hears({ type: "return", owner: "c1#1.1" }).said()).toEqual(["c1 <- returned c1#1.1"]);
  });

  it("times out who stays too long, and passes over who does not ask any more", () => {
    const server = new Server().takes("c1#1.1").takes("c2#1.1").takes("c3#1.1");
    server.at(600).takes("c3#1.1", 6).did();
    expect(server.at(1_000).timeIsUp().said()).toEqual(["c3 <- called c3#1.1 3 6 1000"]);
  });

  it("gives who was passed over another number", () => {
    const server = new Server().takes("c1#1.1").takes("c2#1.1").at(1_000).timeIsUp();
    server.did();
    expect(server.takes("c2#1.1", 9).said()).toEqual(["c2 <- called c2#1.1 3 9 1000"]);
  });

  it("lets who was called go on for a whole lease after a restart, and then goes on in order", () => {
    const server = new Server().takes("c1#1.1").takes("c2#1.1").restarted();
    expect(server.did()).toEqual(["fact recovered 1,2 3", "sometimes ticket being served at a restart", "timer up 1000ms"]);
    expect(server.takes("c2#1.1", 4).said()).toEqual(["c2 <- wait c2#1.1 2"]);
    expect(server.at(900).takes("c2#1.1", 9).at(1_000).timeIsUp().said()).toContain("c2 <- called c2#1.1 2 9 1000");
  });

  it("gives those who wait time to ask again after a restart", () => {
    const server = new Server().takes("c1#1.1").takes("c2#1.1").restarted();
    expect(server.at(499).timeIsUp().said()).toEqual(["c2 <- called c2#1.1 2 0 1000"]);
    const late = new Server().takes("c1#1.1").takes("c2#1.1").restarted();
    expect(late.at(500).timeIsUp().said()).toEqual([]);
  });

  it("lends the lock for longer to nobody but whom it has called", () => {
    const server = new Server().takes("c1#1.1").takes("c2#1.1");
    server.did();
    expect(server.hears({ type: "extend", owner: "c1#1.1", ticket: 1, nth: 3 }).did()).toEqual([
      "timer up 1000ms",
      "c1 <- extended c1#1.1 3",
    ]);
    expect(server.hears({ type: "extend", owner: "c2#1.1", ticket: 2, nth: 3 }).said()).toEqual(["c2 <- not-yours c2#1.1"]);
    expect(server.at(1_000).hears({ type: "extend", owner: "c1#1.1", ticket: 1, nth: 4 }).said()).toEqual([
      "c1 <- not-yours c1#1.1",
    ]);
  });

  it("lends nothing for longer on a ticket that is closed, though its owner has a new one by a take that came late", () => {
    const server = new Server().takes("c1#1.1");
    server.at(1_000).timeIsUp().takes("c1#1.1");
    server.did();
    expect(server.hears({ type: "extend", owner: "c1#1.1", ticket: 1, nth: 3 }).said()).toEqual(["c1 <- not-yours c1#1.1"]);
    expect(server.hears({ type: "extend", owner: "c1#1.1", ticket: 2, nth: 3 }).said()).toEqual(["c1 <- extended c1#1.1 3"]);
  });
});

describe("the client", () => {
  it("asks until its number is called, writes with the number, and gives back numbers that nobody waits for", () => {
    const ctx = new FakeContext("c1", new FakeDisk(), names);
    const node = new TicketClient(ctx, options);
    node.onRequest({
      id: "c1#1",
      client: "c1",
      serial: 1,
      op: { f: "use", lease: 1_000, hold: 100, value: 7, write: "resource" },
    });
    node.onMessage("server", { type: "wait", owner: "c1#1.1", ticket: 5 });
    ctx.elapsedMs = 100;
    node.onTimer("next");
    node.onMessage("server", { type: "called", owner: "c1#1.1", ticket: 5, nth: 1, leaseMs: 1_000 });
    node.onTimer("next");
    node.onMessage("server", { type: "wait", owner: "c1#0.1", ticket: 4 });
    expect(ctx.told.filter((line) => /<-|acquired/.test(line))).toEqual([
      "server <- take c1#1.1 1000 0",
      "server <- take c1#1.1 1000 1",
      "fact acquired c1#1.1 1000 990 5",
      "resource <- write c1#1.1 7 5",
      "server <- return c1#0.1",
    ]);
  });
});

describe("the invariants", () => {
  const heard = (name: string): Hearing => new Hearing(invariants, name);
  const say = (all: Hearing, name: "taken" | "called" | "closed", ticket: number): Hearing =>
    all.hear("server", name, { ticket, owner: `c${ticket}#1` });

  it("tickets-are-new refuses a number twice, and a count that has gone back", () => {
    expect(say(say(heard("tickets-are-new"), "taken", 1), "taken", 1).sentences).toEqual([
      "c1#1 was handed out ticket 1, after c1#1 ticket 1.",
    ]);
    const back = say(heard("tickets-are-new"), "taken", 7).hear("server", "recovered", { open: [], next: 7 });
    expect(back.sentences).toEqual(["After a restart the next ticket is 7, but c7#1 was handed out ticket 7."]);
    expect(
      say(heard("tickets-are-new"), "taken", 7).wiped("server").hear("server", "recovered", { open: [], next: 1 }).sentences,
    ).toEqual([]);
  });

  it("order-of-tickets refuses a smaller number after a greater one", () => {
    expect(say(say(heard("order-of-tickets"), "called", 2), "called", 1).sentences).toEqual([
      "Ticket 1 of c1#1 was called after ticket 2 of c2#1.",
    ]);
    expect(say(say(heard("order-of-tickets"), "called", 2), "called", 4).sentences).toEqual([]);
  });

  it("nobody-is-forgotten refuses a number while a smaller one is out", () => {
    const out = (): Hearing => say(say(heard("nobody-is-forgotten"), "taken", 1), "taken", 2);
    expect(say(out(), "called", 2).sentences).toEqual(["Ticket 2 of c2#1 was called, when c1#1 still waited with ticket 1."]);
    expect(say(say(out(), "closed", 1), "called", 2).sentences).toEqual([]);
    expect(say(out().hear("server", "recovered", { open: [2], next: 3 }), "called", 2).sentences).toEqual([]);
  });
});
