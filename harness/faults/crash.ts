/** crash: a process dies and comes back later, with its disk or without; at a time, or between two effects of a handler. */

import * as fc from "fast-check";
import { z } from "zod";
import type { NodeId } from "../protocol.ts";
import { below } from "../sim/chance.ts";
import { formatUs } from "../sim/units.ts";
import { durations } from "../sim/units-schema.ts";
import type { CutCondition, World } from "../sim/world.ts";
import { checkUs, drawUs } from "./amount.ts";
import { type Beyond, beyond, beyondOf, checkBorne } from "./durable.ts";
import type { Fault, Problem } from "./fault.ts";
import {
  type Chosen,
  checkTarget,
  drawTarget,
  explicitTarget,
  patienceUs,
  simplerTarget,
  target,
  targetDoc,
  whenChosen,
  withoutNodes,
} from "./target.ts";

const schema = z.strictObject({
  crash: target.describe(`who dies: ${targetDoc}`).meta({ examples: ["any", "leader", "minority"] }),
  "back-after": durations
    .describe(
      "how long it is down, from the crash on; the same as for (default: drawn from 5ms to 3s, short ones as often as long ones)",
    )
    .optional(),
  disk: z
    .enum(["keep", "wipe"], { error: "expected keep or wipe" })
    .describe(
      "keep: what was synced survives, and of the rest any part: an append may be torn, a named record is the old or the new one, never half (default); wipe: the disk is empty afterwards",
    )
    .optional(),
  spread: durations
    .describe(
      "several do not fall at once, but within this time, or one drawn from this range, each at a drawn moment of it (default: at once)",
    )
    .optional(),
  beyond,
  between: z
    .enum(["effects", "persists", "sends"], { error: "expected effects, persists or sends" })
    .describe("not at once, but in the middle of the next handler that has two effects, writes to its disk, or sends")
    .optional(),
  cut: z
    .strictObject({
      handler: z
        .string()
        .regex(/^(start|request|answer|(timer|connect|disconnect|order) .+|message( .+)?)$/, {
          error:
            "expected start, request, answer, timer and its name, order and its name, connect or disconnect and the peer, or message and its type, as in message AppendEntries",
        })
        .describe(
          "start, request, answer (of a client), timer or order and its name, connect or disconnect and the peer, or message and its type",
        )
        .meta({ examples: ["message AppendEntries", "timer election"] }),
      after: z
        .int({ error: "expected a count of effects, 0 or more" })
        .min(0)
        .describe("how many of its effects are applied before the crash"),
    })
    .describe("not at once, but at this place of the next such handler")
    .optional(),
});

type Item = z.infer<typeof schema>;

type Crash = Chosen & How;
type How = Beyond & {
  readonly disk: "keep" | "wipe";
  /** Absent: at once. A place is the world's CutPlace. */
  readonly where?: CutCondition | { readonly handler: string; readonly after: number };
  /** Absent: all at once. */
  readonly spreadUs?: number;
};

/** Down times whose logarithm is about uniform: restarts within an election are as common as long ones. In microseconds. */
const decades = [5_000, 10_000, 20_000, 50_000, 100_000, 200_000, 500_000, 1_000_000, 2_000_000, 3_000_000];

