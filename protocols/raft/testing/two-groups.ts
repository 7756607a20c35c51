/** Two Raft groups in one cluster of five, for tests: each keeps half of the keys, and n3 is a member of both. */

import type { Context, Node, NodeId, Options, Protocol, Request } from "../../../harness/protocol.ts";
import { invariantOf, Part, type Raft, raft, raftGoals, raftInvariants, raftOver, selectorOf } from "../index.ts";
import { leader } from "../invariants.ts";
import { type KeyValueOp, keyValue, type Store } from "../key-value.ts";

type Group = Raft<Store, KeyValueOp>;
type Make = (ctx: Context, options: Options) => Group;

const members: Readonly<Record<string, readonly NodeId[]>> = { left: ["n1", "n2", "n3"], right: ["n3", "n4", "n5"] };

function groupOf({ key = "x" }: KeyValueOp): string {
  return key === "x" ? "left" : "right";
}

class Shards implements Node<{ readonly type: string }, KeyValueOp> {
  private readonly ctx: Context;
  private readonly parts: readonly Part<Group>[];

  constructor(ctx: Context, options: Options, make: Make) {
    this.ctx = ctx;
    const own = Object.entries(members).filter(([, nodes]) => nodes.includes(ctx.id));
    this.parts = own.map(([name, nodes]) => new Part(name, ctx, (inner) => make(inner, options), nodes));
  }

  onStart(): void {
    for (const part of this.parts) part.start();
  }
  onRequest(request: Request<KeyValueOp>): void {
    const group = groupOf(request.op);
    const part = this.parts.find(({ name }) => name === group);
    if (part === undefined) this.ctx.redirect(request, this.ctx.random.pick(members[group]!));
    else part.node.onRequest(request);
  }
  onMessage(from: NodeId, message: { readonly type: string }): void {
    for (const part of this.parts) if (part.hears(from, message)) return;
    throw new Error(`no part for ${message.type}`);
  }
  onTimer(name: string): void {
    for (const part of this.parts) if (part.rings(name)) return;
  }
}

/** The groups may be made of something else than the right Raft. */
export function twoGroups(make: Make = raftOver(keyValue)): Protocol {
  return {
    ...raft,
    name: "two-groups",
    roles: [{ name: "server", default: 5, min: 5, max: 5 }],
    orders: {},
    create: (ctx, options) => new Shards(ctx, options, make),
    invariants: Object.keys(members).flatMap((group) => raftInvariants.map((invariant) => invariantOf(group, invariant))),
    selectors: { "left-leader": selectorOf("left", leader), "right-leader": selectorOf("right", leader) },
    goals: raftGoals,
    mutants: [],
  };
}
