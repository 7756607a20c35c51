/** What a user types: in this process, without the half second that a new one takes, or in one of its own. On the built dist/. */

import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type * as cli from "../cli.ts";

export const command = join(import.meta.dirname, "..", "..", "dist", "harness", "cli.js");
export const environment: Record<string, string | undefined> = { ...process.env, NO_COLOR: "1" };
delete environment["FORCE_COLOR"];
// Nor are annotations wanted for what goes wrong here on purpose.
for (const name of ["GITHUB_ACTIONS", "GITHUB_STEP_SUMMARY", "GITHUB_WORKSPACE", "CI_PROJECT_DIR"]) delete environment[name];

const { main } = (await import(pathToFileURL(command).href)) as typeof cli;

export interface Said {
  readonly status: number | null;
  readonly out: string;
  /** Less the line that says where to read on. */
  readonly err: string;
  /** The codes in that line. */
  readonly codes: readonly string[];
}

/** Complaints are looked at apart from where they are explained. */
function parted(err: string): Pick<Said, "err" | "codes"> {
  const line = /^what this means: seedquake explain (.*)\n/m.exec(err);
  return line === null ? { err, codes: [] } : { err: err.replace(line[0], ""), codes: line[1]!.split(" ") };
}

/** Types `seedquake ...args` in this folder. One at a time: it changes the working directory of the process. */
export async function type(folder: string, ...args: readonly string[]): Promise<Said> {
  const before = { folder: process.cwd(), env: process.env };
  const streams = { out: process.stdout, err: process.stderr };
  const writes = { out: streams.out.write, err: streams.err.write };
  const said = { out: "", err: "" };
  process.chdir(folder);
  process.env = { ...environment };
  for (const name of ["out", "err"] as const)
    streams[name].write = (text: string | Uint8Array): boolean => {
      said[name] += String(text);
      return true;
    };
  try {
    const status = await main(args);
    return { status, out: said.out, ...parted(said.err) };
  } finally {
    for (const name of ["out", "err"] as const) streams[name].write = writes[name];
    process.env = before.env;
    process.chdir(before.folder);
  }
}

/** The same as a process: with nothing that an earlier one could have left behind. */
export function processOf(folder: string, args: readonly string[], input = ""): Said {
  const options = { cwd: folder, encoding: "utf8", env: environment, input } as const;
  const { status, stdout, stderr } = spawnSync(process.execPath, [command, ...args], options);
  return { status, out: stdout, ...parted(stderr) };
}
