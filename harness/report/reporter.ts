/** What a report is: a pure function from what happened to text. One file = one reporter or one file of a failure's folder. */

import type { Held } from "../run/holders.ts";
import type { Campaign, Failure, Suite } from "../run/run.ts";
import type { Scenario } from "../scenario/scenario.ts";
import type { TraceRecord } from "../sim/trace.ts";
import type { Workload } from "../workloads/workload.ts";
import type { Against } from "./baseline.ts";
import type { Detection, Scored } from "./confidence.ts";
import type { Told } from "./told.ts";

/** The words of a workload: how its operations stand in a history and in a sentence, and what judges them. */
export type Words = Pick<Workload, "history" | "describe" | "model">;

export type Style = "bold" | "dim" | "red" | "green" | "yellow" | "cyan";

/** Colours a text, or leaves it as it is. */
export type Paint = (style: Style, text: string) => string;

/** For files, and for terminals without colour. */
export const noPaint: Paint = (_style, text) => text;

/** From all to little. */
export const logLevels = ["debug", "info", "warn", "error"] as const;
export type LogLevel = (typeof logLevels)[number];

/** What a report needs to know beside the runs. */
export interface Setting {
  /** The words of the workload of this name. */
  readonly words: (workload: string) => Words;
  /** An explicit scenario as the YAML that replays it. */
  readonly yaml: (scenario: Scenario) => string;
  /** What a check demands, in a sentence: an invariant's theorem. Undefined for what every reader knows, or nobody has put into words. */
  readonly demands: (scenario: Scenario, check: string) => string | undefined;
  /** What the scenario's mutant does wrong, in a sentence. */
  readonly breaks: (scenario: Scenario) => string | undefined;
  /** Whom the protocol's selectors pointed at over the time of a run; absent where nobody knows its protocol. */
  readonly holders?: (scenario: Scenario, trace: readonly TraceRecord[], endUs: number) => readonly Held[];
  /** What every HTML page carries with it. */
  readonly page: PageParts;
  /** The reports folder as the user gave it, with forward slashes. */
  readonly out: string;
  readonly paint: Paint;
  /** What `seedquake mutants` has measured before; absent when it has not. */
  readonly measured?: readonly Detection[];
  /** What `seedquake mutate` has. */
  readonly scored?: readonly Scored[];
  /** What the baseline knows of this suite; absent without one. */
  readonly baseline?: Against;
  /** From the root of the repository to the working directory, as "tools/sim/": CI servers name files from their root. */
  readonly prefix?: string;
  /** What run.log leaves out: everything below it. Default: "debug", nothing. */
  readonly logLevel?: LogLevel;
}

/** The script and the style of the HTML pages, each one text. Both are empty in a build that was made without them. */
export interface PageParts {
  readonly script: string;
  readonly style: string;
}

export const noPage: PageParts = { script: "", style: "" };

/** How a line of one campaign stands among those of the others. */
export interface Look {
  readonly nameWidth: number;
  /** Leaves out the stories of violations that were expected: among many scenarios nobody asked for them. */
  readonly short: boolean;
}

/** What a reporter says while the scenarios still run, piece by piece; together the pieces are what `render` says. */
export interface Live {
  /** After the last campaign of `campaigns`. */
  each(campaigns: readonly Campaign[], told: ReadonlyMap<Failure, Told>, setting: Setting, look: Look): string;
  end(suite: Suite, setting: Setting): string;
}

/** Tells of a whole invocation. Adding one is a file and a line in index.ts. */
export interface Reporter {
  /** As in `--reporter junit`. */
  readonly name: string;
  /** One sentence, for the help. */
  readonly doc: string;
  /** The file in the reports folder that always holds it; absent for what only goes to the terminal. */
  readonly file?: string;
  readonly live?: Live;
  /** True of what a terminal can show beside another reporter: lines that a CI server picks out of a log. */
  readonly beside?: true;
  render(suite: Suite, setting: Setting): string;
}

/** One file in the folder of a run. Adding one is a file and a line in index.ts. */
export interface RunFile {
  readonly name: string;
  /** `undefined` when there is nothing to write for this run (a counterexample of a run that was valid). */
  render(told: Told, setting: Setting): string | undefined;
}
