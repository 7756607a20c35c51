/** The steps of a page's story: those of the text, with the same thing at several nodes told once. */

import type { Step } from "../story.ts";
import { type Rank, rank } from "../story-lines.ts";
import type { StoryStep } from "./model.ts";

const weights: ReadonlyMap<Rank, StoryStep["weight"]> = new Map<Rank, StoryStep["weight"]>([
  [rank.violation, "violation"],
  [rank.fault, "fault"],
  [rank.operation, "operation"],
  [rank.fact, "fact"],
  [rank.faultyMessage, "message"],
  [rank.message, "message"],
]);

/** Facts of the same words that follow each other become one step, at the first of them. */
export function storyStepsOf(steps: readonly Step[]): StoryStep[] {
  const told: (StoryStep & { readonly what?: string })[] = [];
  for (const { n, atUs, who, text, rank: own, parts } of steps) {
    const weight = weights.get(own)!;
    const last = told.at(-1);
    if (parts !== undefined && last?.what === parts.what && !last.who.split(", ").includes(who)) {
      told[told.length - 1] = { ...last, who: `${last.who}, ${who}`, also: [...(last.also ?? []), n] };
      continue;
    }
    const step = { n, atUs, who, weight };
    told.push(
      parts === undefined
        ? { ...step, text }
        : { ...step, text: parts.what, aside: `${parts.why.replace(/^, /, "")}${parts.where}`.trim(), what: parts.what },
    );
  }
  return told.map(({ what: _what, ...step }) => step);
}
