/** The decision that each mutant gets wrong: a story, and what comes of it with the right server and with the wrong one. */

import { describe, expect, it } from "vitest";
import { mutants } from "./mutants.ts";
import { ballot, type Make, pvalue, request, Seat, write } from "./testing/seat.ts";

interface Difference {
  readonly mutant: string;
  readonly of: string;
  story(make?: Make): unknown;
  readonly right: unknown;
  readonly wrong: unknown;
}

const [b0, b1, b2, b3, b5] = [ballot(0, "n3"), ballot(1), ballot(2, "n2"), ballot(3, "n3"), ballot(5, "n2")];
const lease = { reads: "lease" };
const read = { f: "read", key: "x" } as const;

/** What was sent to n2 last. */
const toN2 = (seat: Seat): string | undefined =>
  seat
    .did()
    .findLast((line) => line.startsWith("n2 <- "))
    ?.slice("n2 <- ".length);
const acceptor = (make?: Make, options = {}): Seat => Seat.make(make, options).later(200);
/** What it proposed to n2. */
const proposed = (seat: Seat): string[] => seat.did().filter((line) => line.startsWith("n2 <- P2a"));
const last = (seat: Seat): string | undefined => seat.did().at(-1);

const differences: readonly Difference[] = [
  {
    mutant: "promise-not-persisted",
    of: "whether a promise outlives a restart",
    story: (make) =>
      last(
        acceptor(make)
          .scouted("n2", b5)
          .restarted()
          .commanded("n3", pvalue(1, b3, write(1))),
      ),
    right: "n3 <- preempted 5.n2",
    wrong: "n3 <- P2b 3.n3 1",
  },
  {
    mutant: "tells-before-it-syncs",
    of: "whether an acceptance is durable before it is told",
    story: (make) =>
      acceptor(make)
        .scouted("n2", b2)
        .commanded("n2", pvalue(1, b2, write(1)))
        .did()
        .slice(-3),
    right: ["append accepted", "sync", "n2 <- P2b 2.n2 1"],
    wrong: ["n2 <- P1b 2.n2 []", "append accepted", "n2 <- P2b 2.n2 1"],
  },
  {
    mutant: "acceptance-is-no-promise",
    of: "whether to accept is to promise, also after a restart",
    story: (make) =>
      last(
        acceptor(make)
          .commanded("n2", pvalue(1, b5, write(1)))
          .restarted()
          .commanded("n3", pvalue(2, b3, null)),
      ),
    right: "n3 <- preempted 5.n2",
    wrong: "n3 <- P2b 3.n3 2",
  },
  {
    mutant: "accepts-below-its-promise",
    of: "whether a promise binds",
    story: (make) =>
      last(
        acceptor(make)
          .scouted("n2", b5)
          .commanded("n3", pvalue(1, b3, write(1))),
      ),
    right: "n3 <- preempted 5.n2",
    wrong: "n3 <- P2b 3.n3 1",
  },
  {
    mutant: "starts-afresh",
    of: "what a new leader proposes for a slot in which something was accepted",
    story: (make) =>
      proposed(
        Seat.make(make)
          .timesOut()
          .promised("n1", b1)
          .promised("n2", b1, [pvalue(1, b0, write(1))]),
      ),
    right: ["n2 <- P2a 1.n1 1 c1#1"],
    wrong: ["n2 <- P2a 1.n1 1 no-op"],
  },
  {
    mutant: "takes-the-lowest",
    of: "what it proposes when two were accepted",
    story(make) {
      const [low, high] = [pvalue(1, b0, write(1)), pvalue(1, ballot(0, "n4"), write(1, 1, "c4"))];
      return proposed(Seat.make(make).timesOut().promised("n1", b1, [low]).promised("n2", b1, [high]));
    },
    right: ["n2 <- P2a 1.n1 1 c4#1"],
    wrong: ["n2 <- P2a 1.n1 1 c1#1"],
  },
  {
    mutant: "leaves-holes",
    of: "what it does about a slot in which nothing was accepted",
    story: (make) => {
      const seat = Seat.make(make)
        .timesOut()
        .promised("n1", b1)
        .promised("n2", b1, [pvalue(2, b0, write(1))]);
      return seat.did().filter((line) => line.startsWith("n2 <- P2a"));
    },
    right: ["n2 <- P2a 1.n1 1 no-op", "n2 <- P2a 1.n1 2 c1#1"],
    wrong: ["n2 <- P2a 1.n1 2 c1#1"],
  },
  {
    mutant: "skips-holes",
    of: "whether it waits for an earlier slot",
    story: (make) => Seat.make(make).decided(2, write(1)).told(),
    right: [],
    wrong: ['fact performed {"slot":1,"request":null}', 'fact performed {"slot":2,"request":"c1#1"}'],
  },
  {
    mutant: "half-is-a-quorum",
    of: "how many promises it waits for",
    story: (make) => toN2(Seat.make(make).timesOut().promised("n1", b1)),
    right: "P1a 1.n1 from 1",
    wrong: "heartbeat 1.n1 decided 0",
  },
  {
    mutant: "counts-messages",
    of: "how often it counts a doubled answer",
    story: (make) => toN2(Seat.leading(make).asks({ f: "write", key: "x", value: 1 }).accepted(1, "n3", "n3")),
    right: "P2a 1.n1 1 c1#1",
    wrong: "decision 1 c1#1",
  },
  {
    mutant: "executes-retries",
    of: "what a request does that is decided twice",
    story(make) {
      const cas = request({ f: "cas", key: "x", from: null, to: 1 });
      const seat = Seat.leading(make, { checkpoint: 2 }).knows(cas, cas);
      return (seat.disk.records.get("checkpoint") as { state: { sessions: unknown } }).state.sessions;
    },
    right: { c1: { serial: 1, result: true } },
    wrong: { c1: { serial: 1, result: false } },
  },
  {
    mutant: "checkpoint-without-sessions",
    of: "whether a checkpoint knows what was executed for whom",
    story(make) {
      const seat = Seat.make(make, { checkpoint: 1 }).knows(write(1)).restarted().timesOut();
      seat.promised("n1", b1).promised("n2", b1);
      return last(seat.asks({ f: "write", key: "x", value: 1 }));
    },
    right: "reply c1#1 null",
    wrong: "n3 <- P2a 1.n1 2 c1#1",
  },
  {
    mutant: "collects-everything",
    of: "whether what is not decided stays",
    story(make) {
      const seat = acceptor(make, { checkpoint: 1 })
        .commanded("n2", pvalue(2, b2, write(2, 2)))
        .decided(1, write(1));
      return last(seat.scouted("n3", b3, 2));
    },
    right: "n3 <- P1b 3.n3 [2 2.n2 c1#2]",
    wrong: "n3 <- P1b 3.n3 []",
  },
  {
    mutant: "installs-whatever-comes",
    of: "whether it goes back to a state that comes late",
    story(make) {
      const late = { slot: 1, store: {}, sessions: {} };
      const seat = Seat.make(make).knows(null, null).hears("n3", { type: "caught-up", state: late, decisions: [] });
      return seat.heartbeat("n2", b2, 9).heartbeat("n2", b2, 9).did().at(-1);
    },
    right: "n2 <- catch-up from 3",
    wrong: "n2 <- catch-up from 2",
  },
  {
    mutant: "reads-alone",
    of: "whether it reads alone without a lease",
    story: (make) => last(Seat.leading(make, lease).asks(read)),
    right: "n3 <- P2a 1.n1 1 c1#1",
    wrong: "reply c1#1 null",
  },
  {
    mutant: "reads-before-it-is-settled",
    of: "whether it reads alone before it has executed what it inherited",
    story(make) {
      const seat = Seat.leading(make, lease, pvalue(1, b0, write(5, 1, "c2")));
      return last(seat.acknowledged("n3", seat.elapsed).asks(read));
    },
    right: "n3 <- P2a 1.n1 2 c1#1",
    wrong: "reply c1#1 null",
  },
  {
    mutant: "disloyal-after-restart",
    of: "whom it lets in just after a restart",
    story(make) {
      const seat = Seat.make(make).heartbeat("n2", b2).restarted();
      seat.told();
      return seat.scouted("n3", b3).did();
    },
    right: [],
    wrong: ["write promised", "sync", "n3 <- P1b 3.n3 []"],
  },
  {
    mutant: "lease-without-clock-bound",
    of: "for how long it reads alone",
    story(make) {
      const seat = Seat.leading(make, lease);
      return last(seat.acknowledged("n3", seat.elapsed).later(190).asks(read));
    },
    right: "n3 <- P2a 1.n1 1 c1#1",
    wrong: "reply c1#1 null",
  },
];

describe.each(differences.map((difference) => [difference.mutant, difference] as const))("%s", (name, {
  of,
  story,
  right,
  wrong,
}) => {
  const { create } = mutants.find((mutant) => mutant.name === name)!;

  it(`differs from the right one in ${of}`, () => {
    expect(story()).toEqual(right);
    expect(story(create)).toEqual(wrong);
  });
});

it("every mutant has its story", () => {
  expect(differences.map(({ mutant }) => mutant)).toEqual(mutants.map(({ name }) => name));
});
