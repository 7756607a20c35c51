/** The page of a recorded history, whoever recorded it: its operations, its verdict, and its nemesis's lines as bands. */

import type { Recorded, RecordedFault } from "../../check/formats/index.ts";
import type { LinearizabilityResult, Model } from "../../check/index.ts";
import { count, cut, inWords, visible } from "../text.ts";
import { beginning, judgement } from "./history-part.ts";
import { type FaultBand, type PageHistory, type PageOperation, pageFormat, type RunPage } from "./model.ts";

export interface RecordedHistory {
  readonly file: string;
  readonly model: Model;
  readonly operations: readonly Recorded[];
  readonly faults: readonly RecordedFault[];
  readonly result: LinearizabilityResult<Recorded>;
}

/** More operations are not drawn. */
const mostOperations = 20_000;
/** Times beyond a day count from some epoch: the page counts from the first. */
const dayUs = 86_400_000_000;

export function recordedPage({ file, model, operations, faults, result }: RecordedHistory): RunPage {
  const timed = operations.every(({ invokedAtUs }) => invokedAtUs !== undefined);
  const first = timed ? Math.min(...operations.slice(0, 1).map(beginning)) : 0;
  const clock: Clock = { timed, sinceUs: first > dayUs ? first : 0 };
  const { history, left } = drawn(operations, model, result, clock);
  const bands = faultBands(faults, operations, clock);
  const ends = [...history.operations.flatMap(({ fromUs, toUs }) => [fromUs, toUs ?? fromUs]), ...bands.map(({ toUs }) => toUs)];
  const { verdict, reason, engine } = result;
  return {
    page: "run",
    format: pageFormat,
    title: file,
    verdict,
    headline: { valid: "linearizable", invalid: "not linearizable", unknown: "undecided" }[verdict],
    sentence: visible(reason),
    about: [
      ["history", file],
      ["model", model.name],
      ["operations", String(operations.length)],
      ["decided by", engine],
      ...(left === 0
        ? []
        : [["not drawn", `${count(left, "operation")}: a page has room for ${mostOperations}`] as [string, string]]),
    ],
    commands: [],
    endUs: ends.reduce((most, end) => Math.max(most, end), 0),
    faults: bands,
    history,
  };
}

interface Clock {
  readonly timed: boolean;
  readonly sinceUs: number;
}

/** Whole microseconds, or positions. */
function moment(operation: Recorded, { timed, sinceUs }: Clock, end: boolean): number | null {
  const at = timed ? (end ? operation.returnedAtUs : operation.invokedAtUs) : end ? operation.returned : operation.invoked;
  return at === undefined || !Number.isFinite(at) ? null : Math.round(at - sinceUs);
}

/** The operations around what cannot be explained, when there are too many. */
function drawn(
  operations: readonly Recorded[],
  model: Model,
  result: LinearizabilityResult<Recorded>,
  clock: Clock,
): { readonly history: PageHistory; readonly left: number } {
  const all = judgement(operations, model, result);
  const end = Math.min(operations.length, Math.max(mostOperations, (all.culprit ?? 0) + mostOperations / 4));
  const from = Math.max(0, end - mostOperations);
  const shown = operations.slice(from, end);
  const place = (of: number): number[] => (of >= from && of < end ? [of - from] : []);
  const [own] = all.culprit === undefined ? [] : place(all.culprit);
  const { culprit: _culprit, core, order, ...judged } = all;
  return {
    history: {
      operations: shown.map((operation) => told(operation, model, clock)),
      timed: clock.timed,
      judged: {
        ...judged,
        ...(own === undefined ? {} : { culprit: own }),
        core: core.flatMap(place),
        order: order.flatMap(({ operation, atUs, state }) =>
          place(operation).map((at) => ({ operation: at, atUs: Math.round(atUs - clock.sinceUs), state })),
        ),
      },
    },
    left: operations.length - shown.length,
  };
}

function told(operation: Recorded, model: Model, clock: Clock): PageOperation {
  const { process, input, output, outcome, line } = operation;
  const describe = (answer: unknown): string =>
    visible(model.describe?.(input, answer) ?? `${inWords(input)}${answer === undefined ? "" : ` -> ${inWords(answer)}`}`);
  const part = model.partition?.(input);
  return {
    id: `line ${line}`,
    process,
    told: outcome === "ok" ? describe(output) : `${describe(undefined).replace(/ -> \?$/, "")} -> nobody knows`,
    outcome,
    fromUs: moment(operation, clock, false) ?? 0,
    toUs: moment(operation, clock, true),
    ...(part === undefined ? {} : { part }),
  };
}

/** What ends what a nemesis began, in Jepsen's words and in ours. */
const ends: Readonly<Record<string, readonly string[]>> = { resume: ["pause"], restart: ["kill", "crash"] };

function began(f: string): readonly string[] {
  const [, what] = /^(?:stop|end)(-.*|)$/.exec(f) ?? [];
  return what === undefined ? (ends[f] ?? []) : [`start${what}`, `begin${what}`];
}

/** Pairs beginnings with ends: by what they are about, else the latest that is open. What has no end was a matter of a moment. */
function faultBands(faults: readonly RecordedFault[], operations: readonly Recorded[], { timed, sinceUs }: Clock): FaultBand[] {
  const open: { readonly f: string; readonly value: string; readonly band: FaultBand }[] = [];
  const bands: FaultBand[] = [];
  const last = operations.reduce(
    (most, { invoked, returned }) => Math.max(most, invoked, Number.isFinite(returned) ? returned : 0),
    0,
  );
  for (const { f, value, timeNs, after } of faults) {
    const atUs = timed && timeNs !== undefined ? Math.round(timeNs / 1000 - sinceUs) : after - 0.5;
    if (timed && timeNs === undefined) continue;
    const words = value === null || value === undefined ? "" : cut(typeof value === "string" ? value : inWords(value), 80);
    const close = (at: number): void => {
      const [{ band }] = open.splice(at, 1) as [(typeof open)[number]];
      bands.push({ ...band, toUs: atUs });
    };
    if (f === "heal" || f === "recover") {
      while (open.length > 0) close(0);
      continue;
    }
    const started = began(f);
    if (started.length > 0) {
      const same = open.findIndex((one) => started.includes(one.f) && one.value === words);
      const any = open.findLastIndex((one) => started.includes(one.f));
      if (any >= 0) close(same >= 0 ? same : any);
      continue;
    }
    // Jepsen writes a line when the nemesis sets out, and one when it is done.
    if (open.some((one) => one.f === f && (one.value === words || one.value === ""))) continue;
    const id = f.replace(/^(?:start|begin)-(?=.)/, "") || "fault";
    open.push({ f, value: words, band: { id, what: visible(words), fromUs: atUs, toUs: atUs } });
  }
  const endUs = timed ? bands.reduce((most, { toUs }) => Math.max(most, toUs), 0) : last;
  for (const { f, band } of open) {
    const lasts = /^(?:start|begin|pause|kill)/.test(f);
    bands.push(lasts ? { ...band, toUs: Math.max(band.fromUs, endUs) } : band);
  }
  return bands.sort((a, b) => a.fromUs - b.fromUs);
}
