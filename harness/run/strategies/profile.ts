/** What happens in runs of a scenario, by kind: which effects, of which handler, at which nodes, and how often in a run. */

import type { PlannedMoment } from "../../faults/fault.ts";
import type { NodeId } from "../../protocol.ts";
import { type Effects, effectKind, type MomentWord, momentOf, type Scout } from "../../sim/index.ts";
import type { Chance } from "./chance.ts";

/** An effect by its name, or the coming of a message or timer. */
export interface Kind {
  readonly what: MomentWord;
  readonly name: string;
  /** In how many of all dry runs' handlers it came, by node. */
  readonly at: Map<NodeId, number>;
}

/** A place inside a handler: after so many of its effects. */
export interface Cut {
  readonly handler: string;
  readonly after: number;
  /** The effects that its handlers had beside: whether a crash that waits for a handler of such a kind may fall there. */
  readonly persists: boolean;
  readonly sends: boolean;
  readonly at: Map<NodeId, number>;
}

export interface Profile {
  /** How many runs it is made of. */
  readonly runs: number;
  readonly kinds: readonly Kind[];
  readonly cuts: readonly Cut[];
}

/** Longer handlers are cut at a place in this first part of them, or at their end. */
const mostPlaces = 12;

export class Census {
  private readonly kinds = new Map<string, Kind>();
  private readonly cuts = new Map<string, Cut>();
  private runs = 0;

  /** Another run begins. */
  begin(): Scout {
    this.runs++;
    return (node, handler, effects) => {
      this.handler(node.id, handler);
      this.effects(node.id, handler, effects);
    };
  }

  private handler(node: NodeId, handler: string): void {
    if (handler.startsWith("message ")) this.count("receive", handler.slice("message ".length), node);
    else if (handler.startsWith("timer ")) this.count("timer", handler.slice("timer ".length), node);
    else if (handler === "request" || handler === "answer") this.count("receive", handler, node);
  }

  private effects(node: NodeId, handler: string, { count, kinds, subjects, details, numbers }: Effects): void {
    let persists = false;
    let sends = false;
    for (let i = 0; i < count; i++) {
      if (kinds[i] === effectKind.disk) persists = true;
      if (kinds[i] === effectKind.send) sends = true;
      const moment = momentOf(kinds[i]!, subjects[i], details[i], numbers[i]!);
      if (moment !== undefined && moment.what !== "effect") this.count(moment.what, moment.name, node);
    }
    for (let after = 1; after < count; after++) {
      const far = Math.min(after, mostPlaces);
      const key = `${handler}\n${far}\n${persists}${sends}`;
      const cut = this.cuts.get(key) ?? { handler, after: far, persists, sends, at: new Map<NodeId, number>() };
      cut.at.set(node, (cut.at.get(node) ?? 0) + 1);
      this.cuts.set(key, cut);
    }
  }

  private count(what: MomentWord, name: string, node: NodeId): void {
    const key = `${what}\n${name}`;
    const kind = this.kinds.get(key) ?? { what, name, at: new Map<NodeId, number>() };
    kind.at.set(node, (kind.at.get(node) ?? 0) + 1);
    this.kinds.set(key, kind);
  }

  profile(): Profile {
    return { runs: this.runs, kinds: sorted(this.kinds), cuts: sorted(this.cuts) };
  }
}

function sorted<T>(map: ReadonlyMap<string, T>): T[] {
  return [...map].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, value]) => value);
}

/** Which of these moments, of those that came in a dry run. */
export function drawMoment(
  place: PlannedMoment["place"],
  { what, name, at: counts }: Kind,
  by: NodeId | undefined,
  runs: number,
  chance: Chance,
): PlannedMoment {
  const usual = by === undefined ? Math.max(...counts.values()) : (counts.get(by) ?? 1);
  const nth = chance.between(1, Math.max(1, Math.round(usual / runs)));
  return { place, what, ...(name === "" ? {} : { name }), ...(by === undefined ? {} : { by }), nth };
}
