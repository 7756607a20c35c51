/** The default client: whom it asks, when it asks again, and that it never claims to know more than it does. */

import { describe, expect, it } from "vitest";
import type { ClientPolicy, Context, NodeId, Request } from "../protocol.ts";
import type { Cluster } from "./cluster.ts";
import { at, boot, type Handlers, type Message, ms, records, type Setup } from "./testing/world.ts";

const waitMost = 80;

/** A server that answers as told; every request that it gets is noted as "n1 c1#1". */
type Answering = (ctx: Context, request: Request) => void;

interface Story {
  readonly cluster: Cluster;
  /** Who was asked for what, in order. */
  readonly asked: string[];
}

function story(
  servers: Readonly<Record<NodeId, Answering>>,
  policy: Partial<ClientPolicy> = {},
  operations = 1,
  setup: Setup = {},
): Story {
  const asked: string[] = [];
  const nodes = Object.fromEntries(
    Object.entries(servers).map(([id, answer]): [string, Handlers] => [
      id,
      {
        onRequest: (ctx, request) => {
          asked.push(`${id} ${request.id}`);
          answer(ctx, request);
        },
        // A request that another server has passed on.
        onMessage: (ctx, _, message) => answer(ctx, message["request"] as Request),
      },
    ]),
  );
  const cluster = boot(nodes, { clients: 1, ...setup, policy: { ...setup.policy, ...policy } });
  for (let i = 1; i <= operations; i++) cluster.offer(ms(1), "c1", `o${i}`, { f: "op", i });
  return { cluster, asked };
}

function run(...args: Parameters<typeof story>): Story & { readonly outcomes: string[] } {
  const told = story(...args);
  told.cluster.runUntil(ms(5_000));
  return { ...told, outcomes: outcomes(told.cluster) };
}

/** "o1 ok by 0" and, when there is one, the reason. */
function outcomes(cluster: Cluster): string[] {
  return cluster.operations.map(
    ({ id, outcome, process, reason }) => `${id} ${outcome} by ${process}${reason === undefined ? "" : `: ${reason}`}`,
  );
}

const ok: Answering = (ctx, request) => ctx.reply(request, "done");
const refuse: Answering = (ctx, request) => ctx.fail(request, "not mine");
const silent: Answering = () => undefined;
const to =
  (other?: NodeId): Answering =>
  (ctx, request) =>
    ctx.redirect(request, other);
/** Behaves differently each time it is asked. */
const first = (...answers: Answering[]): Answering => {
  let asked = 0;
  return (ctx, request) => answers[Math.min(asked++, answers.length - 1)]!(ctx, request);
};
/** As n1 when it is asked first, whoever it is; so that chance need not be told whom to pick. */
function everywhere(answer: Answering): Record<NodeId, Answering> {
  return { n1: answer, n2: answer, n3: answer };
}

describe("an operation", () => {
  it("goes to one server, and its answer is the outcome", () => {
    const { asked, outcomes, cluster } = run(everywhere(ok));
    expect(asked).toHaveLength(1);
    expect(outcomes).toEqual(["o1 ok by 0"]);
    const [operation] = cluster.operations;
    expect([operation!.output, operation!.invokedAtUs, operation!.returnedAtUs]).toEqual(["done", ms(1), ms(3)]);
    expect([operation!.invoked, operation!.returned]).toEqual([0, 1]);
  });

  it("is answered null when the server had nothing to say", () => {
    expect(run({ n1: (ctx, request) => ctx.reply(request, undefined) }).cluster.operations[0]!.output).toBeNull();
  });

  it("waits for the one before it; serials only grow", () => {
    const { cluster, asked } = run({ n1: ok }, {}, 3);
    expect(asked).toEqual(["n1 c1#1", "n1 c1#2", "n1 c1#3"]);
    expect(cluster.operations.map(({ request }) => request)).toMatchObject(
      [1, 2, 3].map((i) => ({ id: `c1#${i}`, client: "c1", serial: i, op: { i } })),
    );
    expect(cluster.operations.map(({ invoked, returned }) => [invoked, returned])).toEqual([
      [0, 1],
      [2, 3],
      [4, 5],
    ]);
  });

  it("fails when the only server asked refuses, with its reason", () => {
    expect(run({ n1: refuse }).outcomes).toEqual(["o1 fail by 0: not mine"]);
  });

  it("may be answered by another server than was asked", () => {
    const pass: Answering = (ctx, request) => ctx.send("n2", { type: "pass", request } as Message);
    expect(run({ n1: pass, n2: ok }, { role: "front" }, 1, { roles: { n1: "front", n2: "back" } }).outcomes).toEqual([
      "o1 ok by 0",
    ]);
    expect(run({ n1: pass, n2: refuse }, { role: "front" }, 1, { roles: { n1: "front", n2: "back" } }).outcomes).toEqual([
      "o1 fail by 0: not mine",
    ]);
  });

  it("is only ever asked of the role that clients talk to, also after another role has answered", () => {
    const pass: Answering = (ctx, request) => ctx.send("n2", { type: "pass", request } as Message);
    const { asked, outcomes } = run({ n1: pass, n2: ok }, { target: "leader", role: "front" }, 3, {
      roles: { n1: "front", n2: "back" },
    });
    expect(asked).toEqual(["n1 c1#1", "n1 c1#2", "n1 c1#3"]);
    expect(outcomes).toEqual(["o1 ok by 0", "o2 ok by 0", "o3 ok by 0"]);
    expect(run({ a: ok, b: silent }, {}, 5, { roles: { a: "first", b: "second" } }).outcomes).toHaveLength(5);
  });
});

