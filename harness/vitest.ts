/** seedquake in vitest: every scenario a test, and a matcher for the histories that somebody's own tests recorded. */

import { existsSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, test } from "vitest";
import { FormatError, HistoryReader, initialState } from "./check/formats/index.ts";
import { checkLinearizable, HistoryError, type Model, models } from "./check/index.ts";
import type { HistoryEvent, HistoryRecorder } from "./check/recorder.ts";
import { explanation, type Judgement } from "./cli/check-lines.ts";
import { setting } from "./cli/setting.ts";
import { failureLines, noPaint, tellFailures } from "./report/index.ts";
import { writeRun } from "./report/write.ts";
import { catalogueFor, findScenarioFiles, readCases } from "./run/load.ts";
import { Pool, runCampaign } from "./run/pool.ts";
import type { Catalogue } from "./scenario/index.ts";
import { fullName, type Scenario } from "./scenario/scenario.ts";
import { didYouMean } from "./sim/suggest.ts";

const registry = new URL("../protocols/index.js", import.meta.url).href;

export interface ScenarioTests {
  /** Default 1. */
  readonly seed?: number;
  /** Instead of the scenario's own number. */
  readonly runs?: number;
  /** Worker threads of each test; default 1, as vitest runs files beside each other. Results do not depend on it. */
  readonly workers?: number;
  /** Where the reports of failures go; default "reports". */
  readonly out?: string;
  /** How long one scenario may take; default 5 minutes. */
  readonly timeoutMs?: number;
}

/**
 * Registers every scenario (every case of it) of files, folders or globs as a test:
 *
 *     await scenarios(new URL("./scenarios", import.meta.url));
 *
 * A test fails with the story of the violation and the command that repeats it; its report is attached.
 * @throws ScenarioError, LoadError or OwnError, with a sentence about the file
 */
export async function scenarios(paths: string | URL | readonly (string | URL)[], options: ScenarioTests = {}): Promise<void> {
  const list = (Array.isArray(paths) ? paths : [paths]) as readonly (string | URL)[];
  const asked = list.map((path) => (typeof path === "string" ? path : relative(process.cwd(), fileURLToPath(path)) || "."));
  const files = findScenarioFiles(asked);
  const catalogue = await catalogueFor(registry, files);
  let pool: Pool | undefined;
  afterAll(() => pool?.close());
  for (const file of files) {
    describe(file.replaceAll("\\", "/"), () => {
      for (const scenario of readCases(file, catalogue)) {
        test(fullName(scenario), { timeout: options.timeoutMs ?? 300_000 }, async ({ annotate }) => {
          pool ??= new Pool({ workers: options.workers ?? 1, registry, own: catalogue.own });
          const attached = await judge(pool, scenario, catalogue, options);
          if (attached === undefined) return;
          for (const { message, path } of attached.files) await annotate(message, { path });
          throw attached.error;
        });
      }
    });
  }
}

interface Failed {
  readonly error: Error;
  readonly files: readonly { readonly message: string; readonly path: string }[];
}

async function judge(pool: Pool, scenario: Scenario, catalogue: Catalogue, options: ScenarioTests): Promise<Failed | undefined> {
  const { seed: baseSeed = 1, runs, out = "reports" } = options;
  const campaign = await runCampaign(pool, scenario, catalogue, { baseSeed, ...(runs === undefined ? {} : { runs }) });
  if (campaign.verdict === "as expected") return undefined;
  const how = { ...setting(catalogue, out, [campaign]), paint: noPaint };
  const lines = [`${fullName(scenario)}: ${campaign.verdict}`, campaign.reason];
  const files: { message: string; path: string }[] = [];
  for (const [failure, told] of tellFailures([campaign])) {
    lines.push("", ...failureLines(campaign, failure, told, how));
    const folder = writeRun(out, told, how);
    for (const [name, message] of [
      ["report.html", "the report, for a browser"],
      ["counterexample.yaml", "the smallest story that still breaks"],
    ] as const) {
      if (existsSync(join(folder, name))) files.push({ message, path: join(folder, name) });
    }
  }
  return { error: failureAt(scenario, lines.join("\n")), files };
}

/** An error that points at the scenario's line, and not into the harness. */
function failureAt({ file, line }: Scenario, message: string): Error {
  const error = new Error(message);
  error.name = "seedquake";
  error.stack = `${error.name}: ${message}\n    at scenario (${resolve(file)}:${line}:1)`;
  return error;
}

export interface LinearizableOptions {
  /** What the object holds at first, instead of the model's own. */
  readonly initial?: unknown;
  /** Steps that the search may take; default 10,000,000. Then the verdict is unknown, and the assertion fails. */
  readonly steps?: number;
}

const usualSteps = 10_000_000;

/** `words` is the model of ours in whose words the events are written; "" for a model of one's own. */
function judgeHistory(history: HistoryRecorder | readonly HistoryEvent[], model: Model, words: string, steps: number): Judgement {
  const events = "events" in history ? history.events : history;
  const reader = new HistoryReader({ format: "jsonl", model: words });
  for (const event of events) reader.feed(`${JSON.stringify(event)}\n`);
  return checkLinearizable(reader.end(), model, { steps });
}

function modelOf(model: string | Model, { initial }: LinearizableOptions): Model {
  const found = typeof model !== "string" ? model : Object.hasOwn(models, model) ? models[model] : undefined;
  if (found === undefined)
    throw new Error(
      `toBeLinearizable("${String(model)}"): there is no such model; ${didYouMean(String(model), Object.keys(models))}`,
    );
  if (initial === undefined) return found;
  const first = initialState(typeof model === "string" ? model : "", JSON.stringify(initial));
  if ("expected" in first) {
    throw new Error(
      `toBeLinearizable: expected ${first.expected} as the initial state of ${found.name}, found ${JSON.stringify(initial)}`,
    );
  }
  return { ...found, init: first.state };
}

expect.extend({
  toBeLinearizable(received: HistoryRecorder | readonly HistoryEvent[], name: string | Model, options: LinearizableOptions = {}) {
    const model = modelOf(name, options);
    let judgement: Judgement;
    try {
      judgement = judgeHistory(received, model, typeof name === "string" ? name : "", options.steps ?? usualSteps);
    } catch (error) {
      if (!(error instanceof FormatError || error instanceof HistoryError)) throw error;
      throw new Error(`toBeLinearizable: ${error.message}`);
    }
    const { verdict } = judgement;
    // What could not be decided is neither: it fails, whichever of the two was asked for.
    const pass = verdict === "unknown" ? this.isNot : verdict === "valid";
    const lines = verdict === "valid" ? ["  An order explains every answer."] : explanation(judgement, model);
    return {
      pass,
      message: () =>
        `expected the history ${this.isNot ? "not to be" : "to be"} linearizable (${model.name}), found it ${verdict}\n\n${lines.join("\n")}`,
    };
  },
});

interface LinearizableMatcher<R> {
  /**
   * Whether an order within real time explains every answer. Takes a HistoryRecorder, or events in Jepsen's words; the model is one
   * of ours by name, or one's own.
   */
  toBeLinearizable(model: string | Model, options?: LinearizableOptions): R;
}

declare module "vitest" {
  interface Matchers<T> extends LinearizableMatcher<T> {}
}

export { type Asked, DidNotHappen, type HistoryEvent, HistoryRecorder, type OpenOperation } from "./check/recorder.ts";
