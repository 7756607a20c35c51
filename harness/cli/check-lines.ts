/** What `seedquake check` says: a verdict on a recorded history in lines, for people and for programs. */

import type { Recorded } from "../check/formats/index.ts";
import type { LinearizabilityResult, Model } from "../check/index.ts";
import type { Paint } from "../report/index.ts";
import { count, visible } from "../report/text.ts";

/** A verdict on a recorded history. */
export type Judgement = LinearizabilityResult<Recorded>;

/** What `--json` prints for a file. `ms` is the time that the checking took, without the reading. */
export function jsonLine(file: string, model: Model, ms: number, { verdict, operations, engine, reason }: Judgement): string {
  return JSON.stringify({ file, model: model.name, verdict, ms: Number(ms.toFixed(3)), operations, engine, reason });
}

/** "etcd.log: invalid  81 operations, cas-register, 12 ms (frontier)" */
export function verdictLine(file: string, model: Model, ms: number, judgement: Judgement, paint: Paint): string {
  const { verdict, operations, engine } = judgement;
  const time = ms < 10 ? ms.toFixed(1) : ms.toFixed(0);
  return `${visible(file)}: ${paint(colours[verdict], verdict)}  ${count(operations, "operation")}, ${model.name}, ${time} ms (${engine})`;
}

const colours = { valid: "green", invalid: "red", unknown: "yellow" } as const;

/** At most this many operations of a core are shown. */
const SHOWN = 10;

/**
 * What a person reads after the verdict: why, the operations that contradict each other, and how far an order goes; with
 * `witness` the order that explains a valid history.
 */
export function explanation(judgement: Judgement, model: Model, witness = false): readonly string[] {
  const { verdict, reason } = judgement;
  const lines = [`  ${visible(reason)}`];
  if (verdict === "valid" && witness) {
    const order = judgement.witness?.();
    if (order === undefined) lines.push("", "  To work out an order takes too long.");
    else lines.push("", "  One order that explains every answer:", ...operationLines(order, model));
  }
  if (verdict !== "invalid") return lines;
  const { core, culprit, longestPrefix } = judgement;
  if (core !== undefined && core.length > 0) {
    lines.push(
      "",
      core.length === 1 ? "  This answer cannot be right:" : `  These ${core.length} operations cannot all be right:`,
    );
    lines.push(...operationLines(core.slice(0, SHOWN), model));
    if (core.length > SHOWN) lines.push(`    ... and ${core.length - SHOWN} more`);
  }
  if (longestPrefix !== undefined) {
    const last = longestPrefix.at(-1);
    const upTo = culprit === undefined ? "" : `, all that returned before line ${culprit.returnedLine ?? culprit.line}`;
    const end = last === undefined ? "" : `; it ends with process ${last.process}: ${inWords(last, model)} (line ${last.line})`;
    lines.push("", `  The longest linearizable prefix has ${count(longestPrefix.length, "operation")}${upTo}${end}.`);
  }
  return lines;
}

/** One operation a line, in columns: where it is written, when it was, who did what. */
function operationLines(operations: readonly Recorded[], model: Model): readonly string[] {
  const rows = operations.map((operation) => {
    const crashed = operation.outcome === "info" ? " (nobody knows whether it happened)" : "";
    const words = `${inWords(operation, model)}${crashed}`;
    return [lines(operation), interval(operation), `process ${operation.process}`, words];
  });
  const widths = [0, 1, 2, 3].map((column) => rows.reduce((widest, row) => Math.max(widest, row[column]!.length), 0));
  return rows.map((row) =>
    `    ${row.flatMap((cell, i) => (widths[i] === 0 ? [] : [cell.padEnd(widths[i]!)])).join("  ")}`.trimEnd(),
  );
}

function inWords({ input, output, outcome }: Recorded, model: Model): string {
  const answer = outcome === "ok" ? output : undefined;
  return visible(
    model.describe?.(input, answer) ?? `${JSON.stringify(input)}${outcome === "ok" ? ` -> ${JSON.stringify(output)}` : ""}`,
  );
}

/** "line 12-15" */
function lines({ line, returnedLine }: Recorded): string {
  return `line ${returnedLine === undefined ? line : `${line}-${returnedLine}`}`;
}

/** "[812.000 ms, 830.000 ms]"; nothing when the history has no times. */
function interval({ invokedAtUs, returnedAtUs }: Recorded): string {
  if (invokedAtUs === undefined) return "";
  const known = returnedAtUs !== undefined && Number.isFinite(returnedAtUs);
  return `[${inMs(invokedAtUs)}, ${known ? inMs(returnedAtUs) : "never"}]`;
}

/** Recorded times are fractions of a microsecond. */
function inMs(us: number): string {
  return `${(us / 1000).toFixed(3)} ms`;
}
