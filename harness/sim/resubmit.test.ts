/** A request that is sent a second time: under way or answered already, and never so that the client knows more than it does. */

import { describe, expect, it } from "vitest";
import type { Context, Request } from "../protocol.ts";
import { resubmits } from "./client.ts";
import type { Cluster } from "./cluster.ts";
import { boot, ms, type Setup } from "./testing/world.ts";

interface Story {
  readonly cluster: Cluster;
  /** "2 c1#1": when who was asked for what. */
  readonly asked: string[];
}

/** One server that answers the nth request that comes to it in its own way, after a while. */
function story(answers: readonly ((ctx: Context, request: Request) => void)[], afterMs: number, setup: Setup = {}): Story {
  const asked: string[] = [];
  const cluster: Cluster = boot(
    {
      n1: () => {
        const requests: Request[] = [];
        return {
          onRequest: (ctx, request) => {
            asked.push(`${cluster.nowUs / 1_000} ${request.id}`);
            requests.push(request);
            ctx.setTimer(`answer ${requests.length - 1}`, afterMs);
          },
          onTimer: (ctx, name) => {
            const i = Number(name.split(" ")[1]);
            answers[Math.min(i, answers.length - 1)]!(ctx, requests[i]!);
          },
        };
      },
    },
    { clients: 1, policy: { timeoutMs: 200 }, ...setup },
  );
  return { cluster, asked };
}

const ok = (ctx: Context, request: Request): void => ctx.reply(request, "done");
const refuse = (ctx: Context, request: Request): void => ctx.fail(request, "not mine");
const silent = (): void => undefined;

function outcomes({ cluster }: Story): string[] {
  return cluster.operations.map(({ id, outcome, returnedAtUs }) => `${id} ${outcome} at ${returnedAtUs / 1_000}`);
}

/** One operation at 1 ms, and a copy at another time. */
function told(answers: Parameters<typeof story>[0], afterMs: number, order: string, atMs: number): Story {
  const told = story(answers, afterMs);
  told.cluster.offer(ms(1), "c1", "o1", "x");
  told.cluster.at(ms(atMs), () => told.cluster.operate("f", "c1", order));
  told.cluster.runUntil(ms(1_000));
  return told;
}
const effects = ({ cluster }: Story): number => cluster.effectCounts.get("f") ?? 0;

describe("a request that is sent again", () => {
  it("while it is under way comes to the same server under the same id", () => {
    for (const order of [resubmits.open, resubmits.any]) {
      const both = told([ok], 20, order, 10);
      expect(both.asked).toEqual(["2 c1#1", "11 c1#1"]);
      expect([outcomes(both), effects(both)]).toEqual([["o1 ok at 23"], 1]);
    }
  });

  it("after its answer changes nothing of what the client knows", () => {
    for (const order of [resubmits.answered, resubmits.any]) {
      const both = told([ok, refuse], 1, order, 50);
      expect(both.asked).toEqual(["2 c1#1", "51 c1#1"]);
      expect([outcomes(both), effects(both)]).toEqual([["o1 ok at 4"], 1]);
    }
  });

  it("has no effect where there is none such", () => {
    for (const [order, atMs] of [
      [resubmits.open, 50],
      [resubmits.answered, 3],
      [resubmits.any, 0],
    ] as const) {
      const none = told([ok], 10, order, atMs);
      expect([none.asked.length, effects(none)]).toEqual([1, 0]);
    }
  });

  it("is never one that surely did not happen", () => {
    const failed = told([refuse], 1, resubmits.answered, 50);
    expect([failed.asked.length, outcomes(failed), effects(failed)]).toEqual([1, ["o1 fail at 4"], 0]);
    const unknown = told([silent], 1, resubmits.answered, 500);
    expect([unknown.asked.length, outcomes(unknown), effects(unknown)]).toEqual([2, ["o1 info at 201"], 1]);
  });

  it("may still happen when one of the two was refused: a failure is sure only when both were", () => {
    const one = told([refuse, silent], 20, resubmits.open, 10);
    expect(outcomes(one)).toEqual(["o1 info at 23"]);
    // The second refusal comes later than the first, which ended the operation already.
    const both = told([silent, refuse], 20, resubmits.open, 10);
    expect(outcomes(both)).toEqual(["o1 info at 32"]);
  });

  it("waits until a client that is paused goes on, and is lost at one that is down", () => {
    const paused = story([ok], 100);
    paused.cluster.offer(ms(1), "c1", "o1", "x");
    paused.cluster.at(ms(5), () => paused.cluster.pause("p", "c1"));
    paused.cluster.at(ms(10), () => paused.cluster.operate("f", "c1", resubmits.open));
    paused.cluster.at(ms(40), () => paused.cluster.resume("p", "c1"));
    paused.cluster.at(ms(60), () => void paused.cluster.crash("c", "c1"));
    paused.cluster.at(ms(70), () => paused.cluster.operate("g", "c1", resubmits.any));
    paused.cluster.runUntil(ms(90));
    expect(paused.asked).toEqual(["2 c1#1", "41 c1#1"]);
    expect(Object.fromEntries(paused.cluster.effectCounts)).toMatchObject({ f: 1, c: 1 });
    expect(paused.cluster.effectCounts.has("g")).toBe(false);
  });
});
