/** Which failures are one bug: the look of a failing run as it was found, and the signature of its shrunk story. Pure. */

import type { Scenario } from "../scenario/scenario.ts";
import { finish, hashText } from "../sim/index.ts";
import type { TraceRecord } from "../sim/trace.ts";
import { type Kind, kindOf, mostSeeds } from "./part.ts";
import type { Failure, TracedRun, Violation } from "./run.ts";

/** So many things that led to the violation are told apart; an answer that is wrong says nothing yet, so there one more. */
const mostCauses = 2;
/** So many different looks of one check are made small; the others are counted to the first of them. */
const mostShrunk = 12;

/**
 * Of the story that is left after shrinking: what was violated and how, whether somebody must lose what it had in memory, and
 * which kinds of events led to the violation, nearest first. No names of nodes, no times, no counts, and not which faults it takes: a
 * message that is late is as late by a hold as by a pause.
 */
export function signature({ servers, clients }: Pick<Scenario, "servers" | "clients">, run: TracedRun): string {
  const violation = run.violation!;
  const roles = new Map([...servers.map(({ id, role }) => [id, role] as const), ...clients.map((id) => [id, "client"] as const)]);
  const crash = run.trace.some(({ kind }) => kind === "crash") ? "after a crash" : "without a crash";
  const led = causes(run.trace, violation).map((record) => label(record, roles));
  return [look(violation), crash, ...(led.length === 0 ? [] : [`led to by ${led.join(" < ")}`])].join("; ");
}

/** What led to the violation, nearest first; of a history that was judged after its run, to the answer that it speaks of. */
function causes(trace: readonly TraceRecord[], { atUs }: Violation): TraceRecord[] {
  const own = trace.find(({ kind }) => kind === "violation");
  const from = own ?? trace.findLast((record) => record.kind === "return" && record.atUs === atUs);
  const found: TraceRecord[] = own === undefined && from !== undefined ? [from] : [];
  const most = mostCauses + found.length;
  for (let n = from?.cause ?? 0; n > 0 && found.length < most; n = trace[n - 1]!.cause) {
    const record = trace[n - 1]!;
    // A delivery says what its sending says.
    if (record.kind !== "send") found.push(record);
  }
  return found;
}

function label(record: TraceRecord, roles: ReadonlyMap<string, string>): string {
  const role = roles.get(record.node) ?? "world";
  switch (record.kind) {
    case "deliver": {
      const { type, kind } = Object(record.message) as { readonly type?: unknown; readonly kind?: unknown };
      const name = record.channel === "message" ? type : kind;
      return `${role} ${record.channel}${typeof name === "string" ? ` ${name}` : ""}`;
    }
    case "timer":
    case "fact":
      return `${role} ${record.kind} ${record.name}`;
    default:
      return `${role} ${record.kind}`;
  }
}

/** The failing runs of a campaign that are worth a story each: the lowest seed of every look, of one check no more than a few. */
export function worthTelling(kinds: ReadonlyMap<string, Kind>): Kind[] {
  const all = [...kinds.values()].sort((a, b) => a.first.seed - b.first.seed);
  const told = new Map<string, Kind[]>();
  for (const kind of all) {
    const check = kindOf(kind.first.violation!);
    const list = told.get(check) ?? [];
    told.set(check, list);
    if (list.length < mostShrunk) {
      list.push(kind);
      continue;
    }
    const [{ first, others, count }] = list as [Kind];
    list[0] = { first, others: merged([...others, kind.first.seed, ...kind.others]), count: count + kind.count };
  }
  return [...told.values()].flat().sort((a, b) => a.first.seed - b.first.seed);
}

function merged(seeds: readonly number[]): number[] {
  return [...seeds].sort((a, b) => a - b).slice(0, mostSeeds);
}

/** Failures of one signature become the one of the lowest seed, which speaks for all of them. They come in the order of their seeds. */
export function distinctBugs(failures: readonly Failure[]): Failure[] {
  const bugs = new Map<string, Failure>();
  for (const failure of failures) {
    const known = bugs.get(failure.signature);
    if (known === undefined) {
      bugs.set(failure.signature, failure);
      continue;
    }
    const otherSeeds = merged([...known.otherSeeds, failure.seed, ...failure.otherSeeds]);
    const more = seedsOf(known) + seedsOf(failure) - 1 - otherSeeds.length;
    const { moreSeeds: _more, ...rest } = known;
    bugs.set(failure.signature, { ...rest, otherSeeds, ...(more === 0 ? {} : { moreSeeds: more }) });
  }
  return [...bugs.values()];
}

/** How many failing seeds a failure speaks for, its own among them. */
export function seedsOf({ otherSeeds, moreSeeds = 0 }: Pick<Failure, "otherSeeds" | "moreSeeds">): number {
  return 1 + otherSeeds.length + moreSeeds;
}

/** So many looks of one check at most, whatever a protocol's sentences say, so that a campaign's room does not grow with them. */
const buckets = 64;

/** Under which name a campaign keeps a failing run until it is known which bug it shows: its check, and how the sentence goes. */
export function lookKey(violation: Violation): string {
  return `${kindOf(violation)}/${finish(hashText(look(violation))) % buckets}`;
}

/** What was violated and how it is said, without names, numbers and values: enough to sort failing seeds before any is shrunk. */
export function look(violation: Violation): string {
  const kind = kindOf(violation);
  // What no order explains is said in as many ways as there are histories, and what was not answered in as many as there are clients.
  if (violation.family === "linearizable" || violation.family === "liveness") return kind;
  // Which event differs first is another one in each run: what they have in common is that something leaks.
  if (violation.check === "determinism") return kind;
  return `${kind}: ${shape(violation.sentence)}`;
}

/** Nodes without their numbers, numbers as #, contents and quotations as dots, and a list of the same as one of it. */
function shape(sentence: string): string {
  const plain = contents(sentence.replace(/ \([^()]*\.[jt]s:\d+[^()]*\)/g, "").replace(/"[^"]*"/g, '"."'));
  return plain.replace(/[-+]?\d[\d.]*(?:ns|us|ms|s|m|h|%)?/g, "#").replace(/(\b[\w#]+)(?:(?:, | and )\1)+/g, "$1");
}

/** Lists and maps as a dot, from the inside out. */
function contents(text: string): string {
  const less = text.replace(/\[[^[\]{}]+\]|\{[^[\]{}]*\}/g, (inner) => (inner === "[.]" ? inner : "."));
  return less === text ? text : contents(less);
}
