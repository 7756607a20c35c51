/** ctx.random: a node's own repeatable chance. */

import type { Random } from "../protocol.ts";
import { below, finish, mix } from "./chance.ts";
import type { NodeContext } from "./context.ts";
import type { SimNode } from "./node.ts";
import type { Parts } from "./parts.ts";

/** A key of (seed, node, millisecond, how-manieth draw in it). */
export function drawKey({ roots, loop }: Parts, node: SimNode): number {
  const ms = Math.floor(loop.nowUs / 1000);
  if (node.drawMs !== ms) {
    node.drawMs = ms;
    node.draws = 0;
  }
  return mix(mix(mix(roots.nodes, node.key), ms), node.draws++);
}

export class ContextRandom implements Random {
  private readonly context: NodeContext;
  private readonly parts: Parts;
  private readonly node: SimNode;

  constructor(context: NodeContext, parts: Parts, node: SimNode) {
    this.context = context;
    this.parts = parts;
    this.node = node;
  }

  integer(min: number, max: number): number {
    this.context.check("random");
    if (!(Number.isSafeInteger(min) && Number.isSafeInteger(max) && min <= max)) {
      this.context.break(`called ctx.random.integer(${min}, ${max}); expected two integers, the smaller one first`);
    }
    return min + below(this.draw(), max - min + 1);
  }

  real(): number {
    this.context.check("random");
    return this.draw() / 4294967296;
  }

  pick<T>(list: readonly T[]): T {
    this.context.check("random");
    if (list.length === 0) this.context.break("called ctx.random.pick with an empty list");
    return list[below(this.draw(), list.length)]!;
  }

  shuffle<T>(list: readonly T[]): T[] {
    this.context.check("random");
    const shuffled = list.slice();
    for (let last = shuffled.length - 1; last > 0; last--) {
      const other = below(this.draw(), last + 1);
      const kept = shuffled[last]!;
      shuffled[last] = shuffled[other]!;
      shuffled[other] = kept;
    }
    return shuffled;
  }

  private draw(): number {
    return finish(drawKey(this.parts, this.node));
  }
}
