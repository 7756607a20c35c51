/** The door to the disk: reports are written whole or not at all. */

import {
  closeSync,
  copyFileSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import type { Suite } from "../run/run.ts";
import { reporters, runFiles } from "./index.ts";
import type { Setting } from "./reporter.ts";
import { type Told, tellFailures } from "./told.ts";

/** The reports folder cannot be used; the message is a whole sentence for the user. */
export class ReportError extends Error {}

/** Something to be put in place: already written beside its place, under a temporary name. */
interface Staged {
  readonly target: string;
  readonly temporary: string;
  /** Where the older one waits until all is in place. */
  readonly backup: string;
}

const reasons: Readonly<Record<string, string>> = {
  EACCES: "permission is denied",
  EPERM: "the operation is not permitted",
  EROFS: "the file system is read-only",
  ENOSPC: "no space is left on the device",
  EDQUOT: "the disk quota is used up",
  ENOTDIR: "a part of the path is a file, where a folder was expected",
  EEXIST: "it is a file, where a folder was expected",
  EISDIR: "it is a folder, where a file was expected",
  ENAMETOOLONG: "the path is too long",
};

/** Says of an error of the file system, in a sentence, what could not be written and why; leaves other errors as they are. */
function explained(error: unknown, what: string, option: string): unknown {
  if (!(error instanceof Error) || !("syscall" in error && "code" in error)) return error;
  const code = String(error.code);
  const why = reasons[code] ?? `the system says ${code}`;
  return new ReportError(`${what} cannot be written: ${why}; mend that, or name another folder with ${option}.`);
}

function attempt<T>(what: string, action: () => T, option = "--out"): T {
  try {
    return action();
  } catch (error) {
    throw explained(error, what, option);
  }
}

function syncFolder(path: string): void {
  let handle: number;
  try {
    handle = openSync(path, "r");
  } catch {
    return; // Some systems do not open folders; there a rename is as durable as it gets.
  }
  try {
    fsyncSync(handle);
  } catch {
    // Likewise.
  } finally {
    closeSync(handle);
  }
}

function writeDurably(path: string, text: string): void {
  const handle = openSync(path, "wx");
  try {
    writeFileSync(handle, text);
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

function remove(path: string): void {
  rmSync(path, { recursive: true, force: true });
}

/** A folder that this tool did not write is not replaced, even when it bears the right name. */
function refuseForeign(target: string): void {
  if (!existsSync(target)) return;
  if (!isFolder(target)) {
    throw new ReportError(
      `The report "${target}" cannot be written: there is a file of that name, where a folder was expected; move it away.`,
    );
  }
  const names = readdirSync(target);
  if (names.length > 0 && !names.includes("trace.jsonl")) {
    throw new ReportError(
      `The report "${target}" cannot be written: there is a folder of that name which is no report (it has no trace.jsonl); move it away, or name another folder with --out.`,
    );
  }
}

/** Puts one thing in place. A folder cannot be replaced in one step: the older one is moved aside first. A file can. */
function place({ target, temporary, backup }: Staged): void {
  const folder = isFolder(target);
  try {
    if (folder) renameSync(target, backup);
    else if (existsSync(target)) copyFileSync(target, backup);
    renameSync(temporary, target);
  } catch (error) {
    if (!folder) remove(backup);
    else if (!existsSync(target)) renameSync(backup, target);
    throw error;
  }
}

function takeBack({ target, backup }: Staged): void {
  remove(target);
  if (existsSync(backup)) renameSync(backup, target);
}

/** All or nothing: when one cannot be put in place, those before it are taken back. */
function commit(all: readonly Staged[]): void {
  const done: Staged[] = [];
  try {
    for (const staged of all) {
      attempt(`The report "${staged.target}"`, () => place(staged));
      done.push(staged);
    }
  } catch (error) {
    for (const staged of done.reverse()) takeBack(staged);
    throw error;
  }
  // Only now: were one of the steps back to fail, the older report would still lie there.
  for (const { backup } of all) remove(backup);
}

/** Begins something new beside its place; whatever becomes of it, `staged` knows of it. */
function begin(target: string, staged: Staged[]): Staged {
  const hidden = join(dirname(target), `.${basename(target)}.${process.pid}`);
  const one = { target, temporary: `${hidden}.new`, backup: `${hidden}.old` };
  // Left behind by a process of the same number that was killed.
  remove(one.temporary);
  remove(one.backup);
  staged.push(one);
  return one;
}

/** A folder with the files of one run, complete under its temporary name. */
function stageRun(root: string, run: Told, setting: Setting, staged: Staged[]): void {
  const { target, temporary } = begin(join(root, run.folder), staged);
  refuseForeign(target);
  mkdirSync(temporary);
  for (const file of runFiles) {
    const text = file.render(run, setting);
    if (text !== undefined) writeDurably(join(temporary, file.name), text);
  }
  syncFolder(temporary);
}

function stageFile(root: string, name: string, text: string, staged: Staged[]): void {
  const { target, temporary } = begin(join(root, name), staged);
  if (isFolder(target)) {
    throw new ReportError(
      `The report "${target}" cannot be written: there is a folder of that name, where a file was expected; move it away.`,
    );
  }
  writeDurably(temporary, text);
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}

/** As mkdirSync with `recursive`, which never returns in folders that take no new ones (in /proc, on Node 20). */
function makeFolders(path: string): void {
  if (isFolder(path)) return;
  if (!existsSync(dirname(path))) makeFolders(dirname(path));
  try {
    mkdirSync(path);
  } catch (error) {
    // Somebody else may have made it in the meantime.
    if (!isFolder(path)) throw error;
  }
}

function makeFolder(outDir: string, option?: string): string {
  const root = resolve(outDir);
  attempt(`The reports folder "${outDir}"`, () => makeFolders(root), option);
  return root;
}

function write(outDir: string, prepare: (root: string, staged: Staged[]) => void): string[] {
  const root = makeFolder(outDir);
  const staged: Staged[] = [];
  try {
    attempt(`The reports folder "${outDir}"`, () => prepare(root, staged));
    commit(staged);
    syncFolder(root);
  } finally {
    for (const { temporary } of staged) remove(temporary);
  }
  return staged.map(({ target }) => target);
}

/**
 * Fails with a sentence when nothing can be written into `outDir`: to be asked before a long run, not after it. `option`: what named the
 * folder on the command line.
 */
export function ensureWritable(outDir: string, option?: string): void {
  const root = makeFolder(outDir, option);
  const probe = join(root, `.writable.${process.pid}`);
  attempt(
    `The reports folder "${outDir}"`,
    () => {
      writeFileSync(probe, "");
      rmSync(probe);
    },
    option,
  );
}

/**
 * Writes a folder for each failure and the summaries of a suite into `outDir`, and returns the paths. Everything is rendered and
 * written under temporary names first and renamed at the end, the summaries last: a reader never meets half a report, and
 * when anything goes wrong the older reports stand as they were.
 * @throws ReportError with a sentence for the user when the folder cannot be written.
 */
export function writeReports(outDir: string, suite: Suite, setting: Setting): string[] {
  return write(outDir, (root, staged) => {
    for (const run of tellFailures(suite.campaigns).values()) stageRun(root, run, setting, staged);
    for (const { file, render } of reporters) if (file !== undefined) stageFile(root, file, render(suite, setting), staged);
  });
}

/** Writes the folder of one run that was asked for by its seed, whatever its verdict, and returns its path. */
export function writeRun(outDir: string, run: Told, setting: Setting): string {
  return write(outDir, (root, staged) => stageRun(root, run, setting, staged))[0]!;
}

/** Writes one file, whole or not at all, and returns its path. */
export function writePage(path: string, text: string): string {
  return write(dirname(path), (root, staged) => stageFile(root, basename(path), text, staged))[0]!;
}