describe("without an answer", () => {
  it("the outcome is info after the time-out, and the client goes on under a new process", () => {
    const { outcomes, cluster } = run({ n1: first(silent, ok) }, { timeoutMs: 300 }, 2, { clients: 3 });
    expect(outcomes).toEqual(["o1 info by 0: no answer within 300 ms", "o2 ok by 3"]);
    expect(cluster.operations.map(({ returnedAtUs }) => returnedAtUs)).toEqual([ms(301), ms(303)]);
    expect(cluster.operations[0]!.output).toBeUndefined();
  });

  it("each info costs one process number: process + number of clients", () => {
    expect(run({ n1: silent }, { timeoutMs: 10 }, 3, { clients: 2 }).cluster.operations.map(({ process }) => process)).toEqual([
      0, 2, 4,
    ]);
  });

  it("it does not ask again unless it is told to", () => {
    expect(run(everywhere(silent), { tryMs: 50, timeoutMs: 400 }).asked).toHaveLength(1);
  });

  it("it asks another server, with the same request, when told to retry", () => {
    const { asked, outcomes } = run(everywhere(silent), { tryMs: 100, timeoutMs: 350, retry: true });
    expect(asked).toHaveLength(4);
    expect(new Set(asked.map((line) => line.slice(3)))).toEqual(new Set(["c1#1"]));
    asked.slice(1).forEach((line, i) => void expect(line.slice(0, 2)).not.toBe(asked[i]!.slice(0, 2)));
    expect(outcomes).toEqual(["o1 info by 0: no answer within 350 ms"]);
  });

  it("a retry is answered like the first try, and a single server is asked again", () => {
    expect(run({ n1: first(silent, silent, ok) }, { tryMs: 100, timeoutMs: 1_000, retry: true }).outcomes).toEqual([
      "o1 ok by 0",
    ]);
  });

  it("late answers of any kind to an operation that is over are ignored", () => {
    for (const late of [ok, refuse, to("n2"), to()]) {
      const asked: string[] = [];
      const cluster = boot(
        {
          n1: {
            onRequest: (ctx, request) => {
              asked.push(request.id);
              if (request.serial === 1) ctx.setTimer("late", 150, request);
              else ctx.setTimer("slowly", 300, request);
            },
            onTimer: (ctx, name, request) => (name === "late" ? late : ok)(ctx, request as Request),
          },
          n2: { onRequest: (ctx, request) => void [asked.push(`n2 ${request.id}`), ctx.reply(request, "wrong")] },
        },
        { clients: 1, policy: { target: "sticky", timeoutMs: 100, role: "front" }, roles: { n1: "front", n2: "back" } },
      );
      cluster.offer(ms(1), "c1", "o1", "a");
      cluster.runUntil(ms(110));
      cluster.offer(ms(110), "c1", "o2", "b");
      cluster.runUntil(ms(1_000));
      expect(outcomes(cluster)).toEqual(["o1 info by 0: no answer within 100 ms", "o2 info by 1: no answer within 100 ms"]);
      expect(asked).toEqual(["c1#1", "c1#2"]);
    }
  });
});