export const crash: Fault<Item, Crash> = {
  word: "crash",
  doc: "A process dies, with everything that is only in memory, and is started again later.",
  effect: "a node that was up went down",
  lasts: "for",
  forFrom: "effect",
  lengthOption: "back-after",
  schema,

  usualForUs(item) {
    const given = item["back-after"];
    if (given !== undefined) return drawUs(given);
    const within = fc.nat({ max: 999 });
    return fc.tuple(fc.nat({ max: decades.length - 2 }), within).map(([i, part]) => {
      const [from, to] = [decades[i]!, decades[i + 1]!];
      return from + Math.floor(((to - from) * part) / 1_000);
    });
  },

  check(item, cluster) {
    const problems: Problem[] = [
      ...checkTarget(item.crash, cluster, ["crash"]),
      ...checkUs(item["back-after"], "back-after"),
      ...checkUs(item.spread, "spread"),
    ];
    if (item.disk === "wipe") problems.push(...checkBorne("wiped", item, cluster, ["disk"]));
    else if (item.beyond !== undefined)
      problems.push({ path: ["beyond"], message: '"beyond" goes with disk: wipe; take it away' });
    if (item.between !== undefined && item.cut !== undefined) {
      problems.push({ path: ["between"], message: '"between" and "cut" both say where the crash falls; take one of them away' });
    }
    return problems;
  },

  draw(item, cluster) {
    const where = item.cut ?? (item.between === "effects" ? "two-effects" : item.between);
    const how: How = { disk: item.disk ?? "keep", ...(where !== undefined && { where }), ...beyondOf(item) };
    const chosen = drawTarget(item.crash, cluster);
    if (item.spread === undefined) return chosen.map((nodes) => ({ ...nodes, ...how }));
    return fc.tuple(chosen, drawUs(item.spread)).map(([nodes, spreadUs]) => ({ ...nodes, ...how, spreadUs }));
  },

  explicit(params) {
    const { where } = params;
    return {
      crash: explicitTarget(params),
      ...(params.disk === "wipe" && { disk: params.disk }),
      ...beyondOf(params),
      ...(typeof where === "object" && { cut: where }),
      ...(typeof where === "string" && { between: where === "two-effects" ? "effects" : where }),
      ...(params.spreadUs !== undefined && { spread: formatUs(params.spreadUs) }),
    };
  },

  simpler(params) {
    const { where, ...plain } = params;
    const { spreadUs, ...together } = params;
    const spread = spreadUs === undefined ? {} : { spreadUs };
    const how: How = { disk: params.disk, ...(where !== undefined && { where }), ...beyondOf(params), ...spread };
    const simpler: Crash[] = simplerTarget(params).map((chosen) => ({ ...chosen, ...how }));
    if (where !== undefined) simpler.push(plain);
    const { beyond: _beyond, ...within } = params;
    if (params.disk === "wipe") simpler.push({ ...within, disk: "keep" });
    if (spreadUs !== undefined) simpler.push(together);
    return simpler.map((less) => ({ fault: "crash", params: less }));
  },

  without(params, gone) {
    const chosen = withoutNodes(params, gone);
    return chosen && { ...params, ...chosen };
  },

  pin(params, { handler, after }) {
    return params.where === undefined ? params : { ...params, where: { handler, after } };
  },

  begin(world, id, params, forUs) {
    const waitUs = forUs === undefined ? undefined : Math.max(forUs, patienceUs);
    const crashAll = (nodes: readonly NodeId[]): (() => void) => {
      const undos = nodes.map((node) => {
        const { spreadUs } = params;
        if (spreadUs === undefined) return crashOne(world, id, node, params, forUs, waitUs);
        return afterwards(world, below(world.draw(id, `fall ${node}`), spreadUs + 1), () =>
          crashOne(world, id, node, params, forUs, waitUs),
        );
      });
      return () => {
        for (const undo of undos) undo();
      };
    };
    return whenChosen(world, params, crashAll, waitUs);
  },
};

/** Acts after a while; what is returned keeps it from that, or undoes it. */
function afterwards(world: World, us: number, act: () => () => void): () => void {
  if (us === 0) return act();
  let over = false;
  let undo: (() => void) | undefined;
  world.later(us, () => {
    if (!over) undo = act();
  });
  return () => {
    over = true;
    undo?.();
  };
}

/**
 * Crashes a node, or arms its crash. Only the crash that found the node up brings it back: somebody else's, that had no
 * effect, must not restart it early.
 */
function crashOne(
  world: World,
  id: string,
  node: NodeId,
  { where, disk, beyond }: How,
  forUs?: number,
  waitUs?: number,
): () => void {
  let state: "up" | "armed" | "down" = "up";
  const fell = (): void => {
    state = "down";
    if (disk === "wipe") world.wipe(id, node, beyond === true);
    if (forUs !== undefined) world.later(forUs, end);
  };
  const end = (): void => {
    if (state === "armed") world.disarmCrash(id, node);
    if (state === "down") world.restart(id, node);
    state = "up";
  };
  if (where === undefined) {
    if (world.crash(id, node)) fell();
    return end;
  }
  state = "armed";
  world.armCrash(id, node, where, fell);
  if (waitUs !== undefined) {
    world.later(waitUs, () => {
      if (state === "armed") end();
    });
  }
  return end;
}
