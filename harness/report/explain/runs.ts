/** Explained: why a run has no verdict, or cannot be repeated, and what ends one from outside. */

import type { Group } from "./code.ts";

/** The check that watches for it; what stands outside of quotes is taken for code that does so. */
const late = "async";

export const runs: Group = {
  title: "Runs without a verdict, runs that differ",
  codes: [
    {
      code: "run-too-long",
      title: "a run was cut off: too many events, or too much under way",
      says: [/the run did not end within .+ events/, /more than .+ messages and timers were under way at once/],
      example: "the run did not end within 2000000 events; the last one was at n2",
      means:
        "A run has a budget that is counted, never timed, so that it ends at the same event on every machine. This one used it up: nodes kept sending or setting timers without coming to rest. The run is unknown, since nobody can say what the rest would have shown.",
      causes: [
        "two nodes that answer each other's answers",
        "a timer of 0 ms that sets itself again",
        "a broadcast for every message received, which doubles at each step",
      ],
      todo: [
        "`seedquake replay <scenario> --seed <seed>`: the last records of the timeline show the loop.",
        "If it is only much work: fewer operations, fewer nodes, or longer timers in the scenario.",
      ],
    },
    {
      code: "too-hard-to-check",
      title: "the checker ran out of steps before it could decide",
      says: [/undecided, for the closed form/, /undecided, for .+ steps\)/],
      example:
        "key x: undecided, for 2000000 steps were not enough (2000000 steps): 14 operations of it crashed. Allow more steps, or have fewer operations crash on one key.",
      means:
        "Whether a history is linearizable is NP-complete; every operation that timed out may have happened at any later moment or never, and each one doubles the orders to be tried. Checkers of special models (registers with unique values, queues, sets ...) decide without a search where they apply. Here the search was ended by its budget, and that is unknown, not valid.",
      todo: [
        "Spread operations over more keys: each key is judged alone.",
        "Let fewer time out: `clients: { timeout: 5s }`, or shorter faults.",
        "For a recorded history: `seedquake check <file> --model <name> --timeout 10m --memory 8GB`.",
      ],
    },
    {
      code: "beyond-what-it-bears",
      title: "more durable state was destroyed than the protocol states that it bears",
      says: [/more durable state was destroyed than/, /nothing can be said about liveness/],
      example: "more durable state was destroyed than raft states that it bears: of 3 members, 2 wiped",
      means:
        "Every protocol says how many members may lose their disks for good before it may stop (`tolerates`). This run destroyed more, so that it stops is no fault of it, and the run is unknown as to liveness. Safety is judged all the same: a group that has lost too much must fall silent, not lie.",
      todo: [
        "Aim the wipe at a minority (`crash: minority`, `disk: wipe`), or run more nodes.",
        "If the loss is the point of the scenario: that is what `beyond: true` states, and safety is still judged.",
      ],
    },
    {
      code: "interrupted",
      title: "the command was interrupted; what was found until then is kept",
      says: [/interrupted: finishing what is under way/, /interrupted after .+ of .+ runs/],
      example: "interrupted after 40 of 200 runs, without a violation until then",
      means:
        "Somebody pressed Ctrl-C, or the CI server ended the job (exit 130). Reports hold what had been run, and a journal beside them holds every batch that was finished, so nothing has to be done twice.",
      todo: ["The same command with `--resume` goes on from there, and ends as if it had never been interrupted."],
    },
    {
      code: "determinism",
      title: "the same seed gave two different runs",
      says: [
        /\bdeterminism is violated(?!, as expected)|violates determinism:/,
        /gave the digest .+ when it ran again in the same process/,
        /something outlives a run \(at module level\?\)/,
      ],
      example:
        "seed 1 gave the digest 4bf1a2..., and 90c31e... when it ran again in the same process: something outlives a run (at module level?) or comes from outside",
      means:
        "A run is a function of its seed: that is what makes a bug repeatable and shrinkable. The first seed of every batch is run twice, and here the two differ. Whatever else was found cannot be trusted until this is mended. The end of the sentence shows the first event that differs, and what reached for the outside meanwhile.",
      causes: [
        "a variable at module level: a counter, a cache, a Map that one run leaves to the next",
        "a file, an environment variable, node:crypto or node:os read from a handler",
        "an order that depends on something outside, such as the result of an unstable comparison",
      ],
      todo: [
        "Move the state into the node's fields; use ctx.random and ctx.now.",
        "`seedquake run <scenario> --check-determinism` runs every seed twice.",
      ],
    },
    {
      code: "async",
      title: "ctx was used where no handler may use it, or after the run",
      says: [
        new RegExp(`\\b${late} is violated(?!, as expected)|violates ${late}:`),
        /used ctx\..+ (?:…|by an|outside|inside).*; ctx may only be used inside the handler it was given to/,
      ],
      example:
        "n1 used ctx.send outside a handler (in the constructor, in a promise or in a callback); ctx may only be used inside the handler it was given to, before it returns",
      means:
        "Handlers run one at a time, from beginning to end, and what they do through ctx takes effect when they return. A call from a promise, a callback, a constructor or an incarnation that has crashed has no place in that order: it would happen at a moment that no seed decides. A node that crashed is gone with its fields; its successor has a ctx of its own.",
      causes: [
        "an async handler, or a promise that nobody waits for",
        "a callback that was handed to a library",
        "ctx used in the constructor; onStart is the first moment",
      ],
      todo: ["Do it within the handler, or set a timer (`ctx.setTimer`) and do it in onTimer."],
    },
    {
      code: "endless",
      title: "a handler never returned",
      says: [
        /\bendless is violated(?!, as expected)|violates endless:/,
        /did not return from a handler: event .+ never came to an end/,
      ],
      example: "n2 did not return from a handler: event 812 of seed 5 never came to an end; look for a loop without an exit",
      means:
        "A watchdog in another thread saw one event take longer than any can, ended the worker, and ran the seeds of its batch one by one to find which it was. The other seeds are judged as usual.",
      todo: ["Look for a while loop whose condition only a message could change."],
    },
    {
      code: "other-digest",
      title: "the run is not the one that was recorded",
      says: [/records the digest .+ for this run, and it is .+ now/, /had the digest .+, and has .+ now/],
      example:
        "reports/summary.json records the digest 4bf1... for this run, and it is 90c3... now: the protocol, the scenario or seedquake has changed since; a counterexample.yaml keeps its plan through such changes",
      means:
        "A seed stands for a plan that is drawn anew each time. When the scenario, the protocol or the generator has changed since the report was written, the same seed is another run, and its verdict says nothing about the old one (exit 3). A counterexample.yaml holds the plan itself, so only a change of the protocol can make it differ.",
      todo: [
        "Replay the counterexample: `seedquake replay reports/<name>-<seed>/counterexample.yaml`.",
        "Or go back to the commit of the report, or run the scenario anew: `seedquake run <scenario>`.",
      ],
    },
    {
      code: "own-fault",
      title: "a fault of seedquake's own",
      says: [/a fault of seedquake's own/],
      example: "a fault of seedquake's own: TypeError: ...",
      means:
        "Something went wrong in the tool and not in what it tests (exit 70). It is kept apart from every verdict, so that a broken tool is never taken for a broken protocol, nor for a sound one.",
      todo: ["Please report it with the whole text, the version (`seedquake --version`), the scenario and the seed."],
    },
    {
      code: "waiting-for-debugger",
      title: "the process waits until a debugger is attached",
      says: [/waiting for a debugger; it will stop at/],
      example: "waiting for a debugger; it will stop at event 812 (chrome://inspect, or: node inspect 127.0.0.1:9229)",
      means:
        "`--inspect-brk` opens Node's inspector and goes no further until somebody has attached; then it runs up to the moment of `--until` and stops before its handler. Virtual time stands still meanwhile: no timer fires because you read slowly.",
      todo: ["Open chrome://inspect in Chromium, or type `node inspect 127.0.0.1:9229` in another terminal."],
    },
  ],
};
