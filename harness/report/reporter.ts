/** What a report is: a pure function from what happened to text. One file = one reporter or one file of a failure's folder. */

import type { Suite } from "../run/run.ts";
import type { Scenario } from "../scenario/scenario.ts";
import type { Workload } from "../workloads/workload.ts";
import type { Told } from "./told.ts";

/** The words of a workload: how its operations stand in a history and in a sentence, and what judges them. */
export type Words = Pick<Workload, "history" | "describe" | "model">;

export type Style = "bold" | "dim" | "red" | "green" | "yellow" | "cyan";

/** Colours a text, or leaves it as it is. */
export type Paint = (style: Style, text: string) => string;

/** For files, and for terminals without colour. */
export const noPaint: Paint = (_style, text) => text;

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
  /** What every HTML page carries with it. */
  readonly page: PageParts;
  /** The reports folder as the user gave it, with forward slashes. */
  readonly out: string;
  readonly paint: Paint;
}

/** The script and the style of the HTML pages, each one text. Both are empty in a build that was made without them. */
export interface PageParts {
  readonly script: string;
  readonly style: string;
}

export const noPage: PageParts = { script: "", style: "" };

/** Tells of a whole invocation. Adding one is a file and a line in index.ts. */
export interface Reporter {
  /** As in `--reporter junit`. */
  readonly name: string;
  /** One sentence, for the help. */
  readonly doc: string;
  /** The file in the reports folder that always holds it; absent for what only goes to the terminal. */
  readonly file?: string;
  render(suite: Suite, setting: Setting): string;
}

/** One file in the folder of a run. Adding one is a file and a line in index.ts. */
export interface RunFile {
  readonly name: string;
  /** `undefined` when there is nothing to write for this run (a counterexample of a run that was valid). */
  render(told: Told, setting: Setting): string | undefined;
}
