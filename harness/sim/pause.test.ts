/** Paused and slow nodes: what waits, in which order it is handled afterwards, and what a crash in between takes away. */

import { describe, expect, it } from "vitest";
import type { Cluster } from "./cluster.ts";
import { at, boot, type Handlers, listener, ms, records, type Setup } from "./testing/world.ts";

/** n1 notes what it handles, and when; n2 sends it "m<i>" so that it arrives at the i-th of `arrivals`, in ms. */
function story(arrivals: readonly number[], n1: Handlers = {}, setup: Setup = {}): { cluster: Cluster; handled: string[] } {
  const handled: string[] = [];
  let atMs = (): number => 0;
  const cluster = boot(
    {
      n1: {
        ...n1,
        onMessage: (ctx, from, message) => {
          handled.push(`${message.type} at ${atMs()}`);
          n1.onMessage?.(ctx, from, message);
        },
        onTimer: (ctx, name, data) => {
          handled.push(`${name} at ${atMs()}`);
          n1.onTimer?.(ctx, name, data);
        },
      },
      n2: {
        onStart: (ctx) => arrivals.forEach((when, i) => void ctx.setTimer(`m${i}`, when - 1)),
        onTimer: (ctx, name) => ctx.send("n1", { type: name }),
      },
    },
    setup,
  );
  atMs = () => cluster.nowUs / 1000;
  return { cluster, handled };
}

/** When n1's answers ("re: ...") left. */
function answers(cluster: Cluster): string[] {
  return records(cluster, "send", "n1").map(({ message, atUs }) => `${(message as { type: string }).type} at ${atUs / 1000}`);
}

const answering: Handlers = { onMessage: (ctx, from, { type }) => ctx.send(from, { type: `re: ${type}` }) };

function during(cluster: Cluster, fromMs: number, toMs: number, id = "nap"): void {
  at(cluster, fromMs, () => cluster.pause(id, "n1"));
  at(cluster, toMs, () => cluster.resume(id, "n1"));
}

describe("a paused node", () => {
  it("handles nothing; at resume first the messages in order of arrival, then the overdue timers", () => {
    const { cluster, handled } = story([5, 12, 14, 25], {
      onStart: (ctx) => {
        ctx.setTimer("late", 13);
        ctx.setTimer("early", 11);
        ctx.setTimer("not due", 30);
      },
    });
    during(cluster, 10, 20);
    cluster.runUntil(ms(50));
    expect(handled).toEqual(["m0 at 5", "m1 at 20", "m2 at 20", "early at 20", "late at 20", "m3 at 25", "not due at 30"]);
    expect(records(cluster, "pause").map(({ atUs }) => atUs)).toEqual([ms(10)]);
    expect(records(cluster, "resume").map(({ atUs }) => atUs)).toEqual([ms(20)]);
    // Two messages and two timers really waited.
    expect(cluster.effectCounts.get("nap")).toBe(4);
  });

  it("does not fire a timer that a message at resume has cancelled or set anew", () => {
    const { cluster, handled } = story([12], {
      onStart: (ctx) => {
        ctx.setTimer("cancelled", 11);
        ctx.setTimer("put off", 11);
        ctx.setTimer("kept", 11);
      },
      onMessage: (ctx) => {
        ctx.cancelTimer("cancelled");
        ctx.setTimer("put off", 5);
      },
    });
    during(cluster, 10, 20);
    cluster.runUntil(ms(50));
    expect(handled).toEqual(["m0 at 20", "kept at 20", "put off at 25"]);
  });

  it("knows at resume how long it slept: its stop-watch ran on", () => {
    const seen: number[] = [];
    const { cluster } = story([12], { onMessage: (ctx) => void seen.push(ctx.elapsed()) });
    during(cluster, 10, 20);
    cluster.runUntil(ms(50));
    expect(seen).toEqual([20]);
  });

  it("sleeps until the last of the faults that paused it is over", () => {
    const { cluster, handled } = story([12]);
    during(cluster, 10, 20, "f");
    during(cluster, 15, 30, "g");
    at(cluster, 25, () => cluster.resume("nobody", "n1"));
    cluster.runUntil(ms(50));
    expect(handled).toEqual(["m0 at 30"]);
    expect([records(cluster, "pause").length, records(cluster, "resume").length]).toEqual([1, 1]);
  });

  it("that crashes forgets what waited; after the restart it is awake, and the end of the pause wakes nobody twice", () => {
    const { cluster, handled } = story([12, 40], { onStart: (ctx) => ctx.setTimer("tick", 11) });
    during(cluster, 10, 50);
    at(cluster, 20, () => cluster.crash("f", "n1"));
    at(cluster, 30, () => cluster.restart("f", "n1"));
    cluster.runUntil(ms(100));
    expect(handled).toEqual(["m1 at 40", "tick at 41"]);
    // The message that waited did not vanish from the story: it was lost with the node.
    expect(records(cluster, "drop", "n1").map(({ why, message }) => [why, message])).toEqual([["down", { type: "m0" }]]);
    expect(records(cluster, "resume")).toEqual([]);
  });

  it("wakes at the heal", () => {
    const { cluster, handled } = story([12]);
    at(cluster, 10, () => cluster.pause("f", "n1"));
    cluster.runUntil(ms(20));
    expect([handled, cluster.isPaused("n1")]).toEqual([[], true]);
    cluster.heal();
    expect([handled, cluster.isPaused("n1")]).toEqual([["m0 at 20"], false]);
  });

  it("cannot be paused while it is down", () => {
    const { cluster, handled } = story([12]);
    cluster.crash("f", "n1");
    cluster.pause("nap", "n1");
    cluster.restart("f", "n1");
    cluster.runUntil(ms(50));
    expect(handled).toEqual(["m0 at 12"]);
  });
});

