/** The score of a scenario in words: the share that it catches, and every survivor by file and line. */

import { byPlace, type Outcome, type Score, sumOf } from "../run/mutate.ts";
import { fullName } from "../scenario/scenario.ts";
import { quoted, replayCommand } from "./names.ts";
import { count, cut, json, percent, visible } from "./text.ts";

/** What it is about, and what can be done to it. */
function doing({ operator, name, places, through }: Outcome): readonly [subject: string, can: string] {
  const first = places[0]!;
  const helper = through === undefined ? "" : ` (through ${near(through, first)})`;
  const at = `at ${[first, ...places.slice(1).map((place) => near(place, first))].join(", ")}${helper}`;
  const known = name !== "" && name !== "*";
  const called = known ? `("${visible(name)}")` : "";
  const of = known ? ` of ${visible(name)}` : "";
  switch (operator) {
    case "no-sync":
      return [`the sync ${at}`, "can be removed"];
    case "late-sync":
      return [`the sync ${at}`, "can come after what is told next"];
    case "no-write":
      return [`the write${of} ${at}`, "can be removed"];
    case "late-write":
      return [`the write${of} ${at}`, "can come after what is told next"];
    case "no-send":
      return [`the send${of} ${at}`, "can be removed"];
    case "no-reply":
      return [`the ${answers[name] ?? "answer"} ${at}`, "can be removed"];
    case "no-timer":
      return [`the setTimer${called} ${at}`, "can be removed"];
    case "no-cancel":
      return [`the cancelTimer${called} ${at}`, "can be removed"];
    case "older":
      return [
        `${known ? `the record ${visible(name)}` : "every record"} (written ${at})`,
        "can come back from a crash one write older",
      ];
    case "twice":
      return [`the ${visible(name)} (handled ${at})`, "can be handled twice"];
  }
}

/** By the call on ctx. */
const answers: Readonly<Record<string, string>> = { ok: "reply", fail: "fail", redirect: "redirect", info: "giveUp" };

/** A place beside another: without the folder that they share. */
function near(place: string, other: string): string {
  const folder = other.slice(0, other.lastIndexOf("/") + 1);
  return place.startsWith(folder) ? place.slice(folder.length) : place;
}

/** "the sync at mine.ts:88 can be removed and nothing notices". */
export function survivorSentence(outcome: Outcome): string {
  return `${mutationSentence(outcome)} and nothing notices`;
}

function mutationSentence(outcome: Outcome): string {
  return doing(outcome).join(" ");
}

/** What is known of why. */
function hint({ differed, played, operator, mattered }: Outcome): string {
  if (differed > 0) return `${differed} of ${count(played, "run")} went differently, and every check held`;
  if (operator.startsWith("late-")) return `no crash fell between, in ${count(mattered, "run")} that came by it`;
  return `no run went differently, of ${mattered} in which it left something undone`;
}

/** "the scenario catches 41 of 52 mutations, 78.8%; 6 are equivalent". */
export function scoreSentence({ planned, mutations }: Score): string {
  const { caught, of, equivalent, unreached } = sumOf(mutations);
  const parts = [
    of === 0
      ? "there is no mutation that the scenario could catch"
      : `the scenario catches ${caught} of ${count(of, "mutation")}, ${percent(caught, of)}`,
  ];
  if (equivalent > 0) parts.push(`${equivalent} ${equivalent === 1 ? "is" : "are"} equivalent`);
  if (unreached > 0) parts.push(`${unreached} never ${unreached === 1 ? "comes" : "come"} into play`);
  if (mutations.length < planned) parts.push(`${planned - mutations.length} of ${planned} are still to be tried`);
  return parts.join("; ");
}

/** What must outlive a crash: a gap in these loses what somebody was promised, so they are read first. */
const durable: ReadonlySet<Outcome["operator"]> = new Set(["no-sync", "late-sync", "no-write", "late-write", "older"]);

