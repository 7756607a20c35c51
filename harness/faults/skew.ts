/** The faults of clocks: one shape, in which each node's clock is off by an amount of its own. */

import * as fc from "fast-check";
import { z } from "zod";
import type { NodeId } from "../protocol.ts";
import type { FaultId, World } from "../sim/world.ts";
import { smaller } from "./amount.ts";
import type { Cluster, Fault, Problem } from "./fault.ts";
import {
  badName,
  checkTarget,
  drawTarget,
  explicitTarget,
  onNodes,
  patienceUs,
  simplerNodes,
  type Target,
  target,
  targetDoc,
} from "./target.ts";

/** Each node has an amount of its own: clocks that are all wrong by the same are right among themselves. */
export type Skew = { readonly each: { readonly [node: NodeId]: number } } | { readonly select: string; readonly by: number };

/** A target, or amounts written out by node. */
export type SkewTarget = Target | { readonly [node: string]: string };

/** How one of these faults reads, checks, draws and writes its amounts. */
export interface Amounts {
  readonly word: string;
  /** Taken when the item says nothing under `by`. */
  readonly usual: string;
  check(text: string | undefined, field: string): readonly Problem[];
  draw(text: string): fc.Arbitrary<number>;
  format(amount: number): string;
  /** Smaller ones are not tried when shrinking. */
  readonly least: number;
}

/** What makes one fault of clocks differ from another. */
export interface SkewKind<W extends string> extends Amounts, Pick<Fault, "doc" | "effect" | "lasts"> {
  readonly word: W;
  /** "whose clocks drift", "how much faster or slower": before what all of them say. */
  readonly whose: string;
  readonly howMuch: string;
  /** What an amount looks like. */
  readonly amount: z.ZodString;
  act(world: World, id: FaultId, node: NodeId, by: number): void;
  undo(world: World, id: FaultId, node: NodeId, by: number): void;
}

/** An item has its target under the fault's own word. */
export type SkewItem<W extends string> = { readonly by?: string | undefined } & Readonly<Record<W, SkewTarget>>;

/** A fault of clocks. */
export function skewFault<const W extends string>(kind: SkewKind<W>): Fault<SkewItem<W>, Skew> {
  const { word, doc, effect, lasts, usual, amount } = kind;
  const by = amount.describe(`${kind.howMuch}, or a range that each node draws its own from (default ${usual})`).optional();
  return {
    word,
    doc,
    effect,
    lasts,
    schema: z.strictObject({ [word]: skewTarget(kind.whose, amount), by }) as unknown as z.ZodType<SkewItem<W>>,
    check: (item, cluster) => checkSkew(kind, item[word], item.by, cluster),
    draw: (item, cluster) => drawSkew(kind, item[word], item.by, cluster),
    explicit(skew) {
      const { value, options } = explicitSkew(kind, skew);
      return { [word]: value, ...options } as unknown as SkewItem<W>;
    },
    simpler: (skew) => simplerSkew(kind, skew).map((params) => ({ fault: word, params })),
    without: withoutSkew,
    begin: (world, id, skew) =>
      onClocks(
        world,
        skew,
        (node, us) => kind.act(world, id, node, us),
        (node, us) => kind.undo(world, id, node, us),
        lasts === "moment" ? patienceUs : undefined,
      ),
  };
}

/** The value of the fault word; `amount` is what may stand behind a node's name. */
function skewTarget(what: string, amount: z.ZodString): z.ZodType<SkewTarget> {
  const error =
    "expected a node, a role, a selector, any, minority, majority, all, a list of nodes, or amounts by node such as { n1: ... }";
  return z
    .union([...target.options, z.record(z.string(), amount)], { error })
    .describe(`${what}: ${targetDoc}; or amounts by node`)
    .meta({ examples: ["any", "all", "leader"] });
}

