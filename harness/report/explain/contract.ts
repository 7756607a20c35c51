/** Explained: how a protocol's code may break the contract of protocol.ts. */

import type { Group } from "./code.ts";

export const contract: Group = {
  title: "The contract of a node's code",
  codes: [
    {
      code: "ambient",
      title: "a handler used the machine's clock, chance or timers",
      says: [/was used inside a handler, where no run could be repeated; use/],
      example: "n1, in timer election: Math.random was used inside a handler, where no run could be repeated; use ctx.random",
      means:
        "Inside a run there is only virtual time and the seed's own chance. Whatever comes from the machine (Date, Math.random, setTimeout, crypto, the locale) would make the same seed another run each time, so it is trapped and ends the run with the name of what to use instead.",
      todo: [
        "Time: ctx.now() for the wall clock, ctx.elapsed() for durations and leases. Chance: ctx.random. Timers: ctx.setTimer.",
        "A library that does it inside: hand it a clock and a source of chance, or call it outside of handlers.",
      ],
    },
    {
      code: "handler-returned",
      title: "a handler returned something",
      says: [/returned .+ from .+; a handler runs to completion, synchronously, and returns nothing/],
      example: "n3 returned a Promise from request; a handler runs to completion, synchronously, and returns nothing",
      means:
        "Handlers are plain functions: what they do goes through ctx, in the order written, and takes effect when they return. A Promise means that part of the work would happen later, at a moment that no seed decides. Any other value means that somebody expected it to be used.",
      todo: ["Take `async` and `await` away; wait for a message or a timer instead, and go on in its handler."],
    },
    {
      code: "handler-threw",
      title: "a handler threw an error",
      says: [/ threw in .+: /],
      example: "n2 threw in message AppendEntries: TypeError: Cannot read properties of undefined (reading 'term')",
      means:
        "An exception in a handler is a violation, not a crash: a real process would be gone with it, at a moment when no fault was planned, and one that catches everything would go on with half a decision. The line at the end is the protocol's.",
      causes: [
        "a message that comes before the state it is about: early, late, twice, or from an older term",
        "a disk that is empty after a wipe, or holds only part of what was written",
      ],
      todo: [
        "`seedquake open`: the last event of the diagram is the handler that threw; its causes lead to the message.",
        "A node that must stop on purpose should state it as a fact and fall silent.",
      ],
    },
    {
      code: "frozen-data",
      title: "a node changed data that it had sent, received or written",
      says: [/changed data that it had sent, received, written or stated before/],
      example:
        "n1 changed data that it had sent, received, written or stated before, in timer heartbeat (Cannot add property 3, object is not extensible); such data is frozen: send a copy",
      means:
        "All nodes live in one process, so an object that was sent and is changed afterwards would change in the receiver's hands, which no network can do. Therefore what passes through ctx is frozen at the call. The same holds for what was read from the disk.",
      todo: ["Send a copy: `[...this.log]`, `{ ...this.state }`; or build a new value instead of changing the old one."],
    },
    {
      code: "not-plain-data",
      title: "something was sent or written that no wire and no disk could hold",
      says: [/passed .+ to .+; expected plain data/],
      example:
        "n1 passed a Map to ctx.send, at message.votes; expected plain data (null, booleans, finite numbers, strings, bigints, arrays, plain objects), in timer election",
      means:
        "Messages, disk records and facts are what could be written as bytes: plain data. A Map, a class instance, a function or undefined would arrive as itself here and as something else, or not at all, in a real system. It is refused where it is passed, with the path to it.",
      todo: ["Map: `[...map]` or `Object.fromEntries(map)`. Instance: its fields. Undefined: leave the key out, or write null."],
    },
    {
      code: "too-many-effects",
      title: "one handler recorded more effects than any can mean",
      says: [/recorded more than .+ effects in one handler/],
      example: "n1 recorded more than 10000 effects in one handler (message Sync); it seems to loop",
      means:
        "Every send, write, timer and fact of a handler is an effect, and a crash may fall between any two. A handler with this many is almost always a loop whose end never comes.",
      todo: [
        "`seedquake replay <scenario> --seed <seed>` names the handler; look at the loop that calls ctx in it.",
        "Work in pieces: so much in this handler, the rest after `ctx.setTimer(name, 0)`.",
      ],
    },
    {
      code: "handler-missing",
      title: "something came for which the node has no handler",
      says: [/but its node has no on(?:Request|Timer|Order)/],
      example: 'n2 set the timer "election", but its node has no onTimer',
      means:
        "A node got a request, a timer or an order, and its class has no method for it. That is refused rather than dropped: a timer that nobody hears is usually a method with a wrong name.",
      todo: [
        "Write the handler: onRequest, onTimer or onOrder.",
        "A role that clients must not ask: say whom they ask with `clients: { role: <name> }` in the scenario.",
      ],
    },
    {
      code: "wrong-call",
      title: "a call on ctx has arguments that mean nothing",
      says: [
        /called ctx\.setTimer\(.+expected a number of ms/,
        /called ctx\.disk\.log\(.+\.truncate\(/,
        /called ctx\.random\./,
        /sent a message to the client .+; clients hear ctx\.reply/,
      ],
      example: 'n1 called ctx.setTimer("election", NaN); expected a number of ms, 0 or more, in start',
      means:
        "The arguments of this call cannot be carried out: a time that is no number or lies in the past, an empty list to pick from, a message to a client, which hears only answers to its requests. It ends the run, as a node that goes on with NaN would show its damage only much later.",
      causes: ["arithmetic with a field that is undefined at first", "an answer that is sent with ctx.send instead of ctx.reply"],
      todo: ["The place is named at the end of the sentence; look at where the value comes from."],
    },
    {
      code: "unknown-node",
      title: "a node was named that is not there",
      says: [/named ".*" in .+, but there is no such node; there are/],
      example: 'n1 named "n6" in ctx.send, but there is no such node; there are n1, n2, n3, c1, c2',
      means:
        "Nodes are known by their names, and this name belongs to nobody in this cluster. Sending to nobody is never a lost message but a mistake in the code.",
      causes: [
        "names put together from numbers",
        "a request's client taken for its sender",
        "a scenario with fewer nodes than the code assumes",
      ],
      todo: ["Take names from ctx.peers, ctx.nodes(role), or from the message's sender."],
    },
    {
      code: "unknown-goal",
      title: "ctx.sometimes was called with a goal that the protocol does not list",
      says: [/called ctx\.sometimes\(.+which is not among the protocol's goals/],
      example: 'n1 called ctx.sometimes("snapshot sent"), which is not among the protocol\'s goals (second leader elected)',
      means:
        "Goals are listed in the protocol (`goals: [...]`), so that one which is never reached can be told from one that does not exist. A misspelt goal would never be missed otherwise.",
      todo: ["Add it to the protocol's `goals`, or mend its spelling."],
    },
    {
      code: "monitor-threw",
      title: "an invariant's own code threw",
      says: [/ threw at .+: /],
      example: "election safety threw at fact leader of n1: TypeError: Cannot read properties of undefined (reading 'term')",
      means:
        "A monitor is the protocol author's code too. That it threw says nothing about what it watches, so it is told as a broken contract and not as a violated invariant.",
      causes: [
        "a fact that is stated with other fields than the monitor reads",
        "a fact restated in onStart that the monitor hears for the first time",
      ],
      todo: ["Mend the monitor; it must bear every order of facts, restated ones included."],
    },
  ],
};
