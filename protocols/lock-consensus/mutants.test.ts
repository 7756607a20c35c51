import { expect, it } from "vitest";
import type { ClientContext, Context, Mutant } from "../../harness/protocol.ts";
import { lockConsensus } from "./index.ts";
import type { LockOp } from "./messages.ts";
import { mutants } from "./mutants.ts";
import { Seat } from "./testing/seat.ts";

const options = {
  heartbeat: 100,
  "election-timeout": { min: 300, max: 600 },
  try: 200,
  "snapshot-every": 0,
  fencing: true,
  "back-off": { min: 50, max: 50 },
  patience: 2_000,
};

/** The decision that a mutant gets wrong: a story, told with the right nodes and with the wrong ones. */
interface Difference {
  readonly mutant: string;
  story(make: Make): unknown;
  readonly right: unknown;
  readonly wrong: unknown;
}

type Make = (id: string, more?: object) => Seat;

const right = making(lockConsensus);

function wrong(name: string): Make {
  return making(mutants.find((one) => one.name === name)!);
}

function making({ create, createClient }: Pick<Mutant, "create" | "createClient">): Make {
  return (id, more) =>
    started(id, (ctx) =>
      id === "c1"
        ? createClient!(ctx as ClientContext, { ...options, ...more }, {}, lockConsensus.client)
        : create(ctx as Context, { ...options, ...more }),
    );
}

function started(id: string, make: ConstructorParameters<typeof Seat>[2]): Seat {
  const seat = new Seat(id, id === "server1" ? ["server1"] : ["server1", "resource"], make);
  return id === "server1" ? seat.after(700) : seat;
}

const acquire = (by: string): LockOp => ({ f: "acquire", owner: `${by}!`, client: by, leaseMs: 1_000 });

/** The last thing that the server says when it is asked this. */
function ask(seat: Seat, by: string, serial: number, op: LockOp): string | undefined {
  return seat
    .hears(by, { type: "ask", id: `${by}.${serial}`, serial, op })
    .did()
    .at(-1);
}

function write(seat: Seat, token: number): string | undefined {
  return seat
    .hears("c1", { type: "write", owner: `${token}`, value: 7, token })
    .did()
    .at(-1);
}

