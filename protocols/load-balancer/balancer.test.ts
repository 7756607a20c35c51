import { describe, expect, it } from "vitest";
import type { NodeId } from "../../harness/protocol.ts";
import { Balancer } from "./balancer.ts";
import { FakeContext } from "./testing/fake-context.ts";
import { Story } from "./testing/story.ts";
import { Worker } from "./worker.ts";

describe("the balancer", () => {
  it("sends a request to a worker, counts it there, and down again when it answers", () => {
    const story = new Story().asked();
    expect(story.told()).toEqual(["worker1 <- work c1#1/1 20", "fact assigned c1#1/1 worker1 800", "loads 1 0 0"]);
    expect(story.done("worker1", "c1#1/1").told()).toEqual([
      "fact over c1#1/1 worker1 done",
      "reply c1#1 worker1",
      "fact answered c1#1",
      "loads 0 0 0",
    ]);
  });

  it("sends the next to whoever has the fewest open", () => {
    const story = new Story().asked().asked().asked().asked();
    expect(story.loads()).toBe("loads 2 1 1");
    story.done("worker3", "c1#3/1").told();
    expect(story.asked().did()).toEqual(["worker3 <- work c1#5/1 20"]);
  });

  it("takes an answer once, and none that it does not wait for", () => {
    const story = new Story().asked().done("worker1", "c1#1/1");
    story.told();
    expect(story.done("worker1", "c1#1/1").told()).toEqual(["sometimes answer that nobody waits for", "loads 0 0 0"]);
  });

  it("gives back what has timed out, and tries it at another worker, and then no more", () => {
    const story = new Story().asked();
    story.told();
    const allLive = (ms: number): Story => story.checksAt(ms).alive("worker1").alive("worker2").alive("worker3");
    expect(allLive(300).did()).toEqual([]);
    allLive(600).checksAt(700).told();
    expect(story.checksAt(800).told()).toEqual([
      "all <- check 800/1",
      "timer check 100ms",
      "fact over c1#1/1 worker1 timed out",
      "sometimes request tried again",
      "worker2 <- work c1#1/2 20",
      "fact assigned c1#1/2 worker2 1600 worker1",
      "loads 0 1 0",
    ]);
    for (const ms of [900, 1_200, 1_500]) allLive(ms).told();
    expect(story.checksAt(1_600).did()).toEqual([]);
  });

  it("holds a worker for dead that says nothing, gives its load back, and tries its requests elsewhere", () => {
    const story = new Story().asked();
    story.told();
    const told = story.died("worker1").told();
    expect(told.slice(told.indexOf("fact dead worker1"))).toEqual([
      "fact dead worker1",
      "sometimes worker held for dead",
      "fact over c1#1/1 worker1 worker lost it",
      "sometimes request tried again",
      "worker2 <- work c1#1/2 20",
      "fact assigned c1#1/2 worker2 1200 worker1",
      "all <- check 400/1",
      "timer check 100ms",
      "loads 0 1 0",
    ]);
    expect(story.asked().asked().did()).toEqual(["worker3 <- work c1#2/1 20", "worker2 <- work c1#3/1 20"]);
  });

  it("tries nothing at a worker that it is about to hold for dead as well", () => {
    const story = new Story().asked();
    story.checksAt(200).alive("worker3").told();
    expect(story.checksAt(400).did()).toEqual(["worker3 <- work c1#1/2 20"]);
  });

  it("takes it back when it is heard of again", () => {
    const story = new Story().died("worker1");
    story.told();
    expect(story.alive("worker1").told()).toEqual(["fact alive worker1", "loads 0 0 0"]);
    expect(story.asked().did()).toEqual(["worker1 <- work c1#1/1 20"]);
  });

  it("notices that a worker has started again, and forgotten its work", () => {
    const story = new Story().alive("worker1", 1).asked();
    story.told();
    expect(story.alive("worker1", 1).did()).toEqual([]);
    expect(story.alive("worker1", 2).did()).toEqual(["worker2 <- work c1#1/2 20"]);
  });

  it("holds nobody for dead when it has slept itself", () => {
    expect(new Story().sleepsUntil(2_000).asked().did()).toEqual(["worker1 <- work c1#1/1 20"]);
  });

  it("takes no answer for a sign of life that was long under way, or that its former self has asked for", () => {
    const story = new Story().died("worker1");
    expect(story.alive("worker1", 1, { atMs: 0 }).asked().did()).toEqual(["worker2 <- work c1#1/1 20"]);
    expect(story.alive("worker1", 1, { boot: 9 }).asked().did()).toEqual(["worker3 <- work c1#2/1 20"]);
    expect(story.alive("worker1").asked().did()).toEqual(["worker1 <- work c1#3/1 20"]);
  });

  it("gives back what a broken connection had, tries it elsewhere, and takes the worker back when it answers a check", () => {
    const story = new Story().asked();
    story.told();
    expect(story.disconnected("worker1").told()).toEqual([
      "sometimes connection lost with open requests",
      "fact dead worker1",
      "sometimes worker held for dead",
      "fact over c1#1/1 worker1 worker lost it",
      "sometimes request tried again",
      "worker2 <- work c1#1/2 20",
      "fact assigned c1#1/2 worker2 800 worker1",
      "loads 0 1 0",
    ]);
    expect(story.alive("worker1").asked().did()).toEqual(["worker1 <- work c1#2/1 20"]);
  });

  it("gives nothing new to a worker that drains, and waits for what that one has", () => {
    const story = new Story().asked().drains("worker1").asked().asked().asked();
    expect(story.loads()).toBe("loads 1 2 1");
    expect(story.done("worker1", "c1#1/1").did()).toEqual(["reply c1#1 worker1"]);
  });

  it("goes on with those that drain when nobody else lives", () => {
    const story = new Story().drains("worker1").drains("worker2").drains("worker3");
    story.told();
    expect(story.asked().did()).toEqual(["worker1 <- work c1#1/1 20"]);
  });

  it("keeps the requests of a key together, unless that were too many for one worker", () => {
    const story = new Story(Balancer, "hash");
    const first = story.asked("k1").did()[0]!.split(" ")[0]!;
    expect(story.asked("k1").did()[0]).not.toContain(first);
    story.done(first as NodeId, "c1#1/1");
    story.told();
    expect(story.asked("k1").did()[0]).toContain(first);
  });

  it("refuses a request when no worker is alive, for then it has surely not happened", () => {
    const story = new Story().checksAt(400);
    story.told();
    expect(story.asked().did()).toEqual(["fail c1#1: no worker is in service"]);
  });
});

