/** What git knows: which files have changed, and which commit this is. */

import { execFileSync } from "node:child_process";
import { existsSync, realpathSync } from "node:fs";
import { join } from "node:path";
import { UsageError } from "./usage.ts";

function git(args: readonly string[], folder: string): string {
  return execFileSync("git", args, { cwd: folder, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"], maxBuffer: 2 ** 28 });
}

/** Undefined when git says no. */
function asked(args: readonly string[], folder: string): string | undefined {
  try {
    return git(args, folder).trim();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") throw error;
    return undefined;
  }
}

/** The root of the repository. `why` begins the sentence that says what is missing. */
function rootOf(folder: string, why: string): string {
  let root: string | undefined;
  try {
    root = asked(["rev-parse", "--show-toplevel"], folder);
  } catch {
    throw new UsageError(`${why}: expected git, which knows; found no such command here`);
  }
  if (root === undefined) throw new UsageError(`${why}: expected a git repository here, found none`);
  return root;
}

function commitOf(ref: string, folder: string): string | undefined {
  return asked(["rev-parse", "--verify", "--quiet", "--end-of-options", `${ref}^{commit}`], folder);
}

function list(text: string): string[] {
  return text.split("\0").filter((path) => path !== "");
}

/**
 * Files that differ from the last commit, or from where this branch left `ref`: changed, new, deleted, committed or not. Absolute, symbolic
 * links resolved.
 */
export function changedFiles(folder: string, ref: string | undefined): readonly string[] {
  const option = ref === undefined ? "--changed" : `--changed ${ref}`;
  const root = rootOf(folder, option);
  const commit = commitOf(ref ?? "HEAD", folder);
  if (commit === undefined) {
    if (ref === undefined)
      throw new UsageError("--changed: expected a commit to compare with, found none in this repository yet");
    throw new UsageError(
      existsSync(ref)
        ? `${option}: git knows no commit of that name, but there is a file or folder; those stand before the options`
        : `${option}: git knows no commit of that name; fetch it first (a shallow clone has only its newest: git fetch --unshallow)`,
    );
  }
  const from = ref === undefined ? commit : (asked(["merge-base", commit, "HEAD"], folder) ?? commit);
  const changed = git(["diff", "--name-only", "--no-renames", "-z", from, "--"], root);
  const untracked = git(["ls-files", "--others", "--exclude-standard", "-z"], root);
  const real = realpathSync(root);
  return [...new Set([...list(changed), ...list(untracked)])].map((path) => join(real, path));
}

export interface Commit {
  readonly hash: string;
  /** ISO 8601, as git has it. */
  readonly date: string;
  readonly subject: string;
  /** True: tracked files differ from it. */
  readonly dirty: boolean;
}

/** The commit that is checked out; changes of `apart`, which it is written to, do not count. */
export function headCommit(folder: string, apart: string): Commit {
  const root = rootOf(folder, "seedquake trend");
  const said = asked(["log", "-1", "--format=%H%n%cI%n%s", "HEAD"], folder);
  if (said === undefined)
    throw new UsageError("seedquake trend: expected a commit to write a line for, found none in this repository yet");
  const [hash = "", date = "", subject = ""] = said.split("\n");
  const changed = list(git(["diff", "--name-only", "--no-renames", "-z", "HEAD", "--"], root));
  const own = join(realpathSync(folder), apart);
  return { hash, date, subject, dirty: changed.some((path) => join(realpathSync(root), path) !== own) };
}
