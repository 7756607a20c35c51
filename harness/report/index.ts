/** The reporters and the files of a run's folder: adding one is a file and a line here. Where other rooms enter. */

import { consoleReporter } from "./console.ts";
import { dotsReporter } from "./dots.ts";
import { githubReporter } from "./github.ts";
import { gitlabJunitReporter, gitlabReporter } from "./gitlab.ts";
import { historyFile } from "./history.ts";
import { htmlFile, htmlReporter } from "./html/index.ts";
import { junitReporter } from "./junit.ts";
import { logFile } from "./log.ts";
import { markdownReporter } from "./markdown.ts";
import type { Reporter, RunFile } from "./reporter.ts";
import { storyFile } from "./story.ts";
import { failureFile, summaryReporter } from "./summary.ts";
import { tapReporter } from "./tap.ts";
import { timelineFile } from "./timeline.ts";
import { traceFile } from "./trace.ts";

/** What replays the failure: the minimal scenario, as the scenario room writes it. */
const counterexampleFile: RunFile = {
  name: "counterexample.yaml",
  render: ({ failure }, { yaml }) => (failure === undefined ? undefined : yaml(failure.scenario)),
};

/** What tells of a whole invocation, by the name that `--reporter` takes. */
export const reporters: readonly Reporter[] = [
  consoleReporter,
  dotsReporter,
  summaryReporter,
  junitReporter,
  tapReporter,
  githubReporter,
  markdownReporter,
  gitlabReporter,
  gitlabJunitReporter,
  htmlReporter,
];

/** What stands in the folder of each failure. */
export const runFiles: readonly RunFile[] = [
  counterexampleFile,
  failureFile,
  storyFile,
  timelineFile,
  historyFile,
  traceFile,
  logFile,
  htmlFile,
];

export { failureLines, lookAt, nameWidth, whyLines } from "./console.ts";
export { prettyLog } from "./log.ts";
export { markdown } from "./markdown.ts";
export { folderName, inFolder, replayCommand } from "./names.ts";
export {
  type LogLevel,
  noPage,
  noPaint,
  type Paint,
  type Reporter,
  type Setting,
} from "./reporter.ts";
export { timeline } from "./timeline.ts";
export { tellFailures, tellRun } from "./told.ts";
export { traceLines } from "./trace.ts";