describe("a slow node", () => {
  it("is busy after each event: its effects come late, what arrives meanwhile waits, the order is kept", () => {
    const { cluster, handled } = story([5, 6, 7, 40], answering);
    cluster.slow("mud", "n1", ms(10));
    cluster.runUntil(ms(100));
    expect(handled).toEqual(["m0 at 5", "m1 at 15", "m2 at 25", "m3 at 40"]);
    expect(answers(cluster)).toEqual(["re: m0 at 15", "re: m1 at 25", "re: m2 at 35", "re: m3 at 50"]);
    expect(cluster.effectCounts.get("mud")).toBe(4);
  });

  it("takes the sum of what all faults ask for, and is quick again once they are over", () => {
    const { cluster } = story([5, 50, 80], answering);
    cluster.slow("f", "n1", ms(10));
    cluster.slow("g", "n1", ms(5));
    at(cluster, 30, () => cluster.unslow("f", "n1"));
    at(cluster, 60, () => cluster.unslow("g", "n1"));
    cluster.runUntil(ms(100));
    expect(answers(cluster)).toEqual(["re: m0 at 20", "re: m1 at 55", "re: m2 at 80"]);
  });

  it("keeps a timer waiting that is due while it is busy, and gives the timer's time from where it was set", () => {
    const { cluster, handled } = story([5], { onMessage: (ctx) => ctx.setTimer("x", 4) });
    cluster.slow("mud", "n1", ms(10));
    cluster.runUntil(ms(100));
    // Set at 5 for 9, but the effect came at 15 only.
    expect(handled).toEqual(["m0 at 5", "x at 15"]);
  });

  it("takes messages and timers in the order in which they came", () => {
    const { cluster, handled } = story([5, 7, 9], {
      onStart: (ctx) => {
        ctx.setTimer("first", 6);
        ctx.setTimer("second", 8);
      },
    });
    at(cluster, 1, () => cluster.slow("mud", "n1", ms(10)));
    cluster.runUntil(ms(100));
    expect(handled).toEqual(["m0 at 5", "first at 15", "m1 at 25", "second at 35", "m2 at 45"]);
  });

  it("with more messages than it can handle still sees its timers", () => {
    const { cluster, handled } = story(
      Array.from({ length: 400 }, (_, i) => i + 1),
      { onStart: (ctx) => ctx.setTimer("tick", 20), onTimer: (ctx) => ctx.setTimer("tick", 20) },
    );
    cluster.slow("mud", "n1", ms(2));
    cluster.runUntil(ms(300));
    expect(handled.filter((line) => line.startsWith("tick")).length).toBeGreaterThan(2);
  });

  it("does not fire a waiting timer that was cancelled or set anew before its turn", () => {
    const { cluster, handled } = story([5, 6], {
      onStart: (ctx) => {
        ctx.setTimer("cancelled", 7);
        ctx.setTimer("put off", 8);
        ctx.setTimer("kept", 9);
      },
      onMessage: (ctx, _, { type }) => {
        if (type !== "m1") return;
        ctx.cancelTimer("cancelled");
        ctx.setTimer("put off", 40);
      },
    });
    at(cluster, 1, () => cluster.slow("mud", "n1", ms(10)));
    // Pending timers are counted anew, waiting ones must not be queued twice by it.
    at(cluster, 12, () => cluster.drift("skew", "n1", 1));
    cluster.runUntil(ms(100));
    expect(handled).toEqual(["m0 at 5", "m1 at 15", "kept at 25", "put off at 55"]);
  });

  it("that crashes half-way loses the rest: nothing sent, written or stated", () => {
    const lines: string[] = [];
    const { cluster } = story(
      [5, 6],
      {
        onMessage: (ctx, from) => {
          ctx.disk.write("x", 1);
          ctx.send(from, { type: "done" });
          ctx.fact("done");
        },
      },
      { invariants: [listener(["done"], lines)] },
    );
    cluster.slow("mud", "n1", ms(10));
    at(cluster, 10, () => cluster.crash("f", "n1"));
    at(cluster, 11, () => cluster.restart("f", "n1"));
    cluster.runUntil(ms(100));
    expect([answers(cluster), records(cluster, "write")]).toEqual([[], []]);
    expect(lines).toEqual(["start n1", "start n2", "crash n1", "restart n1"]);
    expect(records(cluster, "deliver", "n1").map(({ atUs }) => atUs)).toEqual([ms(5)]);
    expect(records(cluster, "drop", "n1").map(({ message }) => message)).toEqual([{ type: "m1" }]);
  });

  it("that is cut by an armed crash is cut when its effects come, in the handler they came from", () => {
    const { cluster } = story([5, 20], {
      onMessage: (ctx, from, { type }) => [1, 2].forEach((n) => void ctx.send(from, { type: `${type}.${n}` })),
    });
    cluster.slow("mud", "n1", ms(10));
    cluster.armCrash("f", "n1", { handler: "message m0", after: 1 }, () => undefined);
    cluster.runUntil(ms(100));
    expect(answers(cluster)).toEqual(["m0.1 at 15"]);
    expect(records(cluster, "crash")[0]!.cut).toEqual({ handler: "message m0", after: 1, of: 2 });
  });
});

