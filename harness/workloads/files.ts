/** files: clients read and write small files in a lock service, and use the locks of the files to protect something else. */

import * as fc from "fast-check";
import { z } from "zod";
import type { Model } from "../check/model.ts";
import { parseRange } from "../sim/units.ts";
import { durations } from "../sim/units-schema.ts";
import { checkRange, checkTimed, drawTimed, lengthMs, probeNumber, type Timed, timed, withinUs } from "./timed.ts";
import type { Op, Workload } from "./workload.ts";

export type FileOp =
  | { readonly f: "read"; readonly file: string }
  | { readonly f: "write"; readonly file: string; readonly value: number }
  /** Takes the file's lock, holds it for so many ms, writes the value to what the lock protects (a role), and gives it back. */
  | { readonly f: "use"; readonly file: string; readonly hold: number; readonly write?: string; readonly value: number };

/** What a use is answered with: the generation of the lock, which stands in its sequencer. */
export interface FileUsed {
  readonly generation: number;
}

/** What the file holds, and the newest generation of its lock that anybody told. */
interface File {
  readonly value: number | null;
  readonly generation: number;
}

/** A register and a lock, file by file. Later uses of a lock have greater generations. */
const model: Model<File, FileOp, unknown> = {
  name: "files",
  init: { value: null, generation: 0 },
  step(state, op, output) {
    switch (op.f) {
      case "read":
        return output === undefined || output === state.value ? state : undefined;
      case "write":
        return { ...state, value: op.value };
      case "use": {
        const told = (output as FileUsed | undefined)?.generation;
        if (told === undefined) return state;
        return told > state.generation ? { ...state, generation: told } : undefined;
      }
    }
  },
  key: ({ value, generation }) => `${value} ${generation}`,
  partition: ({ file }) => file,
  readOnly: ({ f }) => f === "read",
};

interface Settings extends Timed {
  readonly files: number;
  readonly hold: string;
  readonly write?: string | undefined;
  readonly mix: Readonly<Record<FileOp["f"], number>>;
}

const weight = z.int({ error: "expected a whole number, 0 or more" }).min(0).max(1_000_000).default(0);
const words = ["read", "write", "use"] as const;

export const files: Workload<Settings> = {
  name: "files",
  doc: "Clients read and write small files, each of which holds null at first, and use the locks of the files to protect something else.",
  schema: z.strictObject({
    ...timed,
    files: z
      .int({ error: "expected a count of files such as 2" })
      .min(1)
      .max(1_000)
      .default(2)
      .describe("how many files: f1, f2 and so on (default 2)"),
    mix: z
      .strictObject({
        read: weight.describe("weight of reads"),
        write: weight.describe("weight of writes"),
        use: weight.describe("weight of uses of a file's lock"),
      })
      .default({ read: 5, write: 2, use: 3 })
      .describe(
        "how often which operation, as weights; what is not named does not occur (default { read: 5, write: 2, use: 3 })",
      ),
    hold: durations.default("1ms..10ms").describe("how long a lock is held: a duration, or a range (default 1ms..10ms)"),
    write: z
      .string()
      .min(1, { error: "expected the role of the nodes that are written to, such as resource" })
      .optional()
      .describe("the role of the nodes that a holder writes to before it gives the lock back (default: it only holds the lock)")
      .meta({ examples: ["resource"] }),
  }),
  withinUs,

  check(settings) {
    const problems = [...checkTimed(settings), ...checkRange(settings.hold, "hold")];
    if (words.every((word) => settings.mix[word] === 0))
      problems.push({ path: ["mix"], message: "all weights are 0, so there is no operation to draw; expected one above 0" });
    return problems;
  },

  draw(settings, clients) {
    const drawn = fc.record({
      f: fc.oneof(...words.map((f) => ({ arbitrary: fc.constant(f), weight: settings.mix[f] }))),
      file: fc.integer({ min: 1, max: settings.files }),
      hold: lengthMs(settings.hold),
    });
    return drawTimed(settings, clients, drawn, (value, { f, file, hold }) => ({
      ...operation(settings, f, `f${file}`, hold, value),
    }));
  },

  /** One file each, in turn: written, its lock used, and read back. */
  probes(settings, client, round) {
    const value = probeNumber(client, round);
    const file = `f${(value % settings.files) + 1}`;
    const holdMs = Math.floor(parseRange(settings.hold)!.minUs / 1_000);
    return (["write", "use", "read"] as const).map((f) => ({ ...operation(settings, f, file, holdMs, value) }));
  },

  simpler: (op) => (op.f === "use" && op["hold"] !== 0 ? [{ ...op, hold: 0 }] : []),

  history(op, result) {
    const { f, file } = op as unknown as FileOp;
    const value = f === "read" ? (result ?? null) : f === "write" ? op["value"] : (result ?? { hold: op["hold"] });
    return { f, key: file, value, ok: true };
  },

  describe(op, result) {
    const file = op as unknown as FileOp;
    switch (file.f) {
      case "read":
        return `read ${file.file}${result === undefined ? "" : ` -> ${String(result)}`}`;
      case "write":
        return `write ${file.file} = ${file.value}${result === undefined ? "" : " -> ok"}`;
      case "use": {
        const answer = result === undefined ? "" : ` -> ok, generation ${(result as FileUsed).generation}`;
        return `use the lock of ${file.file} for ${file.hold}ms${file.write === undefined ? "" : `, write ${file.value}`}${answer}`;
      }
    }
  },

  model: model as unknown as Model<unknown, Op, unknown>,
};

function operation({ write }: Settings, f: FileOp["f"], file: string, hold: number, value: number): FileOp {
  if (f === "read") return { f, file };
  if (f === "write") return { f, file, value };
  return { f, file, hold, ...(write !== undefined && { write }), value };
}
