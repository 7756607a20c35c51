/** Explained: command lines that mean nothing, or two things at once. */

import type { Group } from "./code.ts";

export const usage: Group = {
  title: "The command line",
  codes: [
    {
      code: "command-line",
      title: "an option, a command or an argument that the command does not know",
      says: [
        /unknown (?:option|command) '/,
        /missing required argument/,
        /too many arguments/,
        /required option .+ not specified/,
        /Allowed choices are/,
        /option '.+' argument missing/,
      ],
      example: "error: unknown option '--sede'",
      means:
        "Each command knows its options and arguments and refuses others (exit 2), as an option that is passed over would run something else than was asked for.",
      todo: ["`seedquake <command> --help` shows them, with examples."],
    },
    {
      code: "option-value",
      title: "an option's value is not of the kind that it takes",
      says: [
        / takes a (?:whole number|duration such|size such|share such)/,
        /--initial .+: expected .+ for the model/,
        /--(?:…|from|to|precision) .+: expected a value of/,
        /--from .+ --to .+: expected the lesser value first/,
        /--precision 0: expected more than nothing/,
        /--over .+:/,
        /--inspect-brk .+: expected a port/,
        /--save .+: expected a name of letters/,
        /--until .+: expected the number of a record/,
      ],
      example: '--time takes a duration such as 60s or 10m; found "5".',
      means:
        "Durations, sizes and shares carry their unit, counts are whole numbers. The sentence names the option, what it takes and what it was given.",
      todo: ["`seedquake <command> --help` shows an example of each."],
    },
    {
      code: "seed-needed",
      title: "a run is drawn from a seed, and none is named; or a file carries its own",
      says: [
        /expected --seed <n>, as this scenario draws its runs/,
        /it carries its own seed/,
        /expected a scenario that draws its runs, found an explicit one/,
      ],
      example: "scenarios/raft-harsh.yaml: expected --seed <n>, as this scenario draws its runs from seeds; found none",
      means:
        "A drawn scenario stands for as many runs as there are seeds, so one of them must be named. An explicit one (format: 1, every counterexample) is a single run that carries its seed, and has nothing that could be drawn.",
      todo: [
        "`seedquake replay <scenario> --seed <n>`; the report of a failure names the seed.",
        "A counterexample.yaml: without `--seed`.",
      ],
    },
    {
      code: "no-retries",
      title: "there are no retries, as a seed is a seed",
      says: [/--retries: there are none/],
      example: "--retries: there are none, as a seed is a seed: the same run would fail again. ...",
      means:
        "Retrying a flaky test hides the bug that made it flaky. Here nothing is flaky: the same seed gives the same run on every machine, so a second try would fail exactly as the first.",
      todo: [
        "Look at it: `seedquake replay <counterexample.yaml>`.",
        "Live with it for now: `seedquake run --baseline scenarios/baseline.json --update-baseline`.",
      ],
    },
    {
      code: "reporters",
      title: "reporters that get in each other's way",
      says: [
        /--reporter .+: expected a file behind the colon/,
        /--reporter: two of them write/,
        /both would print on standard output/,
      ],
      example:
        "--reporter dots tap: both would print on standard output, where nobody could tell them apart; give one a file, as tap:out/report.txt",
      means:
        "One reporter may own standard output; each other needs a file of its own (`name:file`). Notes and complaints go to standard error, so that what a program reads stays clean.",
      todo: ["`--reporter console junit:out/junit.xml tap:out/report.tap`"],
    },
    {
      code: "update-baseline",
      title: "the baseline can only be written by a whole run that knows where",
      says: [
        /--update-baseline: expected to know which/,
        /--update-baseline with .+: what fails would be known in part only/,
        /the baseline stays as it was: not everything ran/,
      ],
      example: "--update-baseline with --grep: what fails would be known in part only; leave --grep away",
      means:
        "A baseline lists all failures that are known. Written by a run that saw only a part of the suite, or was interrupted, it would forget the others, and they would break the gate next time.",
      todo: ["`seedquake run --baseline scenarios/baseline.json --update-baseline`, without options that choose scenarios."],
    },
    {
      code: "selection",
      title: "options that choose scenarios or seeds exclude each other here",
      says: [/--failed-first with --shard:/, /--seed next: each shard has a ledger of its own/],
      example:
        "--failed-first with --shard: every machine must share out the same order, and each has its own last run; leave --failed-first away",
      means:
        "Shards agree on who runs what without talking to each other, from the command line alone. What depends on a machine's own past (its last failures, its ledger of seeds) would let each share out another suite, with seeds run twice or never.",
      todo: ["Leave the option away, or give all shards the same `--seed`."],
    },
    {
      code: "shards",
      title: "which shard of how many this is cannot be told",
      says: [/--shard (?:auto|.+): (?:expected|.+ is .+, but .+ is not set)/],
      example:
        "--shard auto: expected one of CI_NODE_INDEX, ... in the environment, found none; write which of how many, such as 2/4",
      means:
        "A shard runs its share of the seeds, and must know its number and how many there are. `auto` reads them from the variables that CI servers set; here they are missing or make no sense.",
      todo: ["Write it out: `--shard 2/4`, counted from 1.", "In CI: set the matrix variable that the sentence names."],
    },
    {
      code: "merge",
      title: "the reports are not all the shards of one suite",
      says: [
        /expected the reports of at least one shard/,
        /are not of one suite/,
        /are both of shard/,
        / missing, of .+; name the reports of all of them/,
        /ran this scenario as it was, and it has been changed since/,
      ],
      example: "part1 and part2 are not of one suite; they differ in the base seed",
      means:
        "Merging gives the same report as one undivided run, byte for byte. That holds only when all shards ran the same scenarios, with the same seeds, options and version, and each exactly one share.",
      todo: [
        "Run the shards anew with one command line that differs in `--shard` and `--out` alone.",
        "Name all of their folders: `seedquake merge part1 part2 part3 part4`.",
      ],
    },
    {
      code: "resume",
      title: "what was interrupted cannot be gone on with, or was not",
      says: [
        /--resume: .+ is of another suite/,
        /a suite was cut off here; this one begins anew/,
        /another run \(process .+\) writes its reports here/,
        /expected the journal of this version of seedquake/,
      ],
      example: "--resume: reports/journal.jsonl is of another suite; they differ in the base seed",
      means:
        "The journal holds finished batches of one suite: these scenarios, seeds, options and this version. Going on with another would mix two suites in one report.",
      todo: [
        "Type the command that was interrupted, with `--resume`; or begin anew without it.",
        "Two suites at once: give each an `--out` of its own.",
      ],
    },
    {
      code: "git",
      title: "something is asked of git that git cannot say",
      says: [
        /expected git, which knows/,
        /expected a git repository here/,
        /expected a commit to (?:compare with|write a line for)/,
        /git knows no commit of that name/,
      ],
      example:
        "--changed origin/main: git knows no commit of that name; fetch it first (a shallow clone has only its newest: git fetch --unshallow)",
      means:
        "`--changed` and `trend` ask git which files differ and which commit this is. CI servers often clone only the newest commit, so that the branch point is not there.",
      todo: [
        "`git fetch --unshallow`, or a full clone in CI (`fetch-depth: 0` in GitHub's checkout).",
        "Paths stand before the options, or they are taken for the option's value.",
      ],
    },
    {
      code: "nothing-to-save",
      title: "there is no violation here to be kept, or its name is taken",
      says: [/--save .+: expected a run that violates something/, /--save .+ is there already/],
      example: "--save lost-ack: expected a run that violates something, found none at seed 3",
      means:
        "A regression is a run that once violated something, written out with the goals that it reached. A run without a violation would guard nothing; and a name that is taken would overwrite another bug.",
      todo: ["Replay the counterexample or the failing seed, and choose a free name."],
    },
    {
      code: "until",
      title: "the moment to stop at is not in this run",
      says: [/--until .+: this run's trace has the records/, /--until .+: the run is over at/, /--inspect-brk: expected --until/],
      example: "--until 99999: this run's trace has the records 1 to 2310; expected one of them",
      means:
        "`--until` takes a record's number in trace.jsonl, or a virtual time, of exactly this run; another seed or another plan has other records. A debugger needs such a moment to stop at.",
      todo: [
        "`seedquake replay <scenario> --seed <n>` shows the times, and writes trace.jsonl with the records' numbers (`n`); then `--until 812ms` or `--until 812`.",
      ],
    },
    {
      code: "two-to-compare",
      title: "it is not clear which two runs are to be compared, or which file to draw",
      says: [
        /--case: expected one case or two/,
        /--mutant: two scenarios are compared as they stand/,
        /expected two scenarios of one protocol/,
        /expected --mutant <name>, as this scenario has none/,
        /--html .+: expected one history, which fills a page/,
      ],
      example:
        "scenarios/raft-harsh.yaml: expected --mutant <name>, as this scenario has none of its own; raft has local-reads, vote-not-persisted",
      means:
        "`diff` runs one seed twice, right and wrong, and shows the first event that differs. It takes a scenario with a mutant, a scenario and `--mutant`, two cases of a file, or two scenarios of one protocol, since only such runs have events that can be laid side by side.",
      todo: ["`seedquake diff <scenario> --mutant <name> --seed <n>`"],
    },
    {
      code: "whose-scenario",
      title: "the protocol has several scenarios, or none",
      says: [
        /expected one scenario of it, found/,
        /expected a scenario \(\*\.yaml\), or a protocol that one in/,
        /expected its general scenario at/,
        /expected a protocol's file, found one that/,
        /expected the scenario that this wrong variant `needs`/,
      ],
      example: "raft: expected one scenario of it, found raft-calm.yaml, raft-harsh.yaml; name the one that is meant",
      means:
        "A command that works on a scenario may be given a protocol instead, and takes its general harsh scenario then. Here there are several candidates or none.",
      todo: ["Name the scenario's file; `seedquake list` shows them."],
    },
    {
      code: "no-wrong-variants",
      title: "there are no wrong variants to look for",
      says: [/expected (?:a protocol|scenarios of protocols) with wrong variants/],
      example:
        "scenarios/mine.yaml: expected a protocol with wrong variants (`mutants`), found none in ./mine.ts; write some, or type `seedquake mutate scenarios/mine.yaml`, which plants bugs in any protocol",
      means:
        "`mutants` tells how soon each deliberately wrong variant of a protocol is found: those that its `mutants` list. A protocol without any can be measured by `mutate`, which plants bugs in what its nodes do and needs nothing written.",
      todo: [
        "Write one beside the protocol: a small subclass that changes one decision; `seedquake init` shows two.",
        "`seedquake mutate <scenario>`",
      ],
    },
    {
      code: "init",
      title: "the folder or the package is not one that a project can be made of",
      says: [
        /expected a folder that can be written into/,
        /expected a folder, or nothing yet/,
        /expected none of the files that init writes/,
        /expected a tarball of .+, or a folder with it/,
        /`npm pack` did not work there/,
      ],
      example: "demo: expected none of the files that init writes, found package.json; move them away, or name another folder",
      means:
        "`init` writes a small project and overwrites nothing. With `--package` it takes seedquake from a folder or a tarball instead of the registry, and looks into it first, so that the project works on its first `npm install`.",
      todo: ["Name a new folder: `seedquake init demo`."],
    },
  ],
};
