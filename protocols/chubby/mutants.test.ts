import { expect, it } from "vitest";
import type { Context } from "../../harness/protocol.ts";
import { mutants } from "./mutants.ts";
import { server } from "./nodes.ts";
import { Master, options } from "./testing/master.ts";

/** The decision that a mutant of the cell gets wrong: a story, told with the right server and with the wrong one. */
interface Difference {
  readonly mutant: string;
  story(make: (ctx: Context) => ReturnType<typeof server>): unknown;
  readonly right: unknown;
  readonly wrong: unknown;
}

type Make = Parameters<Difference["story"]>[0];

const opened = (make: Make): Master => new Master(make).opened("c1", "c2");
const wrote = (master: Master): boolean => master.told().some((line) => line.startsWith("fact written"));

const differences: readonly Difference[] = [
  {
    mutant: "no-lock-delay",
    story: (make) => opened(make).acquire("c1").keptFor(1_100, "c2").acquire("c2").told().at(-1),
    right: "c2 answer {taken:1}",
    wrong: "c2 answer {granted:2}",
  },
  {
    mutant: "generation-not-raised",
    story: (make) =>
      opened(make)
        .acquire("c1")
        .call("c1", { f: "release", session: "c1", file: "f1", generation: 1 })
        .acquire("c2")
        .told()
        .at(-1),
    right: "c2 answer {granted:2}",
    wrong: "c2 answer {granted:1}",
  },
  {
    mutant: "inherits-no-leases",
    story: (make) => opened(make).restarted(make).call("c1", { f: "read", session: "c1", file: "f1" }, 2).told(),
    right: [],
    wrong: ["c1 answer gone"],
  },
  {
    mutant: "opens-at-once",
    story: (make) => opened(make).restarted(make).call("c1", { f: "read", session: "c1", file: "f1" }, 2).told(),
    right: [],
    wrong: ["c1 answer {value:null,generation:0}, cacheable"],
  },
  {
    mutant: "takes-old-epochs",
    story: (make) => opened(make).restarted(make).keepAlive("c1", 5).told(),
    right: ["c1 <- new-epoch epoch=2"],
    wrong: [],
  },
  {
    mutant: "writes-at-once",
    story: (make) => wrote(opened(make).read("c1").write("c2", 7)),
    right: false,
    wrong: true,
  },
  {
    mutant: "cachable-while-writing",
    story(make) {
      const master = opened(make).read("c1").write("c2", 7);
      master.told();
      return master.read("c2").told();
    },
    right: ["c2 answer {value:null,generation:0}"],
    wrong: ["c2 answer {value:null,generation:0}, cacheable"],
  },
  {
    mutant: "takes-any-acknowledgement",
    story(make) {
      const master = opened(make).read("c1").write("c2", 7).write("c2", 8).keepAlive("c1", 1).read("c1").keepAlive("c1", 2);
      master.told();
      return wrote(master.write("c2", 9));
    },
    right: false,
    wrong: true,
  },
  {
    mutant: "announces-too-early",
    story(make) {
      const master = opened(make).read("c1").keepAlive("c1");
      master.told();
      return master.write("c2", 7).told()[0];
    },
    right: "c1 kept after 0, invalidate f1 0",
    wrong: "c1 kept after 0, modified f1 1, invalidate f1 0",
  },
];

it.each(
  differences.map((one) => [one.mutant, one] as const),
)("%s differs from the right cell in one decision", (name, difference) => {
  const mutant = mutants.find((one) => one.name === name)!;
  expect(difference.story((ctx) => server(ctx, options))).toEqual(difference.right);
  expect(difference.story((ctx) => mutant.create(ctx, options))).toEqual(difference.wrong);
});
