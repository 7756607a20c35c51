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
      /** True when the witness is the core, however many operations it has: each is needed by the count. */
      readonly final: boolean;
    }
  | {
      readonly verdict: "uncovered";
      /** "values repeat" */
      readonly why: string;
      /** Only these are left for the search to judge; all the others are fine. Default: everything. */
      readonly rest?: readonly number[];
    };

/** What a search says of some of the operations. */
export type Searched =
  | { readonly verdict: "valid"; readonly order: readonly number[] }
  | { readonly verdict: "invalid"; finding(): Invalid }
  | { readonly verdict: "unknown" };
export type Searching = (some: readonly number[]) => Searched;

export type Invalid = Extract<Finding, { verdict: "invalid" }>;

export interface Form {
  /** As `engine` names it: "zones". */
  readonly name: string;
  /** By kind: what an operation of that kind is when it did not return, 0 when it does not matter then. */
  readonly pending: readonly number[];
  /** The columns, or why the form does not cover these operations: "values repeat". */
  read(operations: readonly Operation[], model: Model): Columns | string;
  decide(columns: Columns): Finding;
  /** An order of what is valid. Whether it is one is for the caller to find out: see `isOrder` and `replay`. */
  order(columns: Columns): Int32Array | undefined;
  /** True when each operation, one after the other as in `order`, does what the object does. */
  replay(columns: Columns, order: Int32Array): boolean;
  /**
   * True when a contradiction stays one as long as whole values are left out, numbered by `a` (-1 for none), and when what
   * has not returned yet may have dealt with any of them.
   */
  readonly byValue?: true;
  /** With `byValue`: guesses which values the operations dealt with that did not return, likely ones first. */
  settle?(columns: Columns): Iterable<Columns>;
  /** Names the independent part that an operation of an uncovered rest belongs to. Default: all are one part. */
  part?(input: unknown): string;
  /** With `part`: the kind of operation that is about all parts at once. */
  readonly whole?: number;
}

export const VALID: Finding = { verdict: "valid" };

export function uncovered(why: string, rest?: readonly number[]): Finding {
  return { verdict: "uncovered", why, ...(rest && { rest }) };
}

/** `witness` may name an operation twice, or -1 for one that is not there. */
export function invalid(witness: readonly number[], why: (say: (operation: number) => string) => string, final = false): Invalid {
  const operations = [...new Set(witness)].filter((operation) => operation >= 0).sort((a, b) => a - b);
  return { verdict: "invalid", witness: operations, why, final };
}