function checkSkew(amounts: Amounts, value: SkewTarget, by: string | undefined, cluster: Cluster): readonly Problem[] {
  const { word } = amounts;
  if (!isByNode(value)) return [...checkTarget(value, cluster, [word]), ...amounts.check(by, "by")];
  const nodes = Object.keys(value);
  const bad = nodes.length === 0 ? "no node is named; write one, as in { n1: ... }" : badName(nodes, cluster);
  const problems: Problem[] = bad === undefined ? [] : [{ path: [word], message: bad }];
  if (by !== undefined)
    problems.push({
      path: ["by"],
      message: '"by" goes with a target; here every node has its own amount, take one of the two away',
    });
  return [
    ...problems,
    ...nodes.flatMap((node) => amounts.check(value[node], node).map(({ path, message }) => ({ path: [word, ...path], message }))),
  ];
}

function drawSkew(amounts: Amounts, value: SkewTarget, by: string | undefined, cluster: Cluster): fc.Arbitrary<Skew> {
  if (isByNode(value)) {
    return fc
      .record(Object.fromEntries(Object.entries(value).map(([node, text]) => [node, amounts.draw(text)])), {
        noNullPrototype: true,
      })
      .map((each) => ({ each }));
  }
  const most = cluster.servers.length + cluster.clients.length;
  const drawn = fc.array(amounts.draw(by ?? amounts.usual), { minLength: most, maxLength: most, size: "max" });
  return fc.tuple(drawTarget(value, cluster), drawn).map(([chosen, list]): Skew => {
    if ("select" in chosen) return { select: chosen.select, by: list[0]! };
    return { each: Object.fromEntries(chosen.nodes.map((node, i) => [node, list[i]!])) };
  });
}

function explicitSkew(
  amounts: Amounts,
  skew: Skew,
): { readonly value: string | string[] | Record<string, string>; readonly options: { readonly by?: string } } {
  if ("select" in skew) return { value: skew.select, options: { by: amounts.format(skew.by) } };
  const nodes = Object.keys(skew.each);
  if (nodes.length === 1) return { value: explicitTarget({ nodes }), options: { by: amounts.format(skew.each[nodes[0]!]!) } };
  return { value: Object.fromEntries(nodes.map((node) => [node, amounts.format(skew.each[node]!)])), options: {} };
}

/** Fewer clocks, then clocks that are less wrong. */
function simplerSkew({ least }: Amounts, skew: Skew): readonly Skew[] {
  if ("select" in skew) return smaller(skew.by, least).map((by) => ({ ...skew, by }));
  const nodes = Object.keys(skew.each);
  const fewer = simplerNodes(nodes).map((some) => only(skew.each, some));
  const smallerEach = nodes.flatMap((node) => smaller(skew.each[node]!, least).map((by) => ({ ...skew.each, [node]: by })));
  return [...fewer, ...smallerEach].map((each) => ({ each }));
}

function withoutSkew(skew: Skew, gone: ReadonlySet<NodeId>): Skew | undefined {
  if ("select" in skew) return skew;
  const left = Object.keys(skew.each).filter((node) => !gone.has(node));
  return left.length === 0 ? undefined : { each: only(skew.each, left) };
}

/** Does something to each clock, now or when the selector points at somebody; what is returned undoes it. */
function onClocks(
  world: World,
  skew: Skew,
  act: (node: NodeId, by: number) => void,
  undo: (node: NodeId, by: number) => void,
  waitUs?: number,
): () => void {
  const chosen = "select" in skew ? { select: skew.select } : { nodes: Object.keys(skew.each) };
  const by = (node: NodeId): number => ("select" in skew ? skew.by : skew.each[node]!);
  return onNodes(
    world,
    chosen,
    (node) => act(node, by(node)),
    (node) => undo(node, by(node)),
    waitUs,
  );
}

function isByNode(value: SkewTarget): value is { readonly [node: string]: string } {
  return typeof value === "object" && !Array.isArray(value);
}

function only(each: { readonly [node: NodeId]: number }, nodes: readonly NodeId[]): { readonly [node: NodeId]: number } {
  return Object.fromEntries(nodes.map((node) => [node, each[node]!]));
}