/** What nothing noticed: what is durable first, then the rest, each by place. */
function survivorsOf({ mutations }: Score): readonly Outcome[] {
  const rank = ({ operator }: Outcome): number => (durable.has(operator) ? 0 : 1);
  return mutations
    .filter(({ outcome }) => outcome === "survived")
    .toSorted((a, b) => rank(a) - rank(b) || byPlace(a.places[0]!, b.places[0]!));
}

const reservation =
  "An equivalent mutation changed nothing wherever it was executed. One that changes runs and does no harm cannot be told from a gap: each survivor is to be looked at.";

/** For the terminal. */
export function scoreLines(score: Score): string[] {
  const { mutations, neverExecuted } = score;
  const those = (outcome: Outcome["outcome"]): readonly Outcome[] => mutations.filter((one) => one.outcome === outcome);
  const section = (title: string, lines: readonly string[]): string[] =>
    lines.length === 0 ? [] : ["", title, ...lines.map((line) => `  ${line}`)];
  return [
    scoreSentence(score),
    ...section(
      "survivors",
      survivorsOf(score).flatMap((one) => [survivorSentence(one), `  ${hint(one)}; ${one.id}`]),
    ),
    ...section("equivalent", those("equivalent").map(mutationSentence)),
    ...section(
      "never in play",
      those("unreached").map((one) => `${mutationSentence(one)}: no run gave it anything to do`),
    ),
    ...section("never executed", neverExecuted),
    "",
    reservation,
  ];
}

/** The command that plays a run with a mutation. */
function catchCommand({ scenario }: Score, { id, by }: Outcome): string {
  return `${replayCommand(scenario.file, by?.seed, scenario.case)} --mutation ${quoted(id)}`;
}

export function scoreMarkdown(score: Score): string {
  const { scenario, baseSeed, runs, digest, mutations, neverExecuted } = score;
  const those = (outcome: Outcome["outcome"]): readonly Outcome[] => mutations.filter((one) => one.outcome === outcome);
  const list = (title: string, lines: readonly string[]): string[] =>
    lines.length === 0 ? [] : ["", `## ${title}`, "", ...lines.map((line) => `- ${line}`)];
  const lines = [
    `# ${fullName(scenario)}: what the scenario catches`,
    "",
    `${scoreSentence(score)}.`,
    "",
    `${count(runs, "run")} from seed ${baseSeed}, digest ${digest}. ${reservation}`,
    ...list(
      "Survivors",
      survivorsOf(score).map((one) => `${survivorSentence(one)}: ${hint(one)}. \`${one.id}\``),
    ),
    ...list(
      "Caught",
      those("caught").map((one) => {
        const { check, sentence, seed } = one.by!;
        const how = seed === undefined ? "" : ` \`${catchCommand(score, one)}\``;
        return `${mutationSentence(one)}: ${visible(check)}${seed === undefined ? "" : `, seed ${seed}`}. ${cut(visible(sentence), 200)}${how}`;
      }),
    ),
    ...list("Equivalent", those("equivalent").map(mutationSentence)),
    ...list("Never in play", those("unreached").map(mutationSentence)),
    ...list("Never executed", neverExecuted.toSorted(byPlace)),
  ];
  return `${lines.join("\n")}\n`;
}

/** Every score.json begins with it. */
export const scoreVersion = 1;

/** `key` says of what it is the score, so that an interrupted one goes on only where nothing has changed. */
export function scoreJson(score: Score, key: string, timing: { readonly wallMs: number; readonly workers: number }): string {
  const { mutations, planned, ...own } = score;
  const complete = mutations.length === planned;
  const { caught, survived, equivalent, unreached, of, ppm } = sumOf(mutations);
  const sum = { caught, survived, equivalent, unreached, of, ...(ppm === undefined ? {} : { percent: ppm / 10_000 }) };
  return `${json({ scoreVersion, key, complete, ...own, planned, score: sum, mutations, timing }, 2)}\n`;
}
