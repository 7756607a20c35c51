/** A workload of one's own in a few lines: operations that are asked at random moments, each as often as the others. */

import * as fc from "fast-check";
import { z } from "zod";
import type { Model } from "../check/model.ts";
import { checkTimed, drawTimed, probeNumber, type Timed, timed, withinUs } from "./timed.ts";
import type { Op, Workload } from "./workload.ts";

export interface SimpleWorkload<State, Asked extends Op, Told> {
  readonly name: string;
  readonly doc: string;
  /** What clients ask for, by a name. `n` is another number for each operation of a run, and grows: a value that is written once. */
  readonly operations: Readonly<Record<string, (n: number) => Asked>>;
  /** Judges what clients were told; without one only the protocol's invariants judge. */
  readonly model?: Model<State, Asked, Told>;
}

/** In a scenario: `./mine.ts: { operations: 30, within: 3s }`. After the heal every client asks each operation once. */
export function simpleWorkload<State, Asked extends Op, Told>(simple: SimpleWorkload<State, Asked, Told>): Workload<Timed> {
  const { name, doc, operations, model } = simple;
  const kinds = Object.values(operations);
  if (kinds.length === 0) throw new Error(`the workload "${name}": expected an operation or more, found none`);
  return {
    name,
    doc,
    schema: z.strictObject(timed),
    withinUs,
    check: checkTimed,
    draw: (settings, clients) => drawTimed(settings, clients, fc.nat({ max: kinds.length - 1 }), (n, kind) => kinds[kind]!(n)),
    probes: (_settings, client, round) => kinds.map((kind) => kind(probeNumber(client, round))),
    ...(model === undefined ? {} : { model: model as unknown as Model<unknown, Op, unknown> }),
    simpler: () => [],
    history: (op, result) => ({ f: op.f, value: result ?? asked(op), ok: true }),
    describe: (op, result) =>
      [
        op.f,
        ...(asked(op) === null ? [] : [text(asked(op))]),
        ...(result === undefined ? [] : ["->", text(result ?? "ok")]),
      ].join(" "),
  };
}

/** What an operation says beside its name: nothing, its only field, or all of them. */
function asked({ f: _name, ...rest }: Op): unknown {
  const fields = Object.values(rest);
  return fields.length > 1 ? rest : (fields[0] ?? null);
}

function text(value: unknown): string {
  return typeof value === "string" ? value : (JSON.stringify(value) ?? "undefined");
}
