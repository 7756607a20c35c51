/** The lemmas and the theorem of Ben-Or's protocol, as Aguilera and Toueg prove them (Distributed Computing 2012), over facts. */

import type { FactSource, Invariant, NodeId } from "../../harness/protocol.ts";
import type { Decided, Proposal, Report, Value } from "./messages.ts";

/** The facts "report" and "proposal": it is on the disk of who says it, and is going to be heard. */
type Reported = Omit<Report, "type">;
type Proposed = Omit<Proposal, "type">;
/** The fact "decided". */
type Decision = Omit<Decided, "type">;

const place = (key: string, round: number): string => `round ${round} of ${key}`;

const agreement: Invariant = {
  name: "agreement",
  states: "No two servers decide differently, and none decides twice.",
  monitor(_cluster, fail) {
    const first = new Map<string, { readonly value: Value; readonly node: NodeId }>();
    return {
      facts: {
        decided({ key, value }: Decision, { node }: FactSource) {
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
  states: "What is decided was somebody's input: what it reported in its first round.",
  monitor(_cluster, fail) {
    const inputs = new Map<string, Set<Value>>();
    return {
      facts: {
        report({ key, round, value }: Reported) {
          if (round === 1) inputs.set(key, (inputs.get(key) ?? new Set()).add(value));
        },
        decided({ key, value }: Decision, { node }: FactSource) {
          if (!inputs.get(key)?.has(value)) fail(`${node} has decided ${value} for ${key}, and nobody had that for its input.`);
        },
      },
    };
  },
};

const oneWordAStep: Invariant = {
  name: "one word a step",
  states: "A server says one thing in each step of a round and nothing else ever after, not even a crash excepted.",
  monitor(_cluster, fail) {
    const words = new Map<string, Value | "?">();
    const hear = (what: string, { key, round, value }: Reported | Proposed, node: NodeId): void => {
      const step = JSON.stringify([node, what, key, round]);
      const known = words.get(step);
      if (known === undefined) words.set(step, value);
      else if (known !== value) fail(`${node} had the ${what} ${known} in ${place(key, round)}, and has ${value} now.`);
    };
    return {
      facts: {
        report: (report: Reported, { node }: FactSource) => hear("report", report, node),
        proposal: (proposal: Proposed, { node }: FactSource) => hear("proposal", proposal, node),
      },
      onWipe(node) {
        for (const step of words.keys()) if (JSON.parse(step)[0] === node) words.delete(step);
      },
    };
  },
};

const majorityBehindAProposal: Invariant = {
  name: "majority behind a proposal",
  states: "Whoever proposes a value proposes what more than half of all servers have reported in that round.",
  monitor({ nodes }, fail) {
    const reporters = new Map<string, Set<NodeId>>();
    const of = (key: string, round: number, value: Value | "?"): Set<NodeId> => {
      const step = JSON.stringify([key, round, value]);
      const those = reporters.get(step) ?? new Set<NodeId>();
      reporters.set(step, those);
      return those;
    };
    return {
      facts: {
        report: ({ key, round, value }: Reported, { node }: FactSource) => void of(key, round, value).add(node),
        proposal({ key, round, value }: Proposed, { node }: FactSource) {
          const { size } = of(key, round, value);
          if (value !== "?" && size <= nodes.length / 2)
            fail(`${node} proposes ${value} in ${place(key, round)}, which ${size} of ${nodes.length} servers have reported.`);
        },
      },
    };
  },
};

const oneProposalARound: Invariant = {
  name: "one proposal a round",
  states: "No two servers propose different values in the same round.",
  monitor(_cluster, fail) {
    const first = new Map<string, { readonly value: Value; readonly node: NodeId }>();
    return {
      facts: {
        proposal({ key, round, value }: Proposed, { node }: FactSource) {
          if (value === "?") return;
          const known = first.get(place(key, round));
          if (known === undefined) first.set(place(key, round), { value, node });
          else if (known.value !== value)
            fail(`In ${place(key, round)} ${node} proposes ${value}, and ${known.node} ${known.value}.`);
        },
      },
    };
  },
};

/** Of the earliest round in which somebody has decided: the later ones follow from it. */
const decisionBinds: Invariant = {
  name: "decision binds",
  states: "When a server decides v in a round, everybody who goes on to the next one reports v there.",
  monitor(_cluster, fail) {
    const decisions = new Map<string, Required<Decision> & { readonly node: NodeId }>();
    const reports = new Map<string, (Reported & { readonly node: NodeId })[]>();
    const judge = (key: string): void => {
      const decision = decisions.get(key);
      if (decision === undefined) return;
      const other = reports.get(key)?.find(({ round, value }) => round > decision.round && value !== decision.value);
      if (other === undefined) return;
      const { node, round, value } = other;
      fail(
        `${decision.node} has decided ${decision.value} in ${place(key, decision.round)}, but ${node} reports ${value} in round ${round}.`,
      );
    };
    return {
      facts: {
        report(report: Reported, { node }: FactSource) {
          const { key } = report;
          const those = reports.get(key) ?? [];
          those.push({ ...report, node });
          reports.set(key, those);
          judge(key);
        },
        decided({ key, value, round }: Decision, { node }: FactSource) {
          if (round === undefined || round >= (decisions.get(key)?.round ?? Number.POSITIVE_INFINITY)) return;
          decisions.set(key, { key, value, round, node });
          judge(key);
        },
      },
    };
  },
};

export const invariants: readonly Invariant[] = [
  agreement,
  validity,
  oneWordAStep,
  majorityBehindAProposal,
  oneProposalARound,
  decisionBinds,
];
