import { describe, expect, it } from "vitest";
import type { Abd } from "./abd.ts";
import { mutants } from "./mutants.ts";
import { copy, type Make, Server } from "./testing/server.ts";

/** The decision that a mutant gets wrong: a story, and what comes of it with the right node and with the wrong one. */
interface Difference {
  readonly mutant: string;
  readonly of: string;
  readonly servers?: number;
  story(server: Server): unknown;
  readonly right: unknown;
  readonly wrong: unknown;
}

const replies = (server: Server): string[] => server.did().filter((line) => line.startsWith("reply"));
const stores = (server: Server): string[] => server.did().filter((line) => line.startsWith("n2 <- store"));

const differences: readonly Difference[] = [
  {
    mutant: "no-write-back",
    of: "whether a read is answered when it has only found its value",
    story(server) {
      server.acks(server.read(), ["n2"], copy(4, "n3", 1));
      return replies(server);
    },
    right: [],
    wrong: ["reply c1#1 1"],
  },
  {
    mutant: "quorum-of-half",
    of: "whether two of four are a majority",
    servers: 4,
    story(server) {
      server.acks(server.write(7), ["n2"]);
      return stores(server);
    },
    right: [],
    wrong: ["n2 <- store 1.n1=7"],
  },
  {
    mutant: "write-skips-query",
    of: "whether a write waits for what others hold",
    story(server) {
      server.write(7);
      return stores(server);
    },
    right: [],
    wrong: ["n2 <- store 1.n1=7"],
  },
  {
    mutant: "no-tie-break",
    of: "whether a timestamp names its writer",
    story(server) {
      server.acks(server.write(7), ["n2"]);
      return stores(server);
    },
    right: ["n2 <- store 1.n1=7"],
    wrong: ["n2 <- store 1.=7"],
  },
  {
    mutant: "timestamp-given-twice",
    of: "the timestamps of two writes at once",
    story(server) {
      const [first, second] = [server.write(7), server.write(8)];
      server.acks(first, ["n2"]);
      server.acks(second, ["n2"]);
      return stores(server);
    },
    right: ["n2 <- store 1.n1=7", "n2 <- store 2.n1=8"],
    wrong: ["n2 <- store 1.n1=7", "n2 <- store 1.n1=8"],
  },
  {
    mutant: "tells-before-it-holds",
    of: "whether it holds a copy before it sends it",
    story(server) {
      server.acks(server.write(7), ["n2"]);
      return server.did().slice(-4);
    },
    right: ["write copy 1.n1=7", "sync", "n2 <- store 1.n1=7", "n3 <- store 1.n1=7"],
    wrong: ["n2 <- store 1.n1=7", "n3 <- store 1.n1=7", "write copy 1.n1=7", "sync"],
  },
  {
    mutant: "overwrites-newer",
    of: "what it holds after an older copy has come late",
    story(server) {
      server.isToldToStore(copy(3, "n2", 5));
      server.isToldToStore(copy(2, "n3", 4));
      return server.did().at(-1);
    },
    right: "n2 <- ack 3.n2=5",
    wrong: "n2 <- ack 2.n3=4",
  },
  {
    mutant: "acks-before-persisting",
    of: "whether a copy is durable before it is acknowledged",
    story(server) {
      server.isToldToStore(copy(1, "n2", 5));
      return server.did();
    },
    right: ["write copy 1.n2=5", "sync", "n2 <- ack 1.n2=5"],
    wrong: ["n2 <- ack 1.n2=5", "write copy 1.n2=5", "sync"],
  },
  {
    mutant: "never-syncs",
    of: "whether a write is synced",
    story(server) {
      server.isToldToStore(copy(1, "n2", 5));
      return server.did();
    },
    right: ["write copy 1.n2=5", "sync", "n2 <- ack 1.n2=5"],
    wrong: ["write copy 1.n2=5", "n2 <- ack 1.n2=5"],
  },
  {
    mutant: "counts-messages",
    of: "whether a replica that answers twice counts twice",
    servers: 5,
    story(server) {
      server.acks(server.write(7), ["n2", "n2"]);
      return stores(server);
    },
    right: [],
    wrong: ["n2 <- store 1.n1=7"],
  },
  {
    mutant: "counts-late-acks",
    of: "whether late answers to the query pass for stored copies",
    servers: 5,
    story(server) {
      const query = server.write(7);
      server.acks(query, ["n2", "n3"]);
      server.acks(query, ["n4", "n5"]);
      return replies(server);
    },
    right: [],
    wrong: ["reply c1#1 null"],
  },
];

describe.each(differences)("$mutant", ({ mutant, of, servers = 3, story, right, wrong }) => {
  it(`differs in ${of}`, () => {
    const { create } = mutants.find(({ name }) => name === mutant)!;
    const make: Make = (ctx, options) => create(ctx, options) as Abd;
    expect(story(new Server(servers))).toEqual(right);
    expect(story(new Server(servers, make))).toEqual(wrong);
  });
});

it("no mutant is without its difference", () => {
  expect(mutants.map(({ name }) => name)).toEqual(differences.map(({ mutant }) => mutant));
});