describe("a node that is paused while it is busy", () => {
  it("holds the remaining effects back until it is resumed", () => {
    const { cluster, handled } = story([5, 6], answering);
    cluster.slow("mud", "n1", ms(10));
    during(cluster, 8, 30);
    cluster.runUntil(ms(100));
    expect(answers(cluster)).toEqual(["re: m0 at 30", "re: m1 at 40"]);
    expect(handled).toEqual(["m0 at 5", "m1 at 30"]);
  });

  it("is not made faster by a short nap", () => {
    const { cluster } = story([5], answering);
    cluster.slow("mud", "n1", ms(10));
    during(cluster, 8, 9);
    cluster.runUntil(ms(100));
    expect(answers(cluster)).toEqual(["re: m0 at 15"]);
  });

  it("is not made faster in what it handles next, either", () => {
    const { cluster, handled } = story([5, 6, 7], answering);
    cluster.slow("mud", "n1", ms(10));
    during(cluster, 8, 12);
    during(cluster, 16, 17);
    cluster.runUntil(ms(100));
    expect(handled).toEqual(["m0 at 5", "m1 at 15", "m2 at 25"]);
    expect(answers(cluster)).toEqual(["re: m0 at 15", "re: m1 at 25", "re: m2 at 35"]);
  });

  it("and resumed at the very moment when it would have been done goes on exactly once", () => {
    const { cluster } = story([5, 6], answering);
    cluster.slow("mud", "n1", ms(10));
    during(cluster, 8, 15);
    cluster.runUntil(ms(100));
    expect(answers(cluster)).toEqual(["re: m0 at 15", "re: m1 at 25"]);
  });

  it("and crashes, is neither paused nor busy after its restart", () => {
    const { cluster, handled } = story([5, 30], answering);
    cluster.slow("mud", "n1", ms(10));
    during(cluster, 8, 60);
    at(cluster, 10, () => {
      cluster.crash("f", "n1");
      cluster.unslow("mud", "n1");
    });
    at(cluster, 12, () => cluster.restart("f", "n1"));
    cluster.runUntil(ms(100));
    expect([handled, answers(cluster)]).toEqual([["m0 at 5", "m1 at 30"], ["re: m1 at 30"]]);
  });

  it("is busy anew after a restart, whatever was planned for the incarnation before", () => {
    const { cluster } = story([5, 12], answering);
    cluster.slow("mud", "n1", ms(10));
    at(cluster, 6, () => {
      cluster.crash("f", "n1");
      cluster.restart("f", "n1");
    });
    cluster.runUntil(ms(100));
    // Busy with its start until 16; then m1 until 26, although the first incarnation would have been done at 15.
    expect(answers(cluster)).toEqual(["re: m1 at 26"]);
  });
});
