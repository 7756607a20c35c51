/** Explained: what a campaign comes to, from a violation to a green that proves something. */

import type { Group } from "./code.ts";

/** Checks with an explanation of their own; every other name is an invariant's. */
const named = "linearizable|liveness|contract|determinism|async|endless";

export const outcomes: Group = {
  title: "Verdicts of a campaign",
  codes: [
    {
      code: "linearizable",
      title: "no order of the operations explains what the clients were answered",
      says: [/\blinearizable is violated(?!, as expected)|violates linearizable:/],
      example: "seed 408 violates linearizable: key x: c2's read of 1 cannot be placed anywhere",
      means:
        "The operations of all clients were put into every order that real time allows (an operation that returned before another was invoked comes first), and in none of them does the workload's model give the answers that the clients got. Some client saw a state that a single correct copy could never have shown: a stale read, a lost write, a write that happened twice. Operations that timed out may have happened or not; both were tried.",
      causes: [
        "a read that is answered from a node which no longer leads",
        "an answer that is sent before what it promises is durable, or known to enough nodes",
        "a retry that is applied a second time",
      ],
      todo: [
        "`seedquake open` shows the smallest counterexample, step by step, and which of its faults it takes.",
        "`seedquake replay reports/<name>-<seed>/counterexample.yaml` repeats exactly that run.",
        "When it is mended, keep it: `seedquake replay <counterexample.yaml> --save <name>` puts it among the regressions.",
      ],
    },
    {
      code: "invariant",
      title: "something that must always hold did not",
      says: [
        new RegExp(`^(?!.*\\b(?:${named}) is violated).*\\S is violated(?!, as expected)`),
        new RegExp(`violates (?!(?:${named}):)\\S.*?:`),
      ],
      example: "seed 12 violates election safety: n1 and n3 both lead in term 4",
      means:
        "A monitor over the facts that the nodes stated (leader elected, entry committed, lock granted ...) heard two that cannot both be true. Monitors hear facts in the order in which they happened, and only facts: a fact whose node crashed before it was stated is never heard, so a monitor does not mistake an intention for an act. The sentence after the colon is the monitor's own.",
      causes: [
        "a decision made on state that a crash has taken back",
        "a promise (a vote, a ballot, a lease) that was given twice",
        "in a protocol of your own: a fact stated before what makes it true, or not restated in onStart from what the disk holds",
      ],
      todo: [
        "`seedquake open`: the story names the facts, and the diagram the messages that led to each.",
        "`seedquake replay <counterexample.yaml> --until <moment>` stops there and shows every node's state.",
      ],
    },
    {
      code: "liveness",
      title: "clients were left without an answer although everything was whole again",
      says: [
        /\bliveness is violated(?!, as expected)|violates liveness:/,
        /not answered within .+ after everything had healed at|as it waited for an operation from before it: clients wait up to/,
      ],
      example: "c1 (asking: read x) was not answered within 3s after everything had healed at 6.2s",
      means:
        "After the chaos everything heals: links are up, nothing is lost any more, every node runs. Then each client asks fresh operations, again and again when one fails, and one at least got no answer within `settle`. Old operations do not count, and no fault is left to blame: the group is stuck, or slower than the scenario allows. Where more durable state had been destroyed than the protocol says that it bears, this would be no violation but unknown.",
      causes: [
        "a node that waits for a message which was lost, and never asks again",
        "a node that lost its timer in a crash and does not set it anew in onStart",
        "two candidates, or two ballots, that keep outbidding each other",
        "a `settle` that is shorter than an election takes, or hardly longer than clients wait for an answer: who still waits for what it asked before the heal asks afresh only then",
      ],
      todo: [
        "`seedquake replay <counterexample.yaml>` ends with the timeline: look at who sends anything after the heal.",
        "If the group does recover, only later: write a longer `settle:` into the scenario, and bound the time with `limits:` instead.",
      ],
    },
    {
      code: "violation-not-found",
      title: "the violation that the scenario expects was not found",
      says: [
        /expected a violation of .+ within .+ runs, but .+ runs found none/,
        /expected a violation of .+, and this run has none/,
      ],
      example: "expected a violation of linearizable within 100 runs, but 100 runs found none",
      means:
        "The scenario says `expect: { violation: ... }`, as those of mutants and of known bugs do, and none of its runs showed it. That is a failure (exit 1): either the bug is gone, or the scenario no longer provokes it, and then it would let the bug pass when it comes back. For `replay` it is one run; the plan of a seed may have changed with the generator.",
      causes: [
        "the protocol was mended, or the mutant became harmless by a change elsewhere",
        "faults or workload were changed so that the bug's moment is seldom met",
        "`within:` is near the number of runs that it takes on average",
      ],
      todo: [
        "Look further: `seedquake run <scenario> --runs 2000 --seed random`.",
        "`seedquake why <scenario>` says in plain English what happens in it; `seedquake points <scenario>` at which moments a fault can be aimed.",
        "A bug that is gone on purpose: write `expect: valid`, and the scenario guards against its return.",
      ],
    },
    {
      code: "other-violation",
      title: "a violation was found, and not the one that is expected",
      says: [/expected a violation of .+, but seed .+ violates/],
      example: "expected a violation of linearizable, but seed 7 violates election safety: n1 and n2 both lead in term 3",
      means:
        "The scenario expects one property to be violated, and a run violated another before. A violation of any other kind is never taken for the expected one, or a crash in the code would count as having found the bug. The first of a run's checks to fail names it: what breaks the contract or an invariant ends the run before the history is judged.",
      todo: [
        "If the other property is the one that this bug breaks, name it under `expect: { violation: <check> }`.",
        "If the bug is wanted in its history, leave the invariant out: `check: linearizable`.",
        "If any will do: `expect: { violation: any }`.",
      ],
    },
    {
      code: "limit-exceeded",
      title: "the runs cost more virtual time, or messages, than the scenario allows",
      says: [/a limit is exceeded:/, /was .+ \(of .+ values; .+\), and the limit is/],
      example: "a limit is exceeded: failover.p95 was 2.4s (of 212 values; the worst was 3.1s, at seed 77), and the limit is 2s",
      means:
        "Nothing was wrong, but a figure under `limits:` was greater than it may be. Figures are measured in virtual time, so they are the same on every machine and for every repetition: no noise has to be allowed for, and one microsecond too much is too much. Without a quantile (`failover`) no single value may exceed the limit; with one (`failover.p95`) five in a hundred may.",
      todo: [
        "`seedquake replay <scenario> --seed <the worst seed>` shows where the time goes.",
        "`seedquake trend` keeps the figures of each commit, so that the one which made it slower can be told.",
        "A limit that was a guess: measure first (`seedquake run <scenario> --runs 1000`), then write what it should be.",
      ],
    },
    {
      code: "not-answered",
      title: "too few operations were answered for the campaign to show anything",
      says: [
        /only .+ of .+ operations .+ were answered, and the scenario requires/,
        /no operation was answered in this run, so it shows nothing/,
      ],
      example: "only 12 of 4000 operations (0.3%) were answered, and the scenario requires 10%",
      means:
        "A system that answers nobody is never wrong: a history without answers is explained by any order. So a campaign in which fewer operations were answered than `require: { answered: ... }` states proves nothing, and is inconclusive rather than green (exit 3); likewise a run without any answer. Refusals count as answers, time-outs do not.",
      causes: [
        "faults that leave no majority for most of the run",
        "clients that give up sooner than an answer can come over this network",
        "a protocol that is stuck; then its liveness is usually violated as well",
      ],
      todo: [
        "`seedquake why <scenario>` shows how much of the time is fault; shorten `for:`, or spread the faults with `every:`.",
        "Give clients more time: `clients: { try: 500ms, timeout: 3s }`.",
        "Look at one run: `seedquake replay <scenario> --seed 1`.",
      ],
    },
    {
      code: "no-effect",
      title: "a fault of the scenario never did anything",
      says: [/the fault .+ was (?:never planned|planned .+ times, but never had an effect): the campaign shows nothing about it/],
      example: "the fault crash-1 was planned 200 times, but never had an effect: the campaign shows nothing about it",
      means:
        "A fault counts only when something came of it: a partition when a message was really cut, a crash when a node that ran went down, a lost write when an unsynced write was really lost, a skewed clock when somebody read it. One that had no effect in any run leaves the scenario as if it were not written there, and a green would say that the protocol bears what it never met.",
      causes: [
        "the fault begins when the clients are done already, or aims at a node that has nothing to do",
        "it waits for a moment (`when:`, `before:`, `after:`) that never comes",
        "it aims at a selector such as leader which no node is at that time",
        "it strikes unsynced writes of a protocol that syncs at once",
      ],
      todo: [
        "`seedquake points <scenario>` lists the moments that a dry run reached, by the names to write.",
        "`seedquake why <scenario>` says when each fault happens; move `at:`, or give it longer with `for:`.",
        "`seedquake replay <scenario> --seed 1` shows in the timeline when it was on, and what it met.",
      ],
    },
    {
      code: "goal-not-reached",
      title: "the runs never got to what they were to reach",
      says: [/(?<!stale: .*)never reached the .+, which the scenario is to reach/],
      example: '200 runs never reached the goal "second leader elected", which the scenario is to reach',
      means:
        "Protocols mark what a good suite must come by at least once (`ctx.sometimes(...)`), and the scenario names such goals under `reach:`. None of its runs got there, so whatever goes wrong only beyond that point could not have been found. That is inconclusive, not green.",
      causes: ["too few or too mild faults", "too few runs", "the way to the goal was closed by a change in the protocol"],
      todo: [
        "`seedquake run <scenario> --runs 2000` tells whether it is rare or impossible.",
        "`seedquake run <scenario> --strategy <name>` searches the schedules in another way; `seedquake run --help` names them.",
        "A goal that this scenario cannot reach: take it out of `reach:` and name it in one that can.",
      ],
    },
    {
      code: "stale",
      title: "a saved regression no longer gets to where its bug was",
      says: [/stale: .*never reached the/, /^stale:/],
      example: 'stale: 1 run never reached the goal "old leader cut off", which the scenario is to reach',
      means:
        "A regression keeps a bug that was once found, with the goals that its run reached. It still passes, but its replay does not come by those goals any more: the protocol sends other messages, or the generator draws otherwise, so that its being green says nothing about the bug. Old regressions rot silently unless this is told (exit 3).",
      todo: [
        "Bring the bug back for a moment (by its mutant, or by undoing the mend), find it again, and save it anew: `seedquake replay <counterexample.yaml> --save <name>`.",
        "If the search around it (`around: 50 runs`) is all that is wanted, write `stale: ignore` beside it in the suite.",
      ],
    },
    {
      code: "not-judged",
      title: "some runs ended without a verdict",
      says: [/runs could not be judged; the first is seed/],
      example: "3 of 200 runs could not be judged; the first is seed 41: the run did not end within 2000000 events",
      means:
        "A run is valid, invalid or unknown, and unknown is never taken for valid: the unjudged runs may hold the bug. Nothing else was wrong, so the campaign is undecided (exit 3). The sentence at the end is that of the first such run; it has a code of its own.",
      todo: [
        "`seedquake explain` with the rest of that sentence says why the run has no verdict.",
        "`seedquake replay <scenario> --seed <that seed>` shows the run.",
      ],
    },
    {
      code: "fault-model-exceeded",
      title: "a node lied in a way that the protocol does not claim to bear",
      says: [/the fault model was exceeded:/],
      example: "the fault model was exceeded: the fault equivocate-1 was beyond what raft claims to bear",
      means:
        "Faults such as equivocate, replay and corrupt make a node say what is not true, and a protocol for crashes does not claim to survive that. The verdict stands as it was found, but what came of it is no bug of the protocol: it shows what trusting the others costs. Protocols that bear lies say so in `bears`.",
      todo: [
        "To judge the protocol by its own claims, take the lying fault out.",
        "If yours should bear it, name the fault in the protocol's `bears`; the sentence goes, and violations count.",
      ],
    },
    {
      code: "green",
      title: "nothing was violated, and what was to be met was met",
      says: [/without a violation(?! until)(?!.*the fault model was exceeded)/],
      example: "200 runs without a violation",
      means:
        "Every run was judged and found valid, enough operations were answered, each fault had an effect in some run, and all goals were reached. It says that these seeds hold no bug that these checks can see, and no more; where a strategy knows what share of all schedules it has tried, the sentence says so.",
      todo: [
        "Other seeds: `seedquake run <scenario> --seed next` takes those that were not run yet.",
        "How good the scenario is at finding bugs: `seedquake mutate <scenario>` plants some and counts.",
      ],
    },
    {
      code: "found-as-expected",
      title: "the expected violation was found",
      says: [/is violated, as expected: found at seed/],
      example: "linearizable is violated, as expected: found at seed 14, after 14 runs",
      means:
        "The scenario guards the harness and not the protocol: it plants a known bug and expects it to be found, and it was. The number of runs is what to watch; when it grows from change to change, the scenario is losing its grip.",
      todo: ["`seedquake mutants` shows the same for every planted bug, with the size that each shrinks to."],
    },
    {
      code: "shard-done",
      title: "a shard did its part; the whole is judged by merge",
      says: [/shard .+ of .+ has done its .+ runs/],
      example: "shard 2 of 8 has done its 1250 runs; `seedquake merge` judges all of them together",
      means:
        "Whether faults had effects, goals were reached and enough was answered can only be said of all runs together, so a shard says neither that something is lacking nor that nothing is. What a shard has found it has found: violations fail it at once.",
      todo: ["Name the reports of all shards: `seedquake merge part1 part2 ...`."],
    },
    {
      code: "no-threshold",
      title: "no value of the range is the one where the scenario begins to fail",
      says: [/no threshold: every value of/],
      example:
        "no threshold: every value of nap.for from 0s to 10s holds (50 runs a value); widen the range with --from and --to, or run more with --runs",
      means:
        "`threshold` looks for the value of one amount at which the scenario turns from holding to failing, by halving the range. Both ends came out alike, so between them there is nothing to halve: this amount does not matter here, the turn lies outside, or too few runs see it.",
      todo: [
        "Widen the range with `--from` and `--to`, or look harder with `--runs`.",
        "When even the mildest value fails, something else breaks the scenario: `seedquake run <scenario>` shows what.",
      ],
    },
    {
      code: "unclear-threshold",
      title: "the scenario fails, holds and fails again as the value grows",
      says: [/no clear threshold of /],
      example:
        "no clear threshold of hold.for: it holds from 58ms to 116ms, fails from 117ms to 121ms, holds at 128ms, fails from 129ms to 2s; the smallest value that was seen to break it: 117ms (linearizable, seed 14)",
      means:
        "Halving finds a threshold where more of an amount breaks more. Here it does not: a moment that is hit by one value is missed by the next, or the violation is so rare that some values got through their runs by luck. What is told is what was seen, and no value between is promised anything.",
      todo: [
        "More runs a value (`--runs`) tell luck from a gap.",
        "`--from` and `--to` around one of the turns look closer at it.",
      ],
    },
    {
      code: "mutants-missed",
      title: "the scenario catches fewer planted bugs than is asked",
      says: [/--at-least asks for/, /: nothing can be said$/],
      example: "raft-harsh catches 61 of 88 mutations (69%); --at-least asks for 80%",
      means:
        "`seedquake mutate` plants one bug at a time (a sync, a write, a message or a timer left out), and runs the scenario against each. What survives is a bug that nobody would be told of. Mutations that never came into play do not count; when none did, nothing can be said at all (exit 3).",
      todo: [
        "score.md, beside the report, lists what survived, line by line: each is either harmless, or a fault that the scenario lacks.",
        "`seedquake replay <scenario> --seed 1 --mutation <id>` runs one of them.",
      ],
    },
  ],
};
