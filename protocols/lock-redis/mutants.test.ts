import { expect, it } from "vitest";
import { FakeContext } from "../locking/testing/fake-context.ts";
import { lockRedis } from "./index.ts";
import { mutants } from "./mutants.ts";
import { single } from "./nodes.ts";
import { Client, options, type Parts, RedisServer, ResourceServer } from "./testing/nodes.ts";

/** The decision that a mutant gets wrong: a story, and what comes of it with the right nodes and with the wrong ones. */
interface Difference {
  readonly mutant: string;
  readonly of: string;
  story(parts: Parts): unknown;
  readonly right: unknown;
  readonly wrong: unknown;
}

const answer = (server: RedisServer | ResourceServer): string | undefined => server.did().at(-1);

const differences: readonly Difference[] = [
  {
    mutant: "seed-article",
    of: "whether who asks in vain renews the lease of who has it",
    story: (parts) => answer(new RedisServer(parts).set("c1#1.1").at(4_000).set("c2#1.1").at(6_000).set("c3#1.1")),
    right: "c3 <- granted c3#1.1 2",
    wrong: "c3 <- taken c3#1.1",
  },
  {
    mutant: "seed-article",
    of: "whether a release frees the lock of another",
    story: (parts) => answer(new RedisServer(parts).set("c1#1.1").delete("c2#1.1").set("c3#1.1")),
    right: "c3 <- taken c3#1.1",
    wrong: "c3 <- granted c3#1.1 2",
  },
  {
    mutant: "seed-article",
    of: "how soon it asks again, and when it loses its patience",
    story(parts) {
      const client = new Client(parts).asked().hears({ type: "taken", owner: "c1#1.1" });
      return [client.did().at(-1), client.at(5_001).timerRings().did().at(-1)];
    },
    right: ["timer next 20ms", "timer next 100ms"],
    wrong: ["timer next 0ms", "fail c1#1: the lock was not to be had"],
  },
  {
    mutant: "release-without-owner-check",
    of: "whether a release frees the lock of another",
    story: (parts) => answer(new RedisServer(parts).set("c1#1.1").delete("c2#1.1").set("c3#1.1")),
    right: "c3 <- taken c3#1.1",
    wrong: "c3 <- granted c3#1.1 2",
  },
  {
    mutant: "extension-without-owner-check",
    of: "whether an extension asks whose lock it is",
    story: (parts) => answer(new RedisServer(parts).set("c2#1.1").extend("c1#1.1")),
    right: "c1 <- not-yours c1#1.1",
    wrong: "c1 <- extended c1#1.1 1",
  },
  {
    mutant: "lease-taken-whole",
    of: "whether it begins when most of its lease has passed",
    story: (parts) => new Client(parts).asked().at(4_900).granted().did().at(-1),
    right: "timer next 100ms",
    wrong: "timer next 300ms",
  },
  {
    mutant: "lock-only-in-memory",
    of: "whether the lock outlives a crash of the server",
    story: (parts) => answer(new RedisServer(parts).set("c1#1.1").restarted().set("c2#1.1")),
    right: "c2 <- taken c2#1.1",
    wrong: "c2 <- granted c2#1.1 1",
  },
  {
    mutant: "answers-before-it-syncs",
    of: "whether a grant is durable before it is told",
    story: (parts) => new RedisServer(parts).set("c1#1.1").did(),
    right: ["write lock c1#1.1 c1 1 5000", "sync", "c1 <- granted c1#1.1 1"],
    wrong: ["write lock c1#1.1 c1 1 5000", "c1 <- granted c1#1.1 1"],
  },
  {
    mutant: "expires-by-the-wall-clock",
    of: "whether a wall clock that jumps ends a lease",
    story(parts) {
      const server = new RedisServer(parts).set("c1#1.1");
      server.ctx.aheadMs += 10_000;
      return answer(server.set("c2#1.1"));
    },
    right: "c2 <- taken c2#1.1",
    wrong: "c2 <- granted c2#1.1 2",
  },
  {
    mutant: "token-of-each-client",
    of: "whether the token of another client counts",
    story: (parts) => answer(new ResourceServer(parts).write("c2#1.1", 8, 4).write("c1#1.1", 7, 3)),
    right: "c1 <- refused c1#1.1 4",
    wrong: "c1 <- accepted c1#1.1",
  },
  {
    mutant: "token-forgotten",
    of: "whether a token outlives a crash of the resource",
    story: (parts) => answer(new ResourceServer(parts).write("c2#1.1", 8, 4).restarted().write("c1#1.1", 7, 3)),
    right: "c1 <- refused c1#1.1 4",
    wrong: "c1 <- accepted c1#1.1",
  },
];

/** The classes that a mutant puts in the place of the right ones. */
function partsOf(name: string): Parts {
  const { create, createClient } = mutants.find((mutant) => mutant.name === name)!;
  const classOf = <Part>(node: object): Part => node.constructor as Part;
  return {
    redis: classOf(create(new FakeContext("redis"), options)),
    resource: classOf(create(new FakeContext("resource"), options)),
    client: classOf(createClient!(new FakeContext("c1"), options, {}, lockRedis.client)),
  };
}

it.each(differences)("$mutant differs in $of", ({ mutant, story, right, wrong }) => {
  expect(story(single)).toEqual(right);
  expect(story(partsOf(mutant))).toEqual(wrong);
});

it("no mutant is without its difference", () => {
  expect(mutants.map(({ name }) => name)).toEqual([...new Set(differences.map(({ mutant }) => mutant))]);
});