describe("a refusal", () => {
  it("after an unanswered earlier try is info: that one may still happen", () => {
    const { outcomes } = run(everywhere(first(silent)), { tryMs: 50, timeoutMs: 1_000, retry: true });
    expect(outcomes).toEqual(["o1 info by 0: no answer within 1000 ms"]);
    let asked = 0;
    const second: Answering = (ctx, request) => (asked++ === 0 ? undefined : ctx.fail(request, "not mine"));
    expect(run(everywhere(second), { tryMs: 50, timeoutMs: 1_000, retry: true }).outcomes[0]).toMatch(
      /^o1 info by 0: n[123] refused \(not mine\), but an earlier try is unanswered and may still happen$/,
    );
  });

  it("is a fail when every server asked before has said that it did nothing", () => {
    let asked = 0;
    const redirectThenRefuse: Answering = (ctx, request) =>
      asked++ === 0 ? ctx.redirect(request, request.client) : ctx.fail(request, "no");
    expect(run(everywhere(redirectThenRefuse), {}).outcomes).toEqual(["o1 fail by 0: no"]);
  });

  it("is not made sure by a server that says no twice while another may still do it", () => {
    // n1 redirects to n2, twice; n2 is silent; n3, which was never asked before, would refuse.
    const twice: Answering = (ctx, request) => void [ctx.redirect(request, "n2"), ctx.redirect(request, "n3")];
    const { asked, outcomes } = run(
      { n1: twice, n2: silent, n3: refuse },
      { target: "sticky", role: "server", timeoutMs: 300 },
      1,
      { seed: seedThatAsks("n1") },
    );
    expect(asked.slice(0, 2)).toEqual(["n1 c1#1", "n2 c1#1"]);
    expect(outcomes[0]).toMatch(/^o1 info by 0/);
  });
});

describe("a redirect", () => {
  it("with a hint is followed at once, and remembered", () => {
    const { asked, outcomes } = run({ n1: to("n3"), n2: to("n3"), n3: ok }, { target: "leader" }, 3);
    expect(outcomes).toEqual(["o1 ok by 0", "o2 ok by 0", "o3 ok by 0"]);
    expect(asked.slice(-3)).toEqual(["n3 c1#1", "n3 c1#2", "n3 c1#3"]);
    expect(asked.length).toBeLessThanOrEqual(4);
  });

  it("without one makes it wait a moment, then ask somebody else", () => {
    const { asked, outcomes, cluster } = run(everywhere(first(to(), to())), { timeoutMs: 400 });
    expect(outcomes).toEqual(["o1 info by 0: no answer within 400 ms"]);
    asked.slice(1).forEach((line, i) => void expect(line).not.toBe(asked[i]));
    const times = records(cluster, "send", "c1").map(({ atUs }) => atUs / 1000);
    times.slice(1).forEach((time, i) => {
      expect(time - times[i]!).toBeGreaterThanOrEqual(42);
      expect(time - times[i]!).toBeLessThanOrEqual(2 + waitMost);
    });
  });

  it("to nobody that clients talk to, or back to itself, is as one without a hint", () => {
    for (const answer of [to("c1"), (ctx: Context, request: Request) => ctx.redirect(request, ctx.id)]) {
      const { asked } = run(everywhere(answer), { timeoutMs: 400 });
      expect(asked.length).toBeGreaterThan(3);
      expect(asked.length).toBeLessThan(12);
    }
  });

  it("in a circle is followed only so often before it waits", () => {
    const { asked, outcomes, cluster } = run({ n1: to("n2"), n2: to("n1") }, { timeoutMs: 100 });
    expect(outcomes).toEqual(["o1 info by 0: no answer within 100 ms"]);
    // Seven asks in 14 ms, then at least 40 ms of waiting, and so on: not fifty.
    expect(asked.length).toBeLessThan(22);
    const times = records(cluster, "send", "c1").map(({ atUs }) => atUs / 1000);
    expect(times.filter((time) => time < 20)).toHaveLength(7);
  });
});

describe("whom it asks", () => {
  const firstAsked = (policy: Partial<ClientPolicy>, operations: number): string[] => {
    return run(everywhere(ok), policy, operations).asked.map((line) => line.slice(0, 2));
  };

  it("any: a server drawn for each operation", () => {
    const asked = firstAsked({ target: "any" }, 90);
    for (const server of ["n1", "n2", "n3"]) expect(asked.filter((one) => one === server).length).toBeGreaterThan(15);
  });

  it("sticky and leader: whoever answered last", () => {
    for (const target of ["sticky", "leader"] as const) expect(new Set(firstAsked({ target }, 20)).size).toBe(1);
  });

  it("sticky: another one after it has failed to answer", () => {
    const { asked } = run(everywhere(silent), { target: "sticky", timeoutMs: 10 }, 30);
    expect(new Set(asked.map((line) => line.slice(0, 2))).size).toBe(3);
  });
});