describe("a worker", () => {
  const working = (): { readonly ctx: FakeContext; readonly worker: Worker } => {
    const ctx = new FakeContext("worker1", "worker");
    const worker = new Worker(ctx);
    worker.onStart();
    return { ctx, worker };
  };

  it("does one request after the other, each for as long as it costs", () => {
    const { ctx, worker } = working();
    worker.onMessage("balancer", { type: "work", assignment: "c1#1/1", cost: 20 });
    worker.onMessage("balancer", { type: "work", assignment: "c2#1/1", cost: 30 });
    expect(ctx.told).toEqual(["timer done 20ms"]);
    worker.onTimer();
    worker.onTimer();
    expect(ctx.told.slice(1)).toEqual(["balancer <- done c1#1/1", "timer done 30ms", "balancer <- done c2#1/1"]);
  });

  it("does not queue a message that was doubled", () => {
    const { ctx, worker } = working();
    for (let i = 0; i < 2; i++) worker.onMessage("balancer", { type: "work", assignment: "c1#1/1", cost: 20 });
    worker.onTimer();
    expect(ctx.told).toEqual(["timer done 20ms", "balancer <- done c1#1/1"]);
    expect(worker.inspect()).toEqual({ queue: [] });
  });

  it("says that it is there, and since which start", () => {
    const { ctx, worker } = working();
    worker.onMessage("balancer", { type: "check", asked: { atMs: 7, boot: 3 } });
    expect(ctx.told).toEqual(["balancer <- alive 1 7/3 false"]);
  });
});
