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

/** A server that holds 1 and has said so. */
function asked(make?: Make, servers = 5): Server {
  const server = new Server(servers, make).isAsked(1);
  server.told();
  return server;
}

/** It has then heard 1 and 0, and proposed nothing; its coins fall on 0. */
function proposing(make?: Make): Server {
  const server = asked(make).hears("report", 1, "n2 1", "n3 0");
  server.coins = [0, 0];
  server.told();
  return server;
}

const differences: readonly Difference[] = [
  {
    mutant: "majority-of-those-heard",
    story: (make) => asked(make).hears("report", 1, "n2 1", "n3 0").said(),
    right: ["all <- proposal 1: ?"],
    wrong: ["all <- proposal 1: 1"],
  },
  {
    mutant: "half-is-a-majority",
    story: (make) => asked(make, 4).hears("report", 1, "n2 1", "n3 0").said(),
    right: ["all <- proposal 1: ?"],
    wrong: ["all <- proposal 1: 1"],
  },
  {
    mutant: "decides-on-t",
    story: (make) => proposing(make).hears("proposal", 1, "n2 1", "n3 1").said(),
    right: ["all <- report 2: 1"],
    wrong: ["all <- decided 1", "reply c1#1 1"],
  },
  {
    mutant: "decides-on-reports",
    story: (make) => asked(make).hears("report", 1, "n2 1", "n3 1").said(),
    right: ["all <- proposal 1: 1"],
    wrong: ["all <- decided 1", "reply c1#1 1"],
  },
  {
    mutant: "flips-always",
    story: (make) => proposing(make).hears("proposal", 1, "n2 1", "n3 ?").said(),
    right: ["all <- report 2: 1"],
    wrong: ["all <- report 2: 0"],
  },
  {
    mutant: "keeps-its-value",
    story: (make) => proposing(make).hears("proposal", 1, "n2 ?", "n3 ?").said(),
    right: ["all <- report 2: 0"],
    wrong: ["all <- report 2: 1"],
  },
  {
    mutant: "mixes-rounds",
    story: (make) => asked(make).hears("report", 3, "n2 1", "n3 1").said(),
    right: [],
    wrong: ["all <- proposal 1: 1"],
  },
  {
    mutant: "counts-messages",
    story: (make) => asked(make).hears("report", 1, "n2 1", "n2 1").said(),
    right: [],
    wrong: ["all <- proposal 1: 1"],
  },
  {
    mutant: "says-before-it-persists",
    story: (make) =>
      new Server(5, make)
        .isAsked(1)
        .told()
        .filter((line) => !line.startsWith("fact"))
        .slice(1),
    right: ["log report 1: 1", "sync", "all <- report 1: 1"],
    wrong: ["all <- report 1: 1", "log report 1: 1", "sync"],
  },
  {
    mutant: "forgets-in-a-crash",
    story: (make) => asked(make).restarted().isAsked(0).said().at(-1),
    right: "all <- report 1: 1",
    wrong: "all <- report 1: 0",
  },
  {
    mutant: "silent-once-decided",
    story(make) {
      const server = asked(make).isTold(1);
      server.told();
      return server.hears("report", 1, "n5 0").said();
    },
    right: ["n5 <- decided 1"],
    wrong: [],
  },
  {
    mutant: "leaves-those-behind",
    story(make) {
      const server = proposing(make).hears("proposal", 1, "n2 ?", "n3 ?");
      server.told();
      return server.hears("report", 1, "n5 0").said();
    },
    right: ["n5 <- report 1: 1"],
    wrong: [],
  },
  { mutant: "says-it-once", story: (make) => asked(make).timerRings().said(), right: ["all <- report 1: 1"], wrong: [] },
];

describe.each(differences)("$mutant", ({ mutant, story, right, wrong }) => {
  it("differs in the decision that it gets wrong", () => {
    const { create } = mutants.find(({ name }) => name === mutant)!;
    const make = ((ctx) => create(ctx as never, { repeat: 50 })) as Make;
    expect(story()).toEqual(right);
    expect(story(make)).toEqual(wrong);
  });
});

it("no mutant is without its difference", () => {
  expect(mutants.map(({ name }) => name)).toEqual(differences.map(({ mutant }) => mutant));
});