const differences: readonly Difference[] = [
  {
    mutant: "replicas-expire-by-their-clocks",
    // Its own timer has not rung yet: nothing about the lease stands in the log.
    story(make) {
      const seat = make("server1");
      ask(seat, "c1", 1, acquire("c1"));
      return ask(seat.asleep(1_500), "c2", 1, acquire("c2"));
    },
    right: "c2 <- answer id=c2.1 result={taken:1}",
    wrong: "c2 <- answer id=c2.1 result={granted:2}",
  },
  {
    mutant: "compares-two-clocks",
    // The lease was taken from a server whose stop-watch had gone on for longer than the next one's.
    story(make) {
      const before = make("server1").after(60_000);
      ask(before, "c1", 1, acquire("c1"));
      return ask(before.restarted().after(2_500), "c2", 1, acquire("c2"));
    },
    right: "c2 <- answer id=c2.1 result={granted:2}",
    wrong: "c2 <- answer id=c2.1 result={taken:1}",
  },
  {
    mutant: "expires-whoever-holds",
    story(make) {
      const seat = make("server1");
      ask(seat, "c1", 1, acquire("c1"));
      ask(seat, "c2", 1, { f: "expire", token: 0, extensions: 0 });
      return ask(seat, "c2", 2, { f: "holder" });
    },
    right: "c2 <- answer id=c2.2 result=1",
    wrong: "c2 <- answer id=c2.2 result=null",
  },
  {
    mutant: "tokens-in-memory",
    story(make) {
      const seat = make("server1");
      ask(seat, "c1", 1, acquire("c1"));
      ask(seat, "c1", 2, { f: "release", owner: "c1!" });
      return ask(seat.restarted().after(700), "c2", 1, acquire("c2"));
    },
    right: "c2 <- answer id=c2.1 result={granted:2}",
    wrong: "c2 <- answer id=c2.1 result={granted:1}",
  },
  {
    mutant: "token-dies-with-the-lock",
    story(make) {
      const seat = make("server1");
      ask(seat, "c1", 1, acquire("c1"));
      ask(seat, "c1", 2, { f: "release", owner: "c1!" });
      return ask(seat, "c2", 1, acquire("c2"));
    },
    right: "c2 <- answer id=c2.1 result={granted:2}",
    wrong: "c2 <- answer id=c2.1 result={granted:1}",
  },
  {
    mutant: "snapshot-without-the-count",
    story(make) {
      const seat = make("server1", { "snapshot-every": 1 });
      ask(seat, "c1", 1, acquire("c1"));
      ask(seat, "c1", 2, { f: "release", owner: "c1!" });
      return ask(seat.restarted().after(700), "c2", 1, acquire("c2"));
    },
    right: "c2 <- answer id=c2.1 result={granted:2}",
    wrong: "c2 <- answer id=c2.1 result={granted:1}",
  },
  {
    mutant: "release-by-anybody",
    story(make) {
      const seat = make("server1");
      ask(seat, "c1", 1, acquire("c1"));
      return ask(seat, "c2", 1, { f: "release", owner: "c2!" });
    },
    right: "c2 <- answer id=c2.1 result=false",
    wrong: "c2 <- answer id=c2.1 result=true",
  },
  {
    mutant: "no-sessions",
    story(make) {
      const seat = make("server1");
      ask(seat, "c1", 1, acquire("c1"));
      return ask(seat, "c1", 1, acquire("c1"));
    },
    right: "c1 <- answer id=c1.1 result={granted:1}",
    wrong: "c1 <- answer id=c1.1 result={taken:1}",
  },
  {
    mutant: "lease-from-the-answer",
    story(make) {
      const seat = make("c1").asked({ f: "use", lease: 1_000, hold: 300, write: "resource", value: 7 }).asleep(900);
      seat.did();
      return seat.hears("server1", { type: "answer", id: "c1#1.1", result: { granted: 1 } }).told()[0];
    },
    right: "server1 <- ask id=c1#1.2 serial=1048578 op={f:release,owner:c1#1.1}",
    wrong: "fact acquired owner=c1#1.1 leaseMs=1000 leftMs=990 token=1",
  },
  {
    mutant: "tokens-compared-as-text",
    story(make) {
      const seat = make("resource");
      write(seat, 9);
      return write(seat, 10);
    },
    right: "c1 <- accepted owner=10",
    wrong: "c1 <- refused owner=10 newest=9",
  },
  {
    mutant: "refuses-its-equal",
    story(make) {
      const seat = make("resource");
      write(seat, 9);
      return write(seat, 9);
    },
    right: "c1 <- accepted owner=9",
    wrong: "c1 <- refused owner=9 newest=9",
  },
  {
    mutant: "token-forgotten",
    story(make) {
      const seat = make("resource");
      write(seat, 9);
      return write(seat.restarted(), 8);
    },
    right: "c1 <- refused owner=8 newest=9",
    wrong: "c1 <- accepted owner=8",
  },
];

it.each(
  differences.map((one) => [one.mutant, one] as const),
)("%s differs from the right lock in one decision", (name, difference) => {
  expect(difference.story(right)).toEqual(difference.right);
  expect(difference.story(wrong(name))).toEqual(difference.wrong);
});

it("answers-before-commit and looks-at-its-own-copy answer where no majority is asked", () => {
  const one = (name: string): Seat => {
    const mutant = mutants.find((each) => each.name === name)!;
    return new Seat("server1", ["server1", "server2", "server3"], (ctx) => mutant.create(ctx as Context, options));
  };
  expect(ask(one("answers-before-commit"), "c1", 1, acquire("c1"))).toBe("c1 <- answer id=c1.1 result={granted:1}");
  expect(ask(one("looks-at-its-own-copy"), "c1", 1, { f: "holder" })).toBe("c1 <- answer id=c1.1 result=null");
  const rightOne = new Seat("server1", ["server1", "server2", "server3"], (ctx) => lockConsensus.create(ctx as Context, options));
  expect(ask(rightOne, "c1", 1, acquire("c1"))).toBeUndefined();
});
