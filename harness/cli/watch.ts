/** seedquake run --watch: runs again what a change concerns, each time in a process of its own, so that no older code stays loaded. */

import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, type FSWatcher, realpathSync, statSync, watch as watchFolder } from "node:fs";
import { basename, dirname, join, sep } from "node:path";
import { setTimeout as after } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { findScenarioFiles } from "../run/load.ts";
import { affectedBy, membersOf, type StandsOn, standsOn } from "./affected.ts";
import { exit, out, paint } from "./terminal.ts";

const program = fileURLToPath(new URL("../cli.js", import.meta.url));
/** The built-in protocols, as they are run: whoever works on their sources compiles them, and that is the change. */
const builtIn = fileURLToPath(new URL("../../protocols", import.meta.url));
/** A build takes everything away first; this it writes last. A folder that was never built so has none. */
const builtLast = [program, fileURLToPath(new URL("../../summary.schema.json", import.meta.url))].filter((path) =>
  existsSync(path),
);
const quietMs = 150;

/** What to do next: "all", "same" (again what ran last), or what these changes concern. */
export type Cause = "all" | "same" | ReadonlySet<string>;

/** The scenario files that run next; none: nothing that we stand on has changed. */
export function nextRound(cause: Cause, standsOn: StandsOn, last: readonly string[]): readonly string[] {
  const all = [...standsOn.keys()];
  if (cause === "all") return all;
  if (cause === "same") return all.filter((file) => last.includes(file));
  return affectedBy(cause, standsOn);
}

/** The folders to listen to: of each file, and each with scenarios, where new ones may turn up. */
export function foldersOf(standsOn: StandsOn, given: readonly string[]): readonly string[] {
  const files = [...standsOn.values()].flatMap((on) => [...on]);
  return [
    ...new Set([
      ...files.map((file) => (file.endsWith(sep) ? file.slice(0, -1) : dirname(file))),
      ...given.map((folder) => realpathSync(folder)),
    ]),
  ].sort();
}

/** What the process of a round is told: what the user typed, less the watching, with the files that run and the last failures first. */
export function roundArgs([command = "run", ...typed]: readonly string[], files: readonly string[]): string[] {
  const only = files.flatMap((file) => [file, ...membersOf(file)]).flatMap((file) => ["--only", file]);
  return [command, "--failed-first", ...only, ...typed.filter((word) => word !== "--watch")];
}

/** What somebody typed; anything else means nothing. */
export function causeOf(letter: string): "all" | "same" | "quit" | undefined {
  if (letter === "a") return "all";
  if (letter === "\r" || letter === "\n") return "same";
  // Ctrl-C and Ctrl-D come as letters where the terminal hands over each key.
  return ["q", "\u0003", "\u0004"].includes(letter) ? "quit" : undefined;
}

/** What is to be done, in order; whoever is at work hears when there is more. */
class Mailbox {
  onPut: () => void = () => {};
  readonly causes: (Cause | "quit")[] = [];
  private readonly waiting: ((cause: Cause | "quit") => void)[] = [];

  put(cause: Cause | "quit"): void {
    const waiting = this.waiting.shift();
    if (waiting === undefined) this.causes.push(cause);
    else waiting(cause);
    this.onPut();
  }

  take(): Promise<Cause | "quit"> {
    const cause = this.causes.shift();
    if (cause !== undefined) return Promise.resolve(cause);
    return new Promise((resolve) => void this.waiting.push(resolve));
  }
}

/** Listens to folders and reports what changed once it has been quiet for a moment: editors write a file in several steps. */
class Ears {
  private watchers: FSWatcher[] = [];
  private changed = new Set<string>();
  private timer: NodeJS.Timeout | undefined;
  private readonly tell: (changed: ReadonlySet<string>) => void;

  constructor(tell: (changed: ReadonlySet<string>) => void) {
    this.tell = tell;
  }

  listen(folders: readonly string[]): void {
    this.close();
    this.watchers = folders.map((folder) =>
      watchFolder(folder, (_, name) => {
        if (name === null) return;
        this.changed.add(join(folder, name));
        clearTimeout(this.timer);
        this.timer = setTimeout(() => {
          const { changed } = this;
          this.changed = new Set();
          this.tell(changed);
        }, quietMs);
      }),
    );
  }

  close(): void {
    for (const watcher of this.watchers) watcher.close();
  }
}

/** Waits for the end of a build that is under way, or until somebody quits. */
async function built(mailbox: Mailbox): Promise<void> {
  while (!builtLast.every((path) => existsSync(path)) && !mailbox.causes.includes("quit")) await after(quietMs);
}

/** One round, in a process of its own; more to do interrupts it. */
async function round(args: readonly string[], mailbox: Mailbox): Promise<{ readonly status: number; readonly cut: boolean }> {
  const child = spawn(process.execPath, [program, ...args], { stdio: ["ignore", "inherit", "inherit"] });
  let cut = false;
  mailbox.onPut = () => {
    cut = true;
    child.kill("SIGINT");
  };
  const [code] = (await once(child, "exit")) as [number | null];
  mailbox.onPut = () => {};
  return { status: code ?? exit.interrupted, cut };
}

/** Runs and listens until somebody quits. `typed`: the command line as it was given. Returns the exit status of the last round. */
export async function watch(paths: readonly string[], typed: readonly string[]): Promise<number> {
  const mailbox = new Mailbox();
  const ears = new Ears((changed) => mailbox.put(changed));
  const { stdin } = process;
  const onKeys = (keys: Buffer): void => {
    for (const letter of keys.toString()) {
      const cause = causeOf(letter);
      if (cause !== undefined) mailbox.put(cause);
    }
  };
  const onSignal = (): void => mailbox.put("quit");
  if (stdin.isTTY) stdin.setRawMode(true);
  stdin.on("data", onKeys);
  process.on("SIGINT", onSignal).on("SIGTERM", onSignal);
  const folders = paths.filter((path) => statSync(path, { throwIfNoEntry: false })?.isDirectory() === true);
  let status: number = exit.asExpected;
  let last: readonly string[] = [];
  let unfinished: readonly string[] = [];
  try {
    for (let cause: Cause | "quit" = "all"; cause !== "quit"; cause = await mailbox.take()) {
      await built(mailbox);
      const stands = await standsOn(findScenarioFiles(paths), builtIn);
      ears.listen(foldersOf(stands, folders));
      const chosen = new Set([...nextRound(cause, stands, last), ...(typeof cause === "string" ? [] : unfinished)]);
      if (chosen.size === 0) continue;
      last = [...stands.keys()].filter((file) => chosen.has(file));
      out(paint("dim", `\n-- ${last.length} of ${stands.size} ${stands.size === 1 ? "file" : "files"}: ${because(cause)}`));
      const ended = await round(roundArgs(typed, last), mailbox);
      status = ended.status;
      unfinished = ended.cut ? last : [];
      if (!ended.cut) out(paint("dim", "-- waiting for a change; Enter: these again, a: all, q: quit"));
    }
    return status;
  } finally {
    ears.close();
    stdin.off("data", onKeys).pause();
    if (stdin.isTTY) stdin.setRawMode(false);
    process.off("SIGINT", onSignal).off("SIGTERM", onSignal);
  }
}

function because(cause: Cause): string {
  if (cause === "all") return "all of them";
  if (cause === "same") return "the same again";
  const [first, ...others] = [...cause].map((path) => basename(path));
  return `${first} has changed${others.length === 0 ? "" : `, and ${others.length} more`}`;
}
