import { describe, expect, it } from "vitest";
import { mutants } from "./mutants.ts";
import { type Make, Server } from "./testing/server.ts";

/** The decision that a mutant gets wrong: a story, and what comes of it with the right server and with the wrong one. */
interface Difference {
  readonly mutant: string;
  story(make?: Make): unknown;
  readonly right: unknown;
  readonly wrong: unknown;
}

function asked(make?: Make): Server {
  const server = new Server(2, make).isAsked(5);
  server.told();
  return server;
}

const differences: readonly Difference[] = [
  { mutant: "f-rounds", story: (make) => asked(make).roundEnds(2).said().at(-1), right: "all <- 5", wrong: "reply c1#1 5" },
  {
    mutant: "floods-once",
    story: (make) => asked(make).hears("n2", 3).roundEnds().told().slice(1),
    right: ["timer round d1 20ms", "all <- 5 3"],
    wrong: ["timer round d1 20ms"],
  },
  {
    mutant: "first-value-wins",
    story: (make) => asked(make).hears("n2", 3).roundEnds(3).said().at(-1),
    right: "reply c1#1 3",
    wrong: "reply c1#1 5",
  },
  {
    mutant: "ends-rounds-early",
    story: (make) => asked(make).hears("n2", 5).hears("n3", 5).said(),
    right: [],
    wrong: ["all <- 5"],
  },
  {
    mutant: "one-delay-a-round",
    story: (make) => new Server(2, make).isAsked(5).told().at(-2),
    right: "timer round d1 20ms",
    wrong: "timer round d1 10ms",
  },
  {
    mutant: "takes-late-inputs",
    story: (make) => asked(make).roundEnds(2).isAsked(1).roundEnds().said().at(-1),
    right: "reply c1#2 5",
    wrong: "reply c1#2 1",
  },
  {
    mutant: "takes-part-at-once",
    story: (make) => asked(make).restarted().isAsked(1).said(),
    right: ["redirect c1#1"],
    wrong: ["all <- 1"],
  },
  {
    mutant: "decision-in-memory",
    story: (make) => asked(make).roundEnds(3).restarted().waits().isAsked(1).said(),
    right: ["reply c1#1 5"],
    wrong: ["all <- 1"],
  },
];

describe.each(differences)("$mutant", ({ mutant, story, right, wrong }) => {
  it("differs in the decision that it gets wrong", () => {
    const { create } = mutants.find(({ name }) => name === mutant)!;
    const make = ((ctx, options) => create(ctx as never, options)) as Make;
    expect(story()).toEqual(right);
    expect(story(make)).toEqual(wrong);
  });
});

it("no mutant is without its difference", () => {
  expect(mutants.map(({ name }) => name)).toEqual(differences.map(({ mutant }) => mutant));
});
