/** What the register workloads share: plans of reads, writes and compare-and-sets, drawn so that each can happen on its own. */

import * as fc from "fast-check";
import { z } from "zod";
import type { NodeId } from "../protocol.ts";
import { formatUs, parseDuration } from "../sim/units.ts";
import { duration } from "../sim/units-schema.ts";
import type { HistoryFields, Op, PlannedOperation, Workload } from "./workload.ts";

/** `key` is absent in a workload of a single register. */
export type RegisterOp =
  | { readonly f: "read"; readonly key?: string }
  | { readonly f: "write"; readonly key?: string; readonly value: number }
  | { readonly f: "cas"; readonly key?: string; readonly from: number | null; readonly to: number };

const weight = z.int({ error: "expected a whole number, 0 or more" }).min(0).max(1_000_000).default(0);

export const settings = {
  operations: z
    .int({ error: "expected a count of operations such as 60" })
    .min(1)
    .max(100_000)
    .describe("how many operations all clients do together"),
  within: duration.describe("in what time: each operation has a drawn moment in it, and begins then or when its client is free"),
  mix: z
    .strictObject({
      read: weight.describe("weight of reads"),
      write: weight.describe("weight of writes"),
      cas: weight.describe("weight of compare-and-sets"),
    })
    .default({ read: 5, write: 3, cas: 2 })
    .describe("how often which operation, as weights; what is not named does not occur (default { read: 5, write: 3, cas: 2 })"),
  values: z
    .enum(["unique", "small"], { error: "expected unique or small" })
    .default("unique")
    .describe("unique: every value is written once, so that a read tells which write it saw (default); small: 0 to 4"),
};

export interface Settings {
  readonly operations: number;
  readonly within: string;
  readonly mix: { readonly read: number; readonly write: number; readonly cas: number };
  readonly values: "unique" | "small";
}

type Common = Pick<Workload<Settings>, "withinUs" | "check" | "simpler" | "history" | "describe">;

export const common: Common = {
  withinUs: ({ within }) => parseDuration(within)!,

  check({ within, mix }) {
    const problems: { path: string[]; message: string }[] = [];
    if (parseDuration(within) === 0)
      problems.push({
        path: ["within"],
        message: `all operations within ${formatUs(0)} leave nothing to interleave; expected more`,
      });
    if (mix.read + mix.write + mix.cas === 0)
      problems.push({ path: ["mix"], message: "all weights are 0, so there is no operation to draw; expected one above 0" });
    return problems;
  },

  simpler(op) {
    const { f, to, from, ...rest } = op;
    return f === "cas" ? [{ f: "write", ...rest, value: to }] : [];
  },

  history(op, result) {
    const operation = op as RegisterOp;
    return { ...fields(operation, result), ok: operation.f !== "cas" || result !== false };
  },

  describe(op, result) {
    const operation = op as RegisterOp;
    const key = operation.key === undefined ? "" : ` ${operation.key}`;
    switch (operation.f) {
      case "read":
        return `read${key}${result === undefined ? "" : ` -> ${String(result)}`}`;
      case "write":
        return `write${key === "" ? "" : `${key} =`} ${operation.value}${result === undefined ? "" : " -> ok"}`;
      case "cas": {
        const answer = result === undefined ? "" : result === false ? " -> no match" : " -> ok";
        return `cas${key} ${operation.from} to ${operation.to}${answer}`;
      }
    }
  },
};

function fields(op: RegisterOp, result: unknown): HistoryFields {
  const key = op.key === undefined ? {} : { key: op.key };
  switch (op.f) {
    case "read":
      return { f: op.f, ...key, value: result ?? null };
    case "write":
      return { f: op.f, ...key, value: op.value };
    case "cas":
      return { f: op.f, ...key, value: [op.from, op.to] };
  }
}

/** Drawn wide, for each operation apart; what it means is worked out in the order of time. */
interface Draft {
  readonly atUs: number;
  readonly client: number;
  readonly kind: number;
  readonly key: number;
  readonly value: number;
  readonly from: number;
}

/** As many operations as stated, at uniform moments, by uniform clients; on the only register when `keys` is empty. */
export function drawPlan(
  settings: Settings,
  clients: readonly NodeId[],
  keys: readonly string[],
): fc.Arbitrary<readonly PlannedOperation[]> {
  const { operations: count, mix } = settings;
  const draft: fc.Arbitrary<Draft> = fc.record({
    atUs: fc.nat({ max: common.withinUs(settings) }),
    client: fc.nat({ max: clients.length - 1 }),
    kind: fc.nat({ max: mix.read + mix.write + mix.cas - 1 }),
    key: fc.nat({ max: Math.max(0, keys.length - 1) }),
    value: fc.nat({ max: 4 }),
    from: fc.nat({ max: 0x3fff_ffff }),
  });
  const drafts = fc.array(draft, { minLength: count, maxLength: count, size: "max" });
  return drafts.map((list) =>
    told(
      settings,
      [...list].sort((a, b) => a.atUs - b.atUs),
      clients,
      keys,
    ),
  );
}

/** What was written on a key earlier in the plan, and which value would be there if all had gone one after the other. */
interface Written {
  readonly values: (number | null)[];
  latest: number | null;
}

function told(
  settings: Settings,
  drafts: readonly Draft[],
  clients: readonly NodeId[],
  keys: readonly string[],
): readonly PlannedOperation[] {
  const all = new Map<string | undefined, Written>();
  return drafts.map((draft, i) => {
    const number = i + 1;
    const key = keys[draft.key];
    const written = all.get(key) ?? { values: [null], latest: null };
    all.set(key, written);
    const value = settings.values === "small" ? draft.value : number;
    const op = operation(settings.mix, draft, value, written);
    if (op.f !== "read") {
      if (op.f === "write" || op.from === written.latest) written.latest = value;
      written.values.push(value);
    }
    const { f, ...rest } = op;
    return {
      id: `o${number}`,
      client: clients[draft.client]!,
      atUs: draft.atUs,
      op: key === undefined ? op : { f, key, ...rest },
    };
  });
}

function operation({ read, write }: Settings["mix"], { kind, from }: Draft, value: number, written: Written): RegisterOp {
  if (kind < read) return { f: "read" };
  if (kind < read + write) return { f: "write", value };
  // Half of the compare-and-sets expect the likely value: any other one matches by luck only, and tests little but the comparison.
  const { values, latest } = written;
  return { f: "cas", from: from % 2 === 0 ? latest : values[(from >> 1) % values.length]!, to: value };
}

/** Above all values of a plan; each client and each round has its own. */
export function probeOps(client: NodeId, round: number, keys: readonly string[]): readonly Op[] {
  const number = Number(/\d+$/.exec(client)?.[0] ?? 0);
  const key = keys.length === 0 ? {} : { key: keys[(number + round) % keys.length]! };
  return [
    { f: "write", ...key, value: (round + 1) * 1_000_000 + number },
    { f: "read", ...key },
  ];
}
