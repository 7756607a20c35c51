/** One server of five in a state that a test describes, with its fake ctx. */

import type { NodeId, Options, Request } from "../../../harness/protocol.ts";
import { type KeyValueOp, keyValue, type Store } from "../key-value.ts";
import type { AppendEntries, Entry } from "../messages.ts";
import { Raft } from "../raft.ts";
import { FakeContext, FakeDisk } from "./fake-context.ts";

const options = { heartbeat: 100, "election-timeout": { min: 300, max: 600 } };

export interface Described {
  readonly term?: number;
  readonly votedFor?: NodeId | null;
  /** The terms of the entries on its disk. */
  readonly log?: readonly number[];
  readonly servers?: number;
  /** Servers that are no members: n6, n7 and so on with five members. */
  readonly spares?: number;
  /** Beside the two that every Raft has. */
  readonly options?: Options;
}

export interface Server {
  readonly ctx: FakeContext;
  readonly node: Raft<Store, KeyValueOp>;
  readonly described: Described;
}

export function entry(index: number, term: number, op?: KeyValueOp, client = "c1", serial = index): Entry {
  return { index, term, request: op === undefined ? null : request(op, client, serial) };
}

export function request(op: KeyValueOp, client = "c1", serial = 1): Request<KeyValueOp> {
  return { id: `${client}#${serial}`, client, serial, op };
}

/** n1, booted from a disk that holds this. */
export function server(described: Described = {}): Server {
  const { term = 0, votedFor = null, log = [] } = described;
  const disk = new FakeDisk();
  if (term > 0) disk.records.set("ballot", { term, votedFor });
  disk.logs.set(
    "log",
    log.map((of, i) => entry(i + 1, of)),
  );
  return boot(disk, described);
}

/** n1 again, from the disk of an earlier incarnation: everything on it survived. */
export function restarted({ ctx, described }: Server): Server {
  return boot(ctx.disk, described);
}

function boot(disk: FakeDisk, described: Described): Server {
  const { servers = 5, spares = 0 } = described;
  const peers = Array.from({ length: servers - 1 }, (_, i) => `n${i + 2}`);
  const ctx = new FakeContext("n1", peers, disk);
  ctx.spares = Array.from({ length: spares }, (_, i) => `n${servers + i + 1}`);
  const node = new Raft(ctx, { ...options, ...described.options }, keyValue);
  node.onStart();
  return { ctx, node, described };
}

/** What may be done to a server, without what it was described by. */
export type Seat = Pick<Server, "ctx" | "node">;

export function forget({ ctx }: Seat): void {
  ctx.effects = [];
}

/** Lets its election time-out pass. */
export function timeOut({ ctx, node }: Seat): void {
  ctx.elapsedMs += 600;
  node.onTimer("election");
}

/** Elected by n2 and n3, in the term after the described one. Its no-op stands behind the described log. */
export function leader(described: Described = {}): Server {
  const elected = server(described);
  timeOut(elected);
  const term = (described.term ?? 0) + 1;
  for (const voter of ["n2", "n3"]) elected.node.onMessage(voter, { type: "RequestVoteResponse", term, granted: true });
  return elected;
}

/** Elected, and its no-op is committed: n2 and n3 have stored it. */
export function established(described: Described = {}): Server {
  const elected = leader(described);
  for (const follower of ["n2", "n3"]) accept(elected, follower, (described.log?.length ?? 0) + 1);
  forget(elected);
  return elected;
}

export function accept({ ctx, node }: Seat, follower: NodeId, index: number, round = 0): void {
  node.onMessage(follower, { type: "AppendEntriesResponse", term: term(ctx), success: true, index, hint: index, round });
}

export function reject({ ctx, node }: Seat, follower: NodeId, index: number, hint: number): void {
  node.onMessage(follower, { type: "AppendEntriesResponse", term: term(ctx), success: false, index, hint, round: 0 });
}

/** AppendEntries with the usual fields filled in. */
export function appendEntries(fields: Partial<AppendEntries> & { readonly term: number }): AppendEntries {
  return { type: "AppendEntries", prevLogIndex: 0, prevLogTerm: 0, entries: null, leaderCommit: 0, round: 0, ...fields };
}

/** The term on its disk. */
export function term(ctx: FakeContext): number {
  return ctx.disk.read<{ term: number }>("ballot")?.term ?? 0;
}

/** The terms of the entries on its disk. */
export function logOf({ ctx }: Seat): number[] {
  return ctx.disk
    .log<Entry>("log")
    .entries()
    .map((each) => ("torn" in each ? Number.NaN : each.term));
}
