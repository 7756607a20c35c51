/** The sentences about a node that has broken the contract of protocol.ts. */

import { AmbientError } from "./guards.ts";
import { siteOf } from "./sites.ts";

/** The protocol broke the rules of protocol.ts; the message is the whole sentence. */
export class ContractError extends Error {}

export interface Breach {
  readonly sentence: string;
  /** The line of protocol code that it came from. */
  readonly where?: string;
}

const frozen = /read only property|not extensible|Cannot delete property|Cannot add property|Cannot redefine property/;

/** `handler`: which one threw. */
export function thrown(node: string, handler: string, error: unknown): Breach {
  const site = siteOf(error);
  const where = site === undefined ? {} : { where: site };
  if (error instanceof AmbientError) return { sentence: `${node}, in ${handler}: ${error.message}`, ...where };
  if (error instanceof TypeError && frozen.test(error.message)) {
    const sentence = `${node} changed data that it had sent, received, written or stated before, in ${handler} (${error.message}); such data is frozen: send a copy`;
    return { sentence, ...where };
  }
  const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return { sentence: `${node} threw in ${handler}: ${text}`, ...where };
}

/** A handler returned this, which is not undefined. */
export function returned(node: string, handler: string, result: unknown): Breach {
  const promise = typeof result === "object" && result !== null && typeof (result as { then?: unknown }).then === "function";
  // Its rejection is ours now: a Promise that nobody waits for must not end the process.
  if (promise) (result as PromiseLike<unknown>).then(undefined, () => undefined);
  const found = promise ? "a Promise" : `a ${typeof result}`;
  return {
    sentence: `${node} returned ${found} from ${handler}; a handler runs to completion, synchronously, and returns nothing`,
  };
}

const late: string[] = [];

/** A breach after its run was judged: nobody is there any more to read it. */
export function tooLate(sentence: string): void {
  late.push(sentence);
}

/** Hands over, once, what broke the contract after its run's end (code that was started and not waited for). */
export function lateBreaches(): readonly string[] {
  return late.splice(0);
}
