import { expect, it } from "vitest";
import { Balancer } from "./balancer.ts";
import { mutants } from "./mutants.ts";
import { FakeContext } from "./testing/fake-context.ts";
import { options, Story } from "./testing/story.ts";

/** The decision that a mutant gets wrong: a story, and what comes of it with the right balancer and with the wrong one. */
interface Difference {
  readonly mutant: string;
  readonly of: string;
  story(story: Story): unknown;
  readonly right: unknown;
  readonly wrong: unknown;
}

const differences: readonly Difference[] = [
  {
    mutant: "seed-article",
    of: "whether an answer is counted down",
    story: (story) => story.asked().done("worker1", "c1#1/1").loads(),
    right: "loads 0 0 0",
    wrong: "loads 1 0 0",
  },
  {
    mutant: "seed-article",
    of: "whether it looks who lives",
    story: (story) => story.died("worker1").asked().did(),
    right: ["worker2 <- work c1#1/1 20"],
    wrong: ["worker1 <- work c1#1/1 20"],
  },
  {
    mutant: "counts-down-twice",
    of: "whether a doubled answer counts",
    story: (story) => story.asked().done("worker1", "c1#1/1").done("worker1", "c1#1/1").loads(),
    right: "loads 0 0 0",
    wrong: "loads -1 0 0",
  },
  {
    mutant: "keeps-the-load-of-the-dead",
    of: "whether a dead worker's load is given back",
    story: (story) => story.asked().died("worker1").loads(),
    right: "loads 0 1 0",
    wrong: "loads 1 0 0",
  },
  {
    mutant: "never-times-out",
    of: "whether it ever stops waiting",
    story(story) {
      story.asked().asked();
      for (const ms of [300, 600]) story.checksAt(ms).alive("worker1").alive("worker2").alive("worker3");
      story.told();
      return story.checksAt(800).did();
    },
    right: ["worker2 <- work c1#1/2 20", "worker1 <- work c1#2/2 20"],
    wrong: [],
  },
  {
    mutant: "sends-to-the-dead",
    of: "whether the dead are left out",
    story: (story) => story.died("worker1").asked().did(),
    right: ["worker2 <- work c1#1/1 20"],
    wrong: ["worker1 <- work c1#1/1 20"],
  },
  {
    mutant: "takes-turns",
    of: "whether it looks who has least",
    story: (story) => story.asked().asked().asked().done("worker2", "c1#1/1").done("worker1", "c1#3/1").asked().did().at(-1),
    right: "worker1 <- work c1#4/1 20",
    wrong: "worker2 <- work c1#4/1 20",
  },
  {
    mutant: "answers-twice",
    of: "whether a second answer is passed on",
    story(story) {
      story.asked().done("worker1", "c1#1/1");
      story.told();
      return story.done("worker1", "c1#1/1").did();
    },
    right: [],
    wrong: ["reply c1#1 worker1"],
  },
];

it.each(differences)("$mutant differs in $of", ({ mutant, story, right, wrong }) => {
  const { create } = mutants.find(({ name }) => name === mutant)!;
  const Wrong = create(new FakeContext("balancer", "balancer"), options).constructor as typeof Balancer;
  expect(story(new Story(Balancer))).toEqual(right);
  expect(story(new Story(Wrong))).toEqual(wrong);
});

it("no mutant is without its difference", () => {
  expect(mutants.map(({ name }) => name)).toEqual([...new Set(differences.map(({ mutant }) => mutant))]);
});
