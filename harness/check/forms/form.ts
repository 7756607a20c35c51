/** What a closed form is: a decision procedure for one type of object, over columns of numbers instead of operations. */

import type { Operation } from "../history.ts";
import type { Model } from "../model.ts";

/** One part of a history as columns, by number of operation (in order of invocation). */
export interface Columns {
  readonly size: number;
  /** The form's own code of what the operation is; 0 is nothing at all. */
  readonly kind: Uint8Array;
  /** Numbers of values (equal values have equal numbers), as the form needs them. */
  readonly a: Int32Array;
  readonly b: Int32Array;
  /** How many numbers of values there are. */
  readonly ids: number;
  /** Ranks of invocation and return among all events; `end`, which is no event, for what never returned. */
  readonly inv: Int32Array;
  readonly ret: Int32Array;
  readonly end: number;
  /** By rank: the operation that is invoked there, or -1 minus the one that returns. */
  readonly events: Int32Array;
  /** Amounts, priorities, tokens, when the form needs them. */
  readonly x?: Float64Array;
  /** Whole reads: of operation i, the numbers list[from[i]] to list[from[i + 1]] (exclusive). */
  readonly from?: Int32Array;
  readonly list?: Int32Array;
}

/** What a closed form finds. */
export type Finding =
  | { readonly verdict: "valid" }
  | {
      readonly verdict: "invalid";
      /** Operations that contradict each other by themselves. */
      readonly witness: readonly number[];
      /** The contradiction as a sentence without its full stop; `say` tells an operation. */
      readonly why: (say: (operation: number) => string) => string;
      /** True when the witness is the core: the others matter by their number only, or by nothing. */
      readonly final: boolean;
    }
  | {
      readonly verdict: "uncovered";
      /** "values repeat" */
      readonly why: string;
      /** Only these are left for the search to judge; all the others are fine. Default: everything. */
      readonly rest?: readonly number[];
    };

export interface Form {
  /** As `engine` names it: "zones". */
  readonly name: string;
  /** By kind: what an operation of that kind is when it did not return, 0 when it does not matter then. */
  readonly pending: readonly number[];
  /** The columns, or why the form does not cover these operations: "values repeat". */
  read(operations: readonly Operation[], model: Model): Columns | string;
  decide(columns: Columns): Finding;
  /** True when a contradiction stays one as long as whole values are left out, numbered by `a`. */
  readonly byValue?: true;
  /** True when the witness only shows the place: the core is for the search to find. */
  readonly pointsOnly?: true;
  /** Names the independent part that an operation of an uncovered rest belongs to. Default: all are one part. */
  part?(input: unknown): string;
}

export const VALID: Finding = { verdict: "valid" };

export function uncovered(why: string, rest?: readonly number[]): Finding {
  return { verdict: "uncovered", why, ...(rest && { rest }) };
}

/** `witness` may name an operation twice, or -1 for one that is not there. */
export function invalid(witness: readonly number[], why: (say: (operation: number) => string) => string, final = false): Finding {
  const operations = [...new Set(witness)].filter((operation) => operation >= 0).sort((a, b) => a - b);
  return { verdict: "invalid", witness: operations, why, final };
}
