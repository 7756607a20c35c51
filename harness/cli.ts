#!/usr/bin/env node
/** The command line: finds the command that was typed, and tells what becomes of it. Each command is a file in cli/. */

import { realpathSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { Command, CommanderError } from "commander";
import type { Add } from "./cli/command.ts";
import { ourPackage } from "./cli/package.ts";
import { complain, everythingTold, exit, paint, said } from "./cli/terminal.ts";
import { UsageError } from "./cli/usage.ts";

/** In the order of the help. Only what is needed is loaded: whoever checks a history does not wait for the simulator. */
const commands: Readonly<Record<string, () => Promise<{ readonly add: Add }>>> = {
  run: () => import("./cli/run.ts"),
  merge: () => import("./cli/merge.ts"),
  replay: () => import("./cli/replay.ts"),
  show: () => import("./cli/show.ts"),
  why: () => import("./cli/why.ts"),
  points: () => import("./cli/points.ts"),
  fmt: () => import("./cli/fmt.ts"),
  check: () => import("./cli/check.ts"),
  open: () => import("./cli/open.ts"),
  trend: () => import("./cli/trend.ts"),
  threshold: () => import("./cli/threshold.ts"),
  diff: () => import("./cli/diff.ts"),
  mutants: () => import("./cli/mutants.ts"),
  mutate: () => import("./cli/mutate.ts"),
  list: () => import("./cli/list.ts"),
  init: () => import("./cli/init.ts"),
  schema: () => import("./cli/schema.ts"),
  explain: () => import("./cli/explain.ts"),
};

async function program(typed: string | undefined, end: (status: number) => void): Promise<Command> {
  const cli = new Command("seedquake")
    .description("Deterministic fault injection for distributed protocols: scenarios in, verdicts out, every bug by its seed.")
    .version(ourPackage.version)
    .exitOverride()
    .configureHelp({ showGlobalOptions: false })
    .showHelpAfterError("(seedquake --help shows how)");
  if (typed === "--version" || typed === "-V") return cli;
  const known = typed !== undefined && Object.hasOwn(commands, typed);
  for (const name of known ? [typed] : Object.keys(commands)) (await commands[name]!()).add(cli, end);
  return cli;
}

/** More would hide the first. */
const mostCodes = 3;

/** Where to read on about what went wrong. Only on a terminal's side: whoever reads JSON reads no advice. */
async function furtherReading(status: number, args: readonly string[]): Promise<void> {
  const told = everythingTold();
  if (status === exit.asExpected || told.length === 0 || args.includes("--json") || args[0] === "explain") return;
  const { codesOf } = await import("./report/explain/index.ts");
  const codes = [...new Set(told.flatMap((text) => codesOf(text).map(({ code }) => code)))].slice(0, mostCodes);
  const line = `what this means: seedquake explain ${codes.join(" ")}`;
  if (codes.length > 0) complain(process.stderr.isTTY ? paint("dim", line) : line);
}

/** Runs a command line; returns the exit status. */
export async function main(args: readonly string[]): Promise<number> {
  const status = await run(args);
  await furtherReading(status, args);
  return status;
}

async function run(args: readonly string[]): Promise<number> {
  let status: number = exit.asExpected;
  try {
    const cli = await program(args[0], (code) => {
      status = code;
    });
    await cli.parseAsync(["node", "seedquake", ...args]);
    return status;
  } catch (error) {
    if (error instanceof CommanderError) {
      // Its own words are on the terminal already.
      said(error.message);
      return error.exitCode === 0 ? exit.asExpected : exit.usage;
    }
    const { isTold } = await import("./cli/told.ts");
    if (error instanceof UsageError || isTold(error)) {
      complain(error.message);
      return exit.usage;
    }
    complain(`a fault of seedquake's own: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
    return exit.ours;
  }
}

if (process.argv[1] !== undefined && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) {
  // Whoever reads has read enough (`seedquake replay ... | head`): nothing more is said, and what is written is written.
  for (const stream of [process.stdout, process.stderr])
    stream.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code !== "EPIPE") throw error;
    });
  process.exitCode = await main(process.argv.slice(2));
}
