/** The door to the journal: what a suite has done so far, one line for each stretch of runs, so that a killed process or another machine loses none of it. */

import { createHash } from "node:crypto";
import { appendFileSync, existsSync, readFileSync, rmSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import type { Scenario } from "../scenario/scenario.ts";
import { LoadError, writeText } from "./load.ts";
import type { Entry, Shard } from "./slices.ts";

const name = "journal.jsonl";
/** Grows with the form of the lines. */
const format = 1;

/** What was asked for: parts belong together when all of it is the same, but for the shard. */
export interface Asked {
  readonly paths: readonly string[];
  readonly case?: string | undefined;
  readonly grep?: string | undefined;
  readonly baseSeed: number;
  readonly runs?: number | undefined;
  /** Whether only seeds were started that a time allowed. */
  readonly timed: boolean;
  readonly bail: boolean;
  readonly twice: boolean;
  readonly shrink: string;
  readonly strategy?: string | undefined;
  readonly futures?: number | undefined;
  /** Full names, where --changed or --last-failed chose among the scenarios: whoever puts shards together cannot know. */
  readonly chosen?: readonly string[] | undefined;
  /** Of seedquake. */
  readonly version: string;
  /** Of the code of the user's own files. */
  readonly own?: string | undefined;
}

/** Who writes a journal, as long as it lives. */
export interface Writer {
  readonly pid: number;
  readonly host: string;
}

export interface JournalHead extends Asked {
  readonly journal: typeof format;
  readonly shard?: Shard | undefined;
  readonly writer: Writer;
}

export interface JournalFile {
  readonly path: string;
  readonly head: JournalHead;
  /** By campaign. */
  readonly entries: ReadonlyMap<string, readonly Entry[]>;
}

/** What a campaign is called in a journal: its scenario with all that stands in it, so that another version of it has another name. */
export function campaignKey(scenario: Scenario): string {
  const { file, case: own } = scenario;
  const sha = createHash("sha256").update(JSON.stringify(scenario)).digest("hex").slice(0, 16);
  return `${file}${own === undefined ? "" : `#${own}`} ${sha}`;
}

export function journalIn(folder: string): string {
  return join(folder, name);
}

/** Begins a journal in this folder, in the place of an older one. */
export function beginJournal(folder: string, asked: Asked, shard: Shard | undefined): (key: string, entry: Entry) => void {
  const path = journalIn(folder);
  const head: JournalHead = { journal: format, ...asked, ...(shard === undefined ? {} : { shard }), writer: ourselves() };
  writeText(path, `${JSON.stringify(head)}\n`);
  return appendTo(path);
}

/** Goes on with a journal, which is ours from here on. A line that a kill has cut off is taken out first. */
export function continueJournal({ path, head }: JournalFile): (key: string, entry: Entry) => void {
  const text = readFileSync(path, "utf8");
  const entries = text.slice(text.indexOf("\n"), text.lastIndexOf("\n") + 1);
  writeText(path, `${JSON.stringify({ ...head, writer: ourselves() })}${entries}`);
  return appendTo(path);
}

function ourselves(): Writer {
  return { pid: process.pid, host: hostname() };
}

/** The process that is writing a journal in this folder at this very moment; never this one. */
export function writerIn(folder: string): number | undefined {
  const path = journalIn(folder);
  if (!existsSync(path)) return undefined;
  let writer: Writer | undefined;
  try {
    ({ writer } = JSON.parse(readFileSync(path, "utf8").split("\n", 1)[0]!) as Partial<JournalHead>);
  } catch {
    return undefined;
  }
  if (writer === undefined || writer.host !== hostname() || writer.pid === process.pid) return undefined;
  // One that was killed a moment ago may still be on its way out.
  for (let waitedMs = 0; waitedMs < dyingMs; waitedMs += stepMs) {
    if (!lives(writer.pid)) return undefined;
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, stepMs);
  }
  return writer.pid;
}

const dyingMs = 1_000;
const stepMs = 50;

function lives(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    // Somebody else's process is one, too.
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
  // Dead ones that nobody has asked after keep their number, for good where the first process of a container never asks.
  try {
    return !/^\d+ \(.*\) [ZX] /s.test(readFileSync(`/proc/${pid}/stat`, "utf8"));
  } catch {
    return true;
  }
}

function appendTo(path: string): (key: string, entry: Entry) => void {
  return (key, entry) => appendFileSync(path, `${JSON.stringify({ campaign: key, ...entry })}\n`);
}

export function removeJournal(folder: string): void {
  rmSync(journalIn(folder), { force: true });
}

/** `path`: the journal, or the reports folder that it lies in. @throws LoadError */
export function readJournal(path: string): JournalFile {
  const file = path.endsWith(".jsonl") ? path : journalIn(path);
  const wanted = `${path}: expected a folder with a ${name}, as \`seedquake run --shard\` and an interrupted run leave it`;
  if (!existsSync(file)) throw new LoadError(`${wanted}, found none`);
  const lines = readFileSync(file, "utf8").split("\n");
  const cut = lines.pop();
  const parsed = lines.map((line, i): unknown => {
    try {
      return JSON.parse(line);
    } catch {
      throw new LoadError(
        `${file}:${i + 1}: expected a line of JSON, found something else; the file was changed after it was written`,
      );
    }
  });
  const head = parsed.shift() as JournalHead | undefined;
  if (head?.journal !== format) {
    const found = head === undefined ? (cut === "" ? "an empty file" : "only half a line") : "another first line";
    throw new LoadError(`${file}: expected the journal of this version of seedquake, found ${found}; run again without --resume`);
  }
  const entries = new Map<string, Entry[]>();
  for (const { campaign, ...entry } of parsed as readonly (Entry & { readonly campaign: string })[])
    entries.set(campaign, [...(entries.get(campaign) ?? []), entry]);
  return { path: file, head, entries };
}

const told: Readonly<Record<keyof Asked, string>> = {
  paths: "the scenarios",
  case: "--case",
  grep: "--grep",
  baseSeed: "--seed",
  runs: "--runs",
  timed: "--time",
  bail: "--bail",
  twice: "--check-determinism",
  shrink: "--shrink",
  strategy: "--strategy",
  futures: "--futures",
  chosen: "the scenarios that --changed or --last-failed chose",
  version: "the version of seedquake",
  own: "the code of your own files",
};

/** A sentence about the first thing in which the two were asked otherwise. */
export function askedOtherwise(one: Asked, other: Asked): string | undefined {
  for (const [key, what] of Object.entries(told) as [keyof Asked, string][]) {
    const [a, b] = [one[key], other[key]].map((value) => JSON.stringify(value) ?? "none");
    if (a !== b) return `${what}: ${a} there, ${b} here`;
  }
  return undefined;
}