describe("a client is a node", () => {
  it("that crashes leaves its operation as info, and goes on after the restart with a new process", () => {
    const { cluster, asked } = story({ n1: first(silent, ok) }, { timeoutMs: 1_000 }, 2, { clients: 2 });
    at(cluster, 10, () => cluster.crash("f", "c1"));
    at(cluster, 50, () => cluster.restart("f", "c1"));
    cluster.runUntil(ms(100));
    expect(outcomes(cluster)).toEqual(["o1 info by 0: the client crashed", "o2 ok by 2"]);
    expect([cluster.operations[0]!.returnedAtUs, cluster.operations[1]!.invokedAtUs]).toEqual([ms(10), ms(50)]);
    expect(asked).toEqual(["n1 c1#1", "n1 c1#2"]);
    const [crash] = records(cluster, "crash", "c1");
    expect(records(cluster, "return", "c1")[0]!.cause).toBe(crash!.n);
  });

  it("that crashes inside its handler may have asked, or not", () => {
    for (const [after, asks] of [
      [0, 0],
      [1, 0],
      [2, 1],
    ] as const) {
      // Its effects: the time-out, the request, the end of an older retry.
      const { cluster, asked } = story({ n1: ok }, {});
      cluster.armCrash("f", "c1", { handler: "request", after }, () => undefined);
      cluster.runUntil(ms(100));
      expect([outcomes(cluster), asked.length]).toEqual([["o1 info by 0: the client crashed"], asks]);
    }
  });

  it("that sleeps begins its operations when it wakes, and hears then what came meanwhile", () => {
    const { cluster, asked } = story({ n1: ok }, { timeoutMs: 1_000 });
    cluster.offer(ms(20), "c1", "late", "x");
    at(cluster, 2, () => cluster.pause("f", "c1"));
    at(cluster, 50, () => cluster.resume("f", "c1"));
    cluster.runUntil(ms(100));
    expect(outcomes(cluster)).toEqual(["o1 ok by 0", "late ok by 0"]);
    expect(cluster.operations.map(({ invokedAtUs, returnedAtUs }) => [invokedAtUs, returnedAtUs])).toEqual([
      [ms(1), ms(50)],
      [ms(50), ms(52)],
    ]);
    expect(asked).toHaveLength(2);
  });

  it("that sleeps past its time-out hears the answer first, as messages come before timers", () => {
    const { cluster } = story({ n1: ok }, { timeoutMs: 20 });
    at(cluster, 2, () => cluster.pause("f", "c1"));
    at(cluster, 50, () => cluster.resume("f", "c1"));
    cluster.runUntil(ms(100));
    expect(outcomes(cluster)).toEqual(["o1 ok by 0"]);
  });

  it("that crashes in its sleep before it has begun begins after the restart, as if nothing had been", () => {
    const { cluster } = story({ n1: ok }, {}, 2);
    cluster.pause("f", "c1");
    at(cluster, 10, () => cluster.crash("g", "c1"));
    at(cluster, 20, () => cluster.restart("g", "c1"));
    cluster.runUntil(ms(100));
    expect(outcomes(cluster)).toEqual(["o1 ok by 0", "o2 ok by 0"]);
    expect(cluster.operations[0]!.invokedAtUs).toBe(ms(20));
    expect(records(cluster, "drop", "c1")).toEqual([]);
  });

  it("that is down when it is offered something begins it after the restart", () => {
    const { cluster } = story({ n1: ok });
    cluster.crash("f", "c1");
    at(cluster, 30, () => cluster.restart("f", "c1"));
    cluster.runUntil(ms(100));
    expect(cluster.operations.map(({ invokedAtUs, outcome }) => [invokedAtUs, outcome])).toEqual([[ms(30), "ok"]]);
  });

  it("forgets what it has not begun when it is told to", () => {
    const { cluster } = story({ n1: silent }, { timeoutMs: 50 }, 3);
    cluster.runUntil(ms(10));
    cluster.dropBacklog();
    cluster.runUntil(ms(1_000));
    expect(outcomes(cluster)).toEqual(["o1 info by 0: no answer within 50 ms"]);
  });

  it("waits by its own stop-watch", () => {
    const { cluster } = story({ n1: silent }, { timeoutMs: 100 });
    cluster.drift("f", "c1", 1_000_000);
    cluster.runUntil(ms(1_000));
    expect(cluster.operations[0]!.returnedAtUs).toBe(ms(51));
  });

  it("tells who asked, in order, whatever they do: the run hears each return once", () => {
    const { cluster } = story({ n1: first(ok, refuse, silent) }, { timeoutMs: 20 }, 3);
    const heard: string[] = [];
    cluster.onReturn = ({ id, outcome }) => void heard.push(`${id} ${outcome}`);
    cluster.runUntil(ms(1_000));
    expect(heard).toEqual(["o1 ok", "o2 fail", "o3 info"]);
  });
});

/** A seed whose first pick among n1, n2, n3 is the given one. */
function seedThatAsks(server: NodeId): number {
  for (let seed = 1; ; seed++) if (run(everywhere(ok), {}, 1, { seed }).asked[0]!.startsWith(server)) return seed;
}
