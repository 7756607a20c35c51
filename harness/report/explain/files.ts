/** Explained: files and folders that are not there, not readable, or not what they were taken for; the user's own code among them. */

import type { Group } from "./code.ts";

export const files: Group = {
  title: "Files, folders and code of your own",
  codes: [
    {
      code: "no-such-file",
      title: "there is nothing to read at this path",
      says: [
        /expected scenarios \(\*\.yaml\), found none in this folder/,
        /expected a scenario file, a folder or a glob/,
        /expected a readable file, found an error/,
        /expected to write it, found an error/,
      ],
      example:
        "scenarois: expected a scenario file, a folder or a glob, found nothing there; `seedquake list` shows what there is",
      means:
        "Paths are seen from the folder in which the command was typed. An empty selection is refused rather than called green: a typing error must not let a gate pass.",
      todo: ["`seedquake list` shows the scenarios of the folder; put a glob in quotes, so that it is ours to expand."],
    },
    {
      code: "reports-folder",
      title: "a report cannot be written where it should stand",
      says: [
        / cannot be written: .+; mend that, or name another folder with/,
        /The report ".*" cannot be written/,
        /cannot be written, so the job has no summary/,
      ],
      example:
        'The report "reports/summary.json" cannot be written: there is a folder of that name, where a file was expected; move it away.',
      means:
        "Reports replace older reports and nothing else: a folder of that name which holds no trace.jsonl is not ours, and is left alone. It is tried before the first run, so that no hour of searching is lost for want of a writable folder.",
      todo: ["Move the file or folder away, or write elsewhere: `--out <folder>`."],
    },
    {
      code: "no-report",
      title: "there is no report yet, or it is not one of this version",
      says: [
        /expected a folder with a report/,
        /expected a folder with a .+, as `seedquake run --shard` and an interrupted run leave it/,
        /expected .+summary\.json, found none/,
        /summary\.json is of a run that was interrupted/,
        /expected the summary of a run/,
      ],
      example: "reports/summary.json: expected the summary of a run, found no JSON; `seedquake run` writes it anew",
      means:
        "`open`, `trend` and `--last-failed` read what the last run wrote. Nothing is there, or it was written by another version or changed by hand; half-understood figures would be worse than none.",
      todo: ["`seedquake run` writes it anew; `--out` and the folder named here must be the same."],
    },
    {
      code: "baseline-file",
      title: "the baseline cannot be read",
      says: [
        /expected a baseline, found nothing there/,
        /expected a baseline, which is JSON/,
        /expected a baseline as --update-baseline writes it/,
      ],
      example: "--baseline scenarios/baseline.json: expected a baseline, found nothing there; --update-baseline writes one",
      means:
        "A baseline names failures that are known, each by what it violates and never by a seed. One that is missing or misshapen would let every known failure break the gate, or worse, none, so the run does not begin.",
      todo: ["`seedquake run --baseline <file> --update-baseline` writes it; `note:` of an entry is yours and is kept."],
    },
    {
      code: "kept-lines",
      title: "a file to which lines are added holds something else",
      says: [
        /expected a line as `seedquake trend` writes it/,
        /expected a line of JSON, found something else; the file was changed/,
      ],
      example: "trend.jsonl:14: expected a line as `seedquake trend` writes it, found another; name another file with --file",
      means:
        "The trend and the journal are files of one JSON line each entry, written by us. A line of another shape means that the file is another one, or that somebody edited it; nothing is added to it.",
      todo: ["Restore the file (it is made to be committed), or name another one."],
    },
    {
      code: "own-file",
      title: "a file that the scenario names by path is not there, or does not compile",
      says: [
        /expected a file at .+, seen from this scenario/,
        /expected a file of your own by its path/,
        /this cannot be bundled:/,
        /a file that a scenario names could not be imported:/,
      ],
      example:
        "scenarios/mine.yaml: expected a file at ./queue.ts, seen from this scenario or from the folder in which the command is typed, found none at ./scenarios/queue.ts and at ./queue.ts; mend the path, or, as a counterexample names files from where it was found, type the command there",
      means:
        "Protocols, workloads, faults and checks of your own are named by a path relative to the scenario, which begins with ./ or ../; a counterexample names them from the folder in which the command was typed that found it. They are bundled with what they import (TypeScript is fine, types are not checked) and loaded before any run; an error in them is yours, with its place.",
      todo: ["Mend the path or the line that the sentence names; `npx tsc --noEmit` finds wrong types."],
    },
    {
      code: "own-export",
      title: "a file of your own does not export what is taken from it",
      says: [/expected an export called/, /expected `.+` of its .+ to be/, /expected its .+ to be an object/],
      example: "./queue.ts: expected an export called protocol or workload or fault or selector or invariant, found only Queue",
      means:
        "A file stands for what it exports under these names: `protocol`, `workload`, `fault`, `selector`, `invariant`. Each must have the fields that its type in seedquake has; the first that is missing or of another kind is told.",
      todo: [
        "`export const protocol: Protocol = { ... }` with the type from 'seedquake', and let the compiler tell the rest.",
        "`seedquake init` writes one to begin with.",
      ],
    },
    {
      code: "own-model",
      title: "the model of your own cannot judge",
      says: [
        /expected a module with a model/,
        /expected a model as its default export/,
        /expected the model to have `init`/,
        /expected the model's `.+` to be a function/,
        /expected the model to judge .+, found that it throws/,
      ],
      example: "./bank.ts: expected the model to have `init`, its first state, found none",
      means:
        "A model is what one correct copy does: `init`, its first state, and `step`, which takes a state, an input and an output and returns the next state, or undefined when that answer is wrong. For an operation that crashed there is no output, and any would do.",
      todo: ["Export it as default or as `model`; where it throws, let it return undefined: that answer is impossible."],
    },
  ],
};
