import { expect, it } from "vitest";
import { Balancer } from "./balancer.ts";
import { mutants, mutantsOnStreams } from "./mutants.ts";
import type { PolicyName } from "./policies.ts";
import { FakeContext } from "./testing/fake-context.ts";
import { options, Story } from "./testing/story.ts";

const all = [...mutants, ...mutantsOnStreams];

/** The decision that a mutant gets wrong: a story, and what comes of it with the right balancer and with the wrong one. */
interface Difference {
  readonly mutant: string;
  readonly of: string;
  readonly policy?: PolicyName;
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
    mutant: "trusts-the-connection",
    of: "whether a worker that says nothing is held for dead while its connection stands",
    story: (story) => story.died("worker1").asked().did(),
    right: ["worker2 <- work c1#1/1 20"],
    wrong: ["worker1 <- work c1#1/1 20"],
  },
  {
    mutant: "gives-back-twice",
    of: "whether what a broken connection had is still waited for",
    story: (story) => story.asked().disconnected("worker1").done("worker1", "c1#1/1").loads(),
    right: "loads 0 1 0",
    wrong: "loads -1 0 0",
  },
  {
    mutant: "takes-turns",
    of: "whether it looks who has least",
    story: (story) => story.asked().asked().asked().done("worker2", "c1#2/1").asked().did().at(-1),
    right: "worker2 <- work c1#4/1 20",
    wrong: "worker1 <- work c1#4/1 20",
  },
  {
    mutant: "sends-to-the-draining",
    of: "whether a draining worker is left alone",
    story: (story) => story.drains("worker1").asked().did(),
    right: ["worker2 <- work c1#1/1 20"],
    wrong: ["worker1 <- work c1#1/1 20"],
  },
  {
    mutant: "believes-late-answers",
    of: "what an answer says that was long under way",
    story: (story) => story.died("worker1").alive("worker1", 1, { atMs: 0 }).asked().did(),
    right: ["worker2 <- work c1#1/1 20"],
    wrong: ["worker1 <- work c1#1/1 20"],
  },
  {
    mutant: "believes-its-former-self",
    of: "what an answer says to a question of an earlier life",
    story: (story) => story.died("worker1").alive("worker1", 1, { boot: 9 }).asked().did(),
    right: ["worker2 <- work c1#1/1 20"],
    wrong: ["worker1 <- work c1#1/1 20"],
  },
  {
    mutant: "turns-by-place",
    of: "whose turn it is when a worker has gone",
    policy: "round-robin",
    story: (story) => story.asked().died("worker1").did().at(-1),
    right: "worker2 <- work c1#1/2 20",
    wrong: "worker3 <- work c1#1/2 20",
  },
  {
    mutant: "one-of-two",
    of: "whether the two are compared",
    policy: "two-choices",
    story: (story) => story.asked().asked().did().at(-1),
    right: "worker2 <- work c1#2/1 20",
    wrong: "worker1 <- work c1#2/1 20",
  },
  {
    mutant: "hash-modulo",
    of: "which keys move when a worker goes",
    policy: "hash",
    story(story) {
      const before = story.places(20);
      const after = story.drains("worker3").places(20);
      return before.some((worker, i) => worker !== "worker3" && after[i] !== worker);
    },
    right: false,
    wrong: true,
  },
  {
    mutant: "unbounded-ring",
    of: "how much a hot key puts on one worker",
    policy: "hash",
    story: (story) => story.asked("k1").asked("k1").asked("k1").asked("k1").loads()!.includes("4"),
    right: false,
    wrong: true,
  },
  {
    mutant: "weights-by-chance",
    of: "whether the weights are kept in each round",
    policy: "weighted",
    story: (story) => story.asked().asked().asked().asked().asked().asked().loads(),
    right: "loads 1 2 3",
    wrong: "loads 6 0 0",
  },
  {
    mutant: "seed-article-2",
    of: "whether a key leaves a worker that is gone",
    policy: "hash",
    story: (story) => story.died("worker1").asked("k1").asked("k2").asked("k3").asked("k4").did().join().includes("worker1"),
    right: false,
    wrong: true,
  },
  {
    mutant: "seed-article-3",
    of: "whether a caller is given another server when its own is gone",
    story: (story) => story.asked("k1").died("worker1").asked("k1").did().at(-1),
    right: "worker3 <- work c1#2/1 20",
    wrong: "worker1 <- work c1#2/1 20",
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

it.each(differences)("$mutant differs in $of", ({ mutant, policy, story, right, wrong }) => {
  const { create } = all.find(({ name }) => name === mutant)!;
  const Wrong = create(new FakeContext("balancer", "balancer"), options).constructor as typeof Balancer;
  expect(story(new Story(Balancer, policy))).toEqual(right);
  expect(story(new Story(Wrong, policy))).toEqual(wrong);
});

it("no mutant is without its difference", () => {
  expect([...new Set(all.map(({ name }) => name))].toSorted()).toEqual(
    [...new Set(differences.map(({ mutant }) => mutant))].toSorted(),
  );
});
