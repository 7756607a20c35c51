/** Spares: servers that run from the start, and belong to nobody's peers until the protocol makes something of them. */

import { expect, it } from "vitest";
import type { ClusterView, Context, Invariant } from "../protocol.ts";
import { boot, type Handlers, ms } from "./testing/world.ts";

it("a spare knows the members, and everybody knows the spares", () => {
  const seen: string[] = [];
  const look: Handlers = {
    onStart: (ctx: Context) =>
      seen.push(
        `${ctx.id}: peers ${ctx.peers.join(" ")}; nodes ${ctx.nodes().join(" ")}, ${ctx.nodes("server").join(" ")}; spares ${ctx.spares.join(" ")}`,
      ),
  };
  let view: ClusterView | undefined;
  const watching: Invariant = {
    name: "watching",
    states: "nothing",
    monitor: (cluster) => {
      view = cluster;
      return {};
    },
  };
  boot({ n1: look, n2: look, n3: look, n4: look }, { spares: ["n3", "n4"], invariants: [watching] });
  expect(seen).toEqual([
    "n1: peers n2; nodes n1 n2, n1 n2; spares n3 n4",
    "n2: peers n1; nodes n1 n2, n1 n2; spares n3 n4",
    "n3: peers n1 n2; nodes n1 n2, n1 n2; spares n3 n4",
    "n4: peers n1 n2; nodes n1 n2, n1 n2; spares n3 n4",
  ]);
  expect(view).toMatchObject({ nodes: ["n1", "n2"], spares: ["n3", "n4"] });
  expect(view?.role("n4")).toBe("server");
});

it("a broadcast means the members; a message to a spare is like any other", () => {
  const heard: string[] = [];
  const hear: Handlers = { onMessage: (ctx, from, { type }) => heard.push(`${ctx.id} ${type} of ${from}`) };
  const cluster = boot(
    {
      n1: {
        onStart: (ctx) => {
          ctx.broadcast({ type: "all" });
          ctx.send(ctx.spares[0]!, { type: "join" });
        },
      },
      n2: hear,
      n3: hear,
    },
    { spares: ["n3"] },
  );
  cluster.runUntil(ms(10));
  expect(heard).toEqual(["n2 all of n1", "n3 join of n1"]);
});

it("a client asks members only, but follows a redirect to a spare and stays there", () => {
  const asked: string[] = [];
  const away: Handlers = {
    onRequest: (ctx, request) => {
      asked.push(ctx.id);
      ctx.redirect(request, "n3");
    },
  };
  const here: Handlers = {
    onRequest: (ctx, request) => {
      asked.push(ctx.id);
      ctx.reply(request, "done");
    },
  };
  const cluster = boot(
    { n1: away, n2: away, n3: here, n4: here },
    { clients: 1, spares: ["n3", "n4"], policy: { target: "leader" } },
  );
  for (let i = 1; i <= 3; i++) cluster.offer(ms(i), "c1", `o${i}`, { f: "op" });
  cluster.runUntil(ms(100));
  expect(cluster.operations.map(({ outcome }) => outcome)).toEqual(["ok", "ok", "ok"]);
  expect(asked.slice(1)).toEqual(["n3", "n3", "n3"]);

  asked.length = 0;
  const any = boot({ n1: here, n2: here, n3: here, n4: here }, { clients: 1, spares: ["n3", "n4"], policy: { target: "any" } });
  for (let i = 1; i <= 40; i++) any.offer(ms(i), "c1", `o${i}`, { f: "op" });
  any.runUntil(ms(200));
  expect([...new Set(asked)].sort()).toEqual(["n1", "n2"]);
});
