/** What a violation's sentence speaks of: the lines that a story which must leave something out keeps first. */

import { rank, type StoryLine } from "./story-lines.ts";
import { ms, wordsOf } from "./text.ts";

/** A violation's sentence, and the names of all nodes and clients that it may speak of. */
export interface Accusation {
  readonly sentence: string;
  readonly names: ReadonlySet<string>;
}

export interface Bearing {
  /** The violation, the facts and operations that its sentence speaks of, and the last facts of the nodes concerned. */
  readonly kept: ReadonlySet<StoryLine>;
  /**
   * The faults and operations that have to do with the nodes concerned: they name them, or are a fault that names no node at
   * all, or lost data, or were asked and not answered.
   */
  readonly concerned: ReadonlySet<StoryLine>;
}

const isFact = ({ parts }: StoryLine): boolean => parts !== undefined;
const sayingOf = ({ who, parts }: StoryLine): string => `${who} ${parts?.what}`;

/** The facts that share words with the sentence, most telling first: a word says the more the fewer facts have it. */
function mentioned(facts: readonly StoryLine[], sentence: ReadonlySet<string>): StoryLine[] {
  const inCommon = facts.map((fact) => [...wordsOf(sayingOf(fact))].filter((word) => sentence.has(word)));
  const uses = new Map<string, number>();
  for (const word of inCommon.flat()) uses.set(word, (uses.get(word) ?? 0) + 1);
  const told = new Set<string>();
  return (
    facts
      .map((fact, index) => ({ fact, index, weight: inCommon[index]!.reduce((sum, word) => sum + 1 / uses.get(word)!, 0) }))
      // A node's name and a fact's alone say no more than that it is the node's last: those come by themselves.
      .filter(({ fact, index }) => inCommon[index]!.some((word) => word !== fact.who && !fact.parts!.what.startsWith(`${word} `)))
      .sort((a, b) => b.weight - a.weight || b.index - a.index)
      .map(({ fact }) => fact)
      // The same statement again, after a restart say, is told once: the last time.
      .filter((fact) => !told.has(sayingOf(fact)) && told.add(sayingOf(fact)))
  );
}

/** The last fact of each name of these nodes: one of each node, then one more of each, and so on. */
function lastFacts(facts: readonly StoryLine[], nodes: readonly string[]): StoryLine[] {
  const byNode = nodes.map((node) => {
    const last = new Map<string | undefined, StoryLine>();
    for (const fact of facts.toReversed()) if (fact.who === node && !last.has(fact.fold)) last.set(fact.fold, fact);
    return [...last.values()];
  });
  const most = Math.max(0, ...byNode.map(({ length }) => length));
  return Array.from({ length: most }, (_, nth) => byNode.flatMap((own) => own.slice(nth, nth + 1))).flat();
}

/** The faults and operations that concern `nodes`; all of them where no node is. */
function concerning(lines: readonly StoryLine[], nodes: readonly string[], names: ReadonlySet<string>): Set<StoryLine> {
  const weighty = lines.filter((line) => line.rank === rank.fault || line.rank === rank.operation);
  if (nodes.length === 0) return new Set(weighty);
  const anyOf = (some: Iterable<string>, words: ReadonlySet<string>): boolean => [...some].some((name) => words.has(name));
  const direct = weighty.filter(({ who, text, rank: own, loses }) => {
    const words = wordsOf(`${who} ${text}`);
    return loses === true || anyOf(nodes, words) || (own === rank.fault && !anyOf(names, words));
  });
  const ended = new Set(weighty.flatMap(({ op }) => (op?.ends === true ? [op.id] : [])));
  const theirs = new Set(direct.map(({ op }) => op?.id));
  return new Set([...direct, ...weighty.filter(({ op }) => op !== undefined && (theirs.has(op.id) || !ended.has(op.id)))]);
}

/** What bears on a violation, with at most about `most` lines to be kept. A run without a violation has none. */
export function bearing(lines: readonly StoryLine[], accusation: Accusation | undefined, most: number): Bearing {
  if (accusation === undefined) return { kept: new Set(), concerned: concerning(lines, [], new Set()) };
  const { names } = accusation;
  const sentence = wordsOf(accusation.sentence);
  const facts = lines.filter(isFact);
  // The sentences about histories name operations by their times.
  const timed = lines.filter(({ op, atUs }) => op !== undefined && sentence.has(ms(atUs))).slice(-Math.ceil(most / 2));
  const asked = new Set(timed.map(({ op }) => op?.id));
  const operations = lines.filter(({ op }) => op !== undefined && asked.has(op.id));
  // Next to operations a bare number is the number of a process, or how many there are.
  const words = timed.length === 0 ? sentence : new Set([...sentence].filter((word) => !/^\d+$/.test(word)));
  const mentions = mentioned(facts, words);
  const deciding = [...mentions.slice(0, 1), ...operations];
  const nodes = [
    ...[...names].filter((name) => sentence.has(name)),
    ...deciding.flatMap(({ who, from }) => [...(from === undefined ? [] : [from]), who]),
  ].filter((name, index, all) => all.indexOf(name) === index);
  const stating = nodes.filter((node) => facts.some(({ who }) => who === node));
  const free = Math.max(0, most - operations.length);
  // The rest is for how the nodes concerned stood at last.
  const chosen = new Set(mentions.slice(0, Math.ceil(free * 0.6)));
  for (const fact of lastFacts(facts, stating.length > 0 ? stating : [...names])) if (chosen.size < free) chosen.add(fact);
  const violation = lines.filter((line) => line.rank === rank.violation);
  return { kept: new Set([...violation, ...chosen, ...operations]), concerned: concerning(lines, nodes, names) };
}
