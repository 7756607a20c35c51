/** A suite file: bugs that were once found, each to be replayed and its neighbourhood searched. Pure: the door that calls this reads the files. */

import { z } from "zod";
import { didYouMean } from "../sim/suggest.ts";
import { type Catalogue, protocolOf } from "./catalogue.ts";
import { conform } from "./explain.ts";
import { doc } from "./fields.ts";
import { type Path, type Report, ScenarioError, type ScenarioProblem, sentence } from "./problems.ts";
import type { Scenario } from "./scenario.ts";
import { readYaml } from "./yaml.ts";

const someRuns = { error: "expected a number of runs such as 50 runs" };
const around = doc(
  z.string(someRuns).regex(/^\d{1,6} runs?$/, someRuns),
  "How many runs search its neighbourhood: the same file under the seeds that follow (default: 50 runs; 0 runs: none).",
  "50 runs",
);
const stale = doc(
  z.enum(["fail", "ignore"]),
  "fail (default): a regression whose replay does not reach its goals any more has gone stale, and is no green (exit 3).",
);
const expect = doc(
  z.enum(["valid", "as-written"]),
  "valid (default): the bug is gone, and stays away; as-written: what the file itself expects, as for a planted bug.",
);

const regression = z.strictObject({
  file: doc(z.string().min(1), "The scenario or counterexample, seen from this file.", "regressions/lost-ack.yaml"),
  case: doc(z.string().min(1), "Which of its cases, where it has some.").optional(),
  seed: doc(z.int().min(0), "The seed at which the bug was found; a counterexample carries the same.", 408),
  reach: doc(z.array(z.string()).min(1), "Goals that the replay must reach, else it has gone stale.").optional(),
  was: doc(z.string(), "What it was: an issue, a sentence.", "issue 412").optional(),
  around: around.optional(),
  stale: stale.optional(),
  expect: expect.optional(),
});

export const suiteSchema = z.strictObject({
  description: z.string().optional(),
  suite: z.strictObject({
    defaults: z.strictObject({ around: around.optional(), stale: stale.optional(), expect: expect.optional() }).optional(),
    regressions: z.array(regression),
  }),
});

export interface Regression {
  readonly file: string;
  readonly case?: string | undefined;
  readonly seed: number;
  readonly reach: readonly string[];
  readonly was?: string | undefined;
  readonly around: number;
  readonly stale: "fail" | "ignore";
  readonly expect: "valid" | "as-written";
  /** 1-based, in the suite file. */
  readonly line: number;
}

/** The regressions of a suite file; undefined for any other text. @throws ScenarioError */
export function readSuite(text: string, file: string): readonly Regression[] | undefined {
  if (!/^["']?suite["']?\s*:/m.test(text)) return undefined;
  const yaml = readYaml(text);
  // What is no YAML is told where scenarios are read.
  if (!("data" in yaml) || typeof yaml.data !== "object" || yaml.data === null || !Object.hasOwn(yaml.data, "suite"))
    return undefined;
  const problems: ScenarioProblem[] = [];
  const report: Report = (at, message, part = "value") =>
    void problems.push({ file, ...yaml.position(at, part), message: sentence(at, message) });
  const hint = (key: string): string | undefined =>
    key === "protocol" ? "a suite names scenarios; write this one in a file of its own" : undefined;
  const read = conform(suiteSchema, yaml.data, [], report, hint);
  if (read === undefined || problems.length > 0) throw new ScenarioError(problems);
  const { defaults = {}, regressions } = read.suite;
  return regressions.map((one, i) => {
    const said = { around: "50 runs", stale: "fail", expect: "valid", ...given(defaults), ...given(one) } as const;
    return {
      file: one.file,
      case: one.case,
      seed: one.seed,
      reach: one.reach ?? [],
      was: one.was,
      around: Number.parseInt(said.around, 10),
      stale: said.stale,
      expect: said.expect,
      line: yaml.position(["suite", "regressions", i], "value").line,
    };
  });
}

function given<T extends object>(fields: T): Partial<{ [K in keyof T]: NonNullable<T[K]> }> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as never;
}

/** The replay of a regression, and the search of its neighbourhood. `suite`: the file that names it. @throws ScenarioError */
export function regressionScenarios(
  one: Regression,
  scenario: Scenario,
  suite: string,
  catalogue: Catalogue,
): readonly Scenario[] {
  const wrong = (key: Path[number], message: string): never => {
    throw new ScenarioError([{ file: suite, line: one.line, column: 1, message: sentence([key], message) }]);
  };
  const { seed, around, was } = one;
  const own = scenario.explicit?.seed ?? seed;
  if (own !== seed) wrong("seed", `${scenario.file} carries the seed ${own}, found ${seed}; write ${own}`);
  const goals = protocolOf(scenario, catalogue).goals ?? [];
  const unknown = one.reach.find((goal) => !goals.includes(goal));
  if (unknown !== undefined) wrong("reach", `${scenario.protocol} has no goal "${unknown}"; ${didYouMean(unknown, goals)}`);
  const description = was === undefined ? scenario.description : `${was}: ${scenario.description}`;
  // Minima and limits are about many runs, and other ones.
  const { claim: _claim, ...rest } = scenario;
  const base: Scenario = {
    ...rest,
    description,
    require: { answeredPpm: 0 },
    limits: [],
    reach: [],
    ...(one.expect === "valid" ? { expect: { kind: "valid" } } : {}),
  };
  const replay: Scenario = { ...base, from: seed, runs: 1, reach: one.stale === "fail" ? one.reach : [], regression: true };
  if (around === 0) return [replay];
  // Nearby nothing is expected to fail: where the file plants a bug, its neighbours may have it or not.
  return base.expect.kind === "valid"
    ? [replay, { ...base, name: `${base.name}.around`, from: seed + 1, runs: around, regression: true }]
    : [replay];
}

/** A suite file's text with one more regression; `text` is undefined for a new one. */
export function withRegression(text: string | undefined, line: string): string {
  const head = `description: bugs that we once had; none comes back, and none goes stale
suite:
  defaults: { around: 50 runs, stale: fail, expect: valid }
  regressions:
`;
  const before = text === undefined ? head : text.endsWith("\n") ? text : `${text}\n`;
  return `${before.replace(/^( {2}regressions:)\s*\[\][ \t]*$/m, "$1")}    - ${line}\n`;
}
