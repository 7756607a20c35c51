/** seedquake init: writes a small project of one's own with a copy of this package, and says what to type next. */

import { spawnSync } from "node:child_process";
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";
import type { Add } from "./command.ts";
import { ourPackage, packageFolder } from "./package.ts";
import { projectName, projectTexts } from "./project.ts";
import { out } from "./terminal.ts";
import { UsageError } from "./usage.ts";

export const add: Add = (cli) => {
  cli
    .command("init")
    .description("write a small project of your own: a protocol, a scenario, tests, CI")
    .argument("[folder]", "where; made if it is not there", ".")
    .option("--package <path>", "the seedquake that it uses: a tarball of `npm pack`, or a folder (default: this one)")
    .addHelpText(
      "after",
      `
Examples:
  seedquake init mine
  seedquake init mine --package seedquake-0.1.0.tgz`,
    )
    .action((folder: string, flags: { package?: string }) => {
      for (const line of init(folder, flags.package)) out(line);
    });
};

/** Writes the project into `folder`; returns what to tell the user. `from`: a tarball, or a folder, with this package. */
export function init(folder: string, from: string = fileURLToPath(packageFolder)): string[] {
  const target = resolve(folder);
  const staging = mkdtempSync(join(tmpdir(), "seedquake-init-"));
  try {
    const packed = provide(from, staging);
    // It lies in the project, so that the project can be installed wherever it goes.
    const tarball = `vendor/${packed}`;
    const texts = projectTexts(projectName(basename(target)), tarball);
    refuseToOverwrite(folder, target, [...texts.keys(), tarball]);
    for (const path of [...texts.keys(), tarball]) mkdirSync(dirname(join(target, path)), { recursive: true });
    for (const [path, text] of texts) writeFileSync(join(target, path), text, { flag: "wx" });
    copyFileSync(join(staging, packed), join(target, tarball));
    return [...[...texts.keys(), tarball].map((path) => `wrote ${join(folder, path)}`), "", ...next(target)];
  } catch (error) {
    if (!(error instanceof Error && "syscall" in error && "code" in error)) throw error;
    throw new UsageError(`${folder}: expected a folder that can be written into, found an error (${String(error.code)})`);
  } finally {
    rmSync(staging, { recursive: true, force: true });
  }
}

function refuseToOverwrite(folder: string, target: string, paths: readonly string[]): void {
  const stat = statSync(target, { throwIfNoEntry: false });
  if (stat?.isDirectory() === false) throw new UsageError(`${folder}: expected a folder, or nothing yet, found a file`);
  const there = paths.filter((path) => existsSync(join(target, path)));
  if (there.length === 0) return;
  throw new UsageError(
    `${folder}: expected none of the files that init writes, found ${there.join(", ")}; move them away, or name another folder`,
  );
}

/** Puts the package as a tarball into `into`; returns the tarball's name. */
function provide(from: string, into: string): string {
  const stat = statSync(from, { throwIfNoEntry: false });
  const wanted = `--package ${from}: expected a tarball of ${ourPackage.name}, or a folder with it`;
  if (stat === undefined) throw new UsageError(`${wanted}, found nothing there`);
  if (stat.isDirectory()) return pack(from, into, wanted);
  if (!holdsUs(readFileSync(from))) throw new UsageError(`${wanted}, found another file; \`npm pack\` makes one`);
  copyFileSync(from, join(into, basename(from)));
  return basename(from);
}

function holdsUs(bytes: Buffer): boolean {
  try {
    return gunzipSync(bytes).includes(`"name": "${ourPackage.name}"`);
  } catch {
    return false;
  }
}

/** Packs a folder as it is: nothing is built, so that nothing else is needed. */
function pack(folder: string, into: string, wanted: string): string {
  const name = nameOf(join(folder, "package.json"));
  if (name !== ourPackage.name)
    throw new UsageError(`${wanted}, found ${name === undefined ? "no package in it" : `the package ${name}`}`);
  if (!existsSync(join(folder, "schema.json")))
    throw new UsageError(`${wanted}, found one that is not built; type \`npm run build\` there first`);
  const args = ["pack", "--ignore-scripts", "--silent", "--pack-destination", into];
  // On Windows npm is a script of the shell.
  const { status, stderr, error } = spawnSync("npm", args, {
    cwd: folder,
    encoding: "utf8",
    shell: process.platform === "win32",
  });
  if (status !== 0) {
    const why = error === undefined ? stderr.trim() : error.message;
    throw new UsageError(`--package ${folder}: \`npm pack\` did not work there (${why}); hand over a tarball instead`);
  }
  return readdirSync(into)[0]!;
}

function nameOf(file: string): string | undefined {
  try {
    return String((JSON.parse(readFileSync(file, "utf8")) as { readonly name?: unknown }).name);
  } catch {
    return undefined;
  }
}

function next(target: string): string[] {
  const way = relative(process.cwd(), target);
  return [
    "next",
    ...(way === "" ? [] : [`  cd ${way}`]),
    "  npm install",
    "  npx seedquake run        # one protocol that is right, two wrong variants that are found",
    "  npm test",
  ];
}
