/** Explained: faults that could not be done to this cluster. */

import type { Group } from "./code.ts";

export const faults: Group = {
  title: "Faults and whom they strike",
  codes: [
    {
      code: "fault-item",
      title: "an item of `faults:` does not say which fault strikes whom",
      says: [/expected a fault with its target/, /expected one of .+ with its target, found/, /no node is named; write one/],
      example: "scenarios/mine.yaml:7:5: faults[0]: expected a fault with its target, found only at and for",
      means:
        "An item is one map: the fault's word with its target, when it happens (`at`, `every`, `when`, `before`, `after`), how long it lasts (`for`), and the fault's own options.",
      todo: [
        "`- { crash: leader, at: 1s..2s, for: 500ms }`",
        "`seedquake list` shows all faults; scenarios/README.md has the options of each.",
      ],
    },
    {
      code: "client-or-server",
      title: "a client is named where only servers can be struck, or a server where a client is meant",
      says: [
        /is a client, and .+; name (?:a server|two servers)/,
        /is a server, and .+; (?:name a client|write the sides as groups)/,
      ],
      example:
        "scenarios/mine.yaml:7:15: faults[0].corrupt: c1 is a client, and what clients ask is the workload's; name a server",
      means:
        "Clients are nodes too: they can crash, be paused and have wrong clocks. But orders, connections between servers, and lies of servers have no meaning for them, as requests and the sides of clients have none for servers.",
      todo: ["Name a server, a role, a selector such as leader, or any; a client as c1, or `one client`."],
    },
    {
      code: "sides",
      title: "a partition that cuts nobody off",
      says: [
        /this puts every server on one side/,
        /cannot stand on both sides/,
        /needs two (?:sides|groups), and/,
        /a single group is cut off from nobody/,
        /goes with a target; write the client into its group/,
      ],
      example:
        "scenarios/mine.yaml:7:16: faults[0].partition: this puts every server on one side, so nobody would be cut off; choose fewer",
      means:
        "A partition needs two sides with somebody on each; a node is on one of them. Clients keep all their links unless the item takes them along (`with:`, `clients: split`).",
      todo: ["`partition: leader`, `partition: halves`, or written out: `partition: [[n1, n2], [n3]]`."],
    },
    {
      code: "links",
      title: "what should be a link is none",
      says: [
        /is not a (?:link|connection); write all of them as|is a link, and a connection has no direction;/,
        /has no connection to itself/,
        /a link from ".*" to itself/,
        /expected a link such as n1 -> n2/,
      ],
      example: 'scenarios/mine.yaml:7:10: faults[0].hold: "n2" is not a link; write all of them as n1 -> n2',
      means:
        "A link is one direction between two nodes, written n1 -> n2; a role in the place of a node stands for all of its nodes. A list holds either links or nodes, not both.",
      todo: ["`hold: [n1 -> n2, n2 -> n1]` for both directions."],
    },
    {
      code: "moment",
      title: "a moment that cannot be waited for",
      says: [/expected a moment \(one of .+\) with its name/, /expected any, as .+ has no name/, /moments are counted from 1/],
      example:
        "scenarios/mine.yaml:8:13: faults[0].before: expected a moment (one of send, receive, write ...) with its name, such as { send: AppendEntries }, found none",
      means:
        "Under `when`, `before` and `after` a fault waits for something that a node does: it sends a message of a type, writes a record, syncs, answers, states a fact. `by` says which node's doings count, `nth` the how-manieth (from 1). What has no name (sync, effect) takes `any`.",
      todo: ["`seedquake points <scenario>` lists the moments of a dry run as they are to be written."],
    },
    {
      code: "beyond-claims",
      title: "the protocol states that it does not bear this",
      says: [/this protocol states that it bears no server/, /this protocol does not claim to bear/],
      example:
        'scenarios/mine.yaml:7:5: faults[0]: this protocol states that it bears no server wiped, so this would never happen; write "beyond: true" beside it, or take it out',
      means:
        "Faults that destroy durable state, or make a server lie, stop at what the protocol claims to bear, so that a violation is always one of its own claims. Where it bears none, the fault would be held back each time. `beyond: true` lifts that: then safety is still judged, but that it stops is not held against it.",
      todo: [
        "Write `beyond: true` beside the fault to see what happens, or take it out.",
        "If the protocol should bear it, say so in its `tolerates` or `bears`.",
      ],
    },
    {
      code: "orders",
      title: "an order that the nodes of this protocol do not take",
      says: [/the nodes of this protocol take no orders/, /there are several orders; say which/],
      example:
        'scenarios/mine.yaml:7:5: faults[0]: there are several orders; say which under "order": any, or one of add-server, remove-server',
      means:
        "`operate` does what an operator would: it hands a node an order (add a server, hand over the lead). Orders are a protocol's own, and listed by it.",
      todo: ["`operate: leader, order: <name>`; protocols/README.md lists the orders of each protocol."],
    },
    {
      code: "resubmit",
      title: "a request cannot come twice here",
      says: [/so resubmit means nothing to it/, /does not say that it applies a request once that comes twice/],
      example:
        "scenarios/mine.yaml:7:5: faults[0]: this protocol does not say that it applies a request once that comes twice; take the item out, or write clients: { retry: true } if it does",
      means:
        "`resubmit` sends a client's request a second time. That is fair only where the protocol says that it applies each request once; elsewhere a doubled write is the client's doing and no bug.",
      todo: ["Take the item out, or write `clients: { retry: true }` if the protocol recognises request ids."],
    },
    {
      code: "swizzle-order",
      title: "the order of release names other nodes than were clogged",
      says: [/expected the same nodes as under swizzle in another order/],
      example:
        "scenarios/mine.yaml:8:5: faults[0].release: expected the same nodes as under swizzle in another order, found n1 and n4; write all of n1, n2, n3",
      means:
        "A swizzle clogs nodes one after the other (all that they send and are sent waits) and lets them go in another order. So the second list holds the same nodes as the first.",
      todo: ["Write the same nodes in another order, or leave `release:` out: then the order is drawn."],
    },
  ],
};
