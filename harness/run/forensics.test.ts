/** Runs that do not repeat: where they part is told, and what was touched outside, or that nothing was. */

import { randomBytes } from "node:crypto";
import { describe, expect, it } from "vitest";
import { faults } from "../faults/index.ts";
import type { Context, Node, Protocol, Request } from "../protocol.ts";
import { loadScenario } from "../scenario/index.ts";
import { workloads } from "../workloads/index.ts";
import { parting } from "./forensics.ts";
import { prepare } from "./once.ts";

let runs = 5;

/** Answers a read with a number that it gets from somewhere. */
function answering(number: (ctx: Context) => number): Protocol {
  const create = (ctx: Context): Node => {
    let last = 0;
    return {
      onRequest(request: Request): void {
        last = number(ctx);
        ctx.reply(request, last);
      },
      onMessage: () => undefined,
      inspect: () => ({ last }),
    };
  };
  return {
    name: "answering",
    description: "answers",
    paper: "none",
    transport: "datagram",
    roles: [{ name: "server", default: 1, min: 1 }],
    workloads: ["register"],
    client: { target: "any", tryMs: 300, timeoutMs: 1_500, retry: true },
    tolerates: () => ({ wiped: 0 }),
    create,
    invariants: [],
    mutants: [],
  } as unknown as Protocol;
}

function told(number: (ctx: Context) => number): string | undefined {
  const catalogue = { protocols: [answering(number)], workloads, faults };
  const text =
    "protocol: answering\nnodes: 1\nclients: 1\nworkload: { register: { operations: 2, within: 1s, mix: { read: 1 } } }\nstrategy: random\n";
  return parting(prepare(loadScenario(text, "x.yaml", catalogue), catalogue), 1);
}

describe("a seed that does not repeat", () => {
  it("is told with its first event, what led there, the field that differed, and no source outside", () => {
    expect(told(() => runs++)).toMatch(
      /^they part at event \d+: send at n1 .*; led to by deliver at n1 .*; the first field that differs is n1's "last": \d+, and then \d+; nothing outside was touched, as far as that can be seen, so look for variables at module level$/,
    );
  });

  it("is told with what it touched outside, however that was imported, and the line that did it", () => {
    expect(told(() => randomBytes(4).readUInt32LE())).toMatch(
      /; what was touched outside: crypto\.randomBytes at forensics\.test\.ts:\d+$/,
    );
    expect(told(() => process.memoryUsage().heapUsed)).toMatch(
      /; what was touched outside: process\.memoryUsage at forensics\.test\.ts:\d+$/,
    );
    expect(told(() => process.env["PATH"]!.length + runs++)).toContain("process.env.PATH at forensics.test.ts:");
  });

  it("is told even where it takes another seed in between: what is left of a run is the same behind the same run", () => {
    // Whoever was there last, kept at module level.
    let last: number | undefined;
    const names = new Map<Context, number>();
    expect(
      told((ctx) => {
        const name = names.get(ctx) ?? ctx.random.integer(1, 1_000_000);
        names.set(ctx, name);
        const strange = last !== undefined && last !== name;
        last = name;
        return strange ? 1 : 0;
      }),
    ).toMatch(/^behind seed \d+ it runs otherwise than behind itself; they part at event \d+: send at n1/);
  });

  it("leaves everything outside as it was", () => {
    const { env, memoryUsage } = process;
    told(() => 7);
    expect([process.env === env, process.memoryUsage === memoryUsage]).toEqual([true, true]);
    expect(told(() => 7)).toBeUndefined();
  });
});
