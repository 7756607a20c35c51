/** What a CI server wants to be told beside the log, by what it says of itself in the environment. */

import { appendFileSync } from "node:fs";
import { relative } from "node:path";
import { markdown, type Setting } from "../report/index.ts";
import type { Suite } from "../run/run.ts";
import { complain } from "./terminal.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/** From the root of the repository to where we are, as GitHub and GitLab name it: "" or "tools/sim/". */
export function ciPrefix(env: Environment, here = process.cwd()): string {
  const root = env["GITHUB_WORKSPACE"] ?? env["CI_PROJECT_DIR"];
  if (root === undefined || root === "") return "";
  const below = relative(root, here).replaceAll("\\", "/");
  return below === "" || below.startsWith("..") || below.startsWith("/") ? "" : `${below}/`;
}

/** The summary of a job on GitHub. That it cannot be written breaks no gate. */
export function summarize(env: Environment, suite: Suite, setting: Setting): void {
  const file = env["GITHUB_STEP_SUMMARY"];
  if (file === undefined || file === "") return;
  try {
    appendFileSync(file, markdown(suite, setting));
  } catch (error) {
    complain(`$GITHUB_STEP_SUMMARY (${file}) cannot be written, so the job has no summary: ${(error as Error).message}`);
  }
}
