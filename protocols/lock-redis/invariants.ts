/** What a lock in one server promises, as monitors over facts. */

import type { FactSource, Invariant, Ms } from "../../harness/protocol.ts";
import { type AcquiredFact, doubt, noLostWrite } from "../locking/index.ts";
import type { GrantedFact, ReleasedFact } from "./messages.ts";

/** A grant as the monitors keep it. */
interface Grant extends GrantedFact {
  /** When it was last stated, in true time. */
  readonly sinceMs: Ms;
  released: boolean;
  /** The server has started anew since: its stop-watch tells nothing about this grant any more. */
  stale: boolean;
}

/** What is left of a grant: by the server's own stop-watch as long as it runs on, after a restart by the true time. */
function left({ atMs, sinceMs, leaseMs, stale }: Grant, now: GrantedFact, { atMs: trueMs }: FactSource): Ms {
  return stale ? sinceMs + leaseMs * (1 - doubt) - trueMs : atMs + leaseMs - now.atMs;
}

const mutualExclusion: Invariant = {
  name: "mutual-exclusion",
  states:
    "The server grants the lock to a second client only when the first one's grant has expired by the server's clock or been released by its owner.",
  monitor(cluster, fail) {
    let last: Grant | undefined;
    return {
      facts: {
        granted(now: GrantedFact, source: FactSource): void {
          if (last !== undefined && last.client !== now.client && !last.released && left(last, now, source) > 0) {
            fail(
              `The lock was granted to ${now.client} (${now.owner}), when ${last.client} (${last.owner}) had ${Math.ceil(left(last, now, source))} ms of its lease left and had not released it.`,
            );
          }
          last = { ...now, sinceMs: source.atMs, released: false, stale: false };
        },
        released({ owner, by }: ReleasedFact): void {
          if (last?.owner === owner && by === owner) last.released = true;
        },
      },
      onRestart(node): void {
        if (last !== undefined && cluster.role(node) === "redis") last.stale = true;
      },
    };
  },
};

const tokensGrow: Invariant = {
  name: "tokens-grow",
  states: "Every grant has a greater token than all grants before it, not even a crash excepted.",
  monitor(cluster, fail) {
    let newest: GrantedFact | undefined;
    return {
      facts: {
        granted(now: GrantedFact): void {
          if (newest !== undefined && newest.owner !== now.owner && now.token <= newest.token) {
            fail(`${now.owner} was granted the lock with the token ${now.token}, after ${newest.owner} with ${newest.token}.`);
          }
          newest = now;
        },
      },
      /** Only an empty disk may forget. */
      onWipe(node): void {
        if (cluster.role(node) === "redis") newest = undefined;
      },
    };
  },
};

const holderIsGranted: Invariant = {
  name: "holder-is-granted",
  states: "A client begins to take itself for the holder only while its grant stands: neither expired, nor followed by another.",
  monitor(_cluster, fail) {
    let last: Grant | undefined;
    return {
      facts: {
        granted(now: GrantedFact, { atMs: sinceMs }: FactSource): void {
          last = { ...now, sinceMs, released: false, stale: false };
        },
        acquired({ owner, leaseMs }: AcquiredFact, source: FactSource): void {
          const { node } = source;
          if (last === undefined) fail(`${node} took the lock as ${owner}, but nobody was ever granted it.`);
          else if (last.owner !== owner) fail(`${node} took the lock as ${owner}, when it had been granted to ${last.owner}.`);
          else if (source.atMs > last.sinceMs + leaseMs * (1 + doubt))
            fail(`${node} took the lock as ${owner}, ${since(last, source)} ms after it had been granted for ${leaseMs} ms.`);
        },
      },
    };
  },
};

function since({ sinceMs }: Grant, { atMs }: FactSource): number {
  return Math.round(atMs - sinceMs);
}

export const invariants: readonly Invariant[] = [mutualExclusion, noLostWrite, tokensGrow, holderIsGranted];
