/** Refuses malformed histories, and puts well-formed ones into the order of invocation. */

import type { Operation } from "./history.ts";

/** A history that no set of sequential processes can have produced. The message is a whole sentence. */
export class HistoryError extends Error {
  override readonly name = "HistoryError";
}

/**
 * The operations in order of invocation (the history itself when it is in that order already).
 *
 * @throws HistoryError when an operation returned before it was invoked, when a process has two operations open at once,
 * when two events share a position, when a position is no whole number, or when an "ok" or "fail" never returned.
 */
export function inOrder<O extends Operation>(history: readonly O[]): readonly O[] {
  const positions = new Float64Array(2 * history.length);
  let count = 0;
  let sorted = true;
  let last = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < history.length; i++) {
    const operation = history[i]!;
    const { invoked, returned } = operation;
    if (!Number.isSafeInteger(invoked) || (returned !== Infinity && !Number.isSafeInteger(returned))) {
      throw new HistoryError(`${named(operation, i)} has a position that is no whole number (returned: ${returned}).`);
    }
    if (returned <= invoked) {
      throw new HistoryError(`${named(operation, i)} returned at position ${returned}, before it was invoked.`);
    }
    if (returned === Infinity && operation.outcome !== "info") {
      throw new HistoryError(
        `${named(operation, i)} is "${operation.outcome}" but never returned; an operation without a return must be "info".`,
      );
    }
    positions[count++] = invoked;
    if (returned !== Infinity) positions[count++] = returned;
    if (invoked < last) sorted = false;
    last = invoked;
  }
  const ordered = sorted ? history : [...history].sort((a, b) => a.invoked - b.invoked);
  refuseSharedPositions(positions.subarray(0, count), ordered);
  refuseOverlaps(ordered);
  return ordered;
}

function refuseSharedPositions(positions: Float64Array, ordered: readonly Operation[]): void {
  if (areDistinct(positions)) return;
  positions.sort();
  for (let i = 1; i < positions.length; i++) {
    const position = positions[i]!;
    if (position !== positions[i - 1]) continue;
    const sharers = ordered.filter((operation) => operation.invoked === position || operation.returned === position);
    const who = sharers.map((operation) => `process ${operation.process}`).join(" and ");
    throw new HistoryError(`Two events (of ${who}) stand at position ${position}; every invocation and return needs its own.`);
  }
}

/** True when dense positions are all different; false says nothing. Quicker than sorting them. */
function areDistinct(positions: Float64Array): boolean {
  const seen = new Uint8Array(8 * positions.length);
  for (let i = 0; i < positions.length; i++) {
    const position = positions[i]!;
    if (position < 0 || position >= seen.length || seen[position] === 1) return false;
    seen[position] = 1;
  }
  return true;
}

function refuseOverlaps(ordered: readonly Operation[]): void {
  const free = new Map<number, number>();
  for (let i = 0; i < ordered.length; i++) {
    const operation = ordered[i]!;
    const since = free.get(operation.process);
    if (since !== undefined && since > operation.invoked) {
      const until = since === Infinity ? "never returned" : `returned only at position ${since}`;
      throw new HistoryError(
        `Process ${operation.process} invoked an operation at position ${operation.invoked} while its previous one was open` +
          ` (it ${until}); a process has at most one open operation, and a client goes on under a new process after an "info".`,
      );
    }
    free.set(operation.process, operation.returned);
  }
}

function named(operation: Operation, index: number): string {
  return `Operation ${index} (process ${operation.process}, invoked at position ${operation.invoked})`;
}
