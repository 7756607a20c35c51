/** What FloodSet promises, and the lemma that it stands on (Lynch 1996, section 6.2.1), as monitors over facts. */

import type { FactSource, Invariant, NodeId } from "../../harness/protocol.ts";
import type { Value } from "./messages.ts";

/** The facts "input", of a server that begins with a client's value, and "decided", also of one that was told. */
interface Stated {
  readonly key: string;
  readonly value: Value;
}

/** The fact "flooded": the set W of a server that has been there for all f + 1 rounds, in order. */
interface Flooded {
  readonly key: string;
  readonly values: readonly Value[];
}

const agreement: Invariant = {
  name: "agreement",
  states: "No two servers decide differently, and none decides twice, not even a crash excepted.",
  monitor(_cluster, fail) {
    const first = new Map<string, { readonly value: Value; readonly node: NodeId }>();
    return {
      facts: {
        decided({ key, value }: Stated, { node }: FactSource) {
          const known = first.get(key);
          if (known === undefined) first.set(key, { value, node });
          else if (known.value !== value) fail(`${node} has decided ${value} for ${key}, and ${known.node} ${known.value}.`);
        },
      },
    };
  },
};

const validity: Invariant = {
  name: "validity",
  states: "What is decided was the input of some server.",
  monitor(_cluster, fail) {
    const inputs = new Map<string, Set<Value>>();
    return {
      facts: {
        input: ({ key, value }: Stated) => void inputs.set(key, (inputs.get(key) ?? new Set()).add(value)),
        decided({ key, value }: Stated, { node }: FactSource) {
          if (!inputs.get(key)?.has(value)) fail(`${node} has decided ${value} for ${key}, and nobody had that for its input.`);
        },
      },
    };
  },
};

/** Stronger than agreement: two different sets may have the same least value. */
const equalSets: Invariant = {
  name: "equal sets",
  states: "After f + 1 rounds all who are still there know the same values (Lemma 6.3).",
  monitor(_cluster, fail) {
    const first = new Map<string, { readonly values: string; readonly node: NodeId }>();
    return {
      facts: {
        flooded({ key, values }: Flooded, { node }: FactSource) {
          const text = values.join(", ");
          const known = first.get(key);
          if (known === undefined) first.set(key, { values: text, node });
          else if (known.values !== text)
            fail(`At the end of the last round for ${key} ${node} knows ${text}, and ${known.node} knew ${known.values}.`);
        },
      },
    };
  },
};

export const invariants: readonly Invariant[] = [agreement, validity, equalSets];
