/** What is wrong with a scenario file: whole sentences, each with its place. */

/** Both count from 1. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

export interface Flaw extends Position {
  readonly message: string;
}

export interface ScenarioProblem extends Flaw {
  readonly file: string;
}

/** A file that is no scenario. Its message holds every problem on a line of its own: "file:line:column: sentence". */
export class ScenarioError extends Error {
  override readonly name = "ScenarioError";
  readonly problems: readonly ScenarioProblem[];

  constructor(problems: readonly ScenarioProblem[]) {
    super(problems.map((problem) => `${problem.file}:${problem.line}:${problem.column}: ${problem.message}`).join("\n"));
    this.problems = problems;
  }
}

/** The keys and indexes that lead to a value: ["faults", 0, "for"]. */
export type Path = readonly (string | number)[];

/** Says what is wrong with the value at a path, or with the key itself. */
export type Report = (path: Path, message: string, at?: "key" | "value") => void;

/** `faults[0].for: expected ..., found ....` */
export function sentence(path: Path, message: string): string {
  // A file's name has dots of its own.
  const inBrackets = (step: string | number): boolean => typeof step === "number" || step.startsWith(".");
  const place = path.map((step, i) => (inBrackets(step) ? `[${step}]` : i === 0 ? step : `.${step}`)).join("");
  const end = /[.?!]$/.test(message) ? "" : ".";
  return `${place}${place === "" ? "" : ": "}${message}${end}`;
}

/** A value as a sentence names it: the text "five", the number 3, nothing, a list, a map. */
export function found(value: unknown): string {
  if (value === null || value === undefined) return "nothing";
  if (typeof value === "string") return `the text ${JSON.stringify(value.length > 40 ? `${value.slice(0, 40)}...` : value)}`;
  if (typeof value === "number") return `the number ${value}`;
  if (typeof value === "boolean") return String(value);
  const empty = Object.keys(value).length === 0 ? "an empty" : "a";
  return `${empty} ${Array.isArray(value) ? "list" : "map"}`;
}
