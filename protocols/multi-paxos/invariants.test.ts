/** Each monitor on stories that it must accept and stories that it must refuse. */

import { describe, expect, it } from "vitest";
import type { Invariant, Monitor } from "../../harness/protocol.ts";
import {
  chosenIsFinal,
  inOrder,
  invariants,
  leader,
  nothingForgotten,
  oneCommandPerBallot,
  oneValuePerSlot,
  promisesBind,
  sameState,
} from "./invariants.ts";
import { ballot } from "./testing/seat.ts";

/** [node, fact, data], or [node, "crash" | "wipe"]. */
type Step = readonly [node: string, what: string, data?: object];

const cluster = { nodes: ["n1", "n2", "n3"], spares: [], role: () => "server" };

function tell(monitor: Monitor, steps: readonly Step[]): void {
  for (const [i, [node, what, data]] of steps.entries()) {
    if (what === "crash") monitor.onCrash?.(node);
    else if (what === "wipe") monitor.onWipe?.(node);
    else monitor.facts?.[what]?.((data ?? {}) as never, { node, atMs: i });
  }
}

/** What the invariant says against this story; empty when it accepts it. */
function judged(invariant: Invariant, ...steps: Step[]): string[] {
  const sentences: string[] = [];
  tell(
    invariant.monitor(cluster, (sentence) => sentences.push(sentence)),
    steps,
  );
  return sentences;
}

const about = (slot: number, round: number, request: string | null) => ({ slot, ballot: ballot(round), request });
const promises = (node: string, round: number): Step => [node, "promised", { ballot: ballot(round) }];
const accepts = (node: string, slot: number, round: number, request: string | null = "a"): Step => [
  node,
  "accepted",
  about(slot, round, request),
];
const proposes = (slot: number, round: number, request: string | null, node = "n1"): Step => [
  node,
  "proposed",
  about(slot, round, request),
];
const decides = (slot: number, round: number, request: string | null): Step => ["n1", "decided", about(slot, round, request)];
const performs = (node: string, slot: number, request: string | null = "a"): Step => [node, "performed", { slot, request }];
const state = (slot: number, x = 1) => ({ slot, store: { x }, sessions: {} });
const recovers = (node: string, round: number, slot = 0, ...accepted: object[]): Step => [
  node,
  "recovered",
  { promised: ballot(round), state: state(slot), accepted },
];
const chosen = (slot: number, round: number, request: string | null = "a"): Step[] => [
  accepts("n1", slot, round, request),
  accepts("n2", slot, round, request),
];

describe("promises bind", () => {
  it("accepts ballots that grow, and a restart that remembers as much, or more than was heard", () => {
    expect(judged(promisesBind, promises("n1", 1), accepts("n1", 1, 1), recovers("n1", 3), accepts("n1", 1, 3))).toEqual([]);
  });

  it("refuses an acceptance below the promise, or below an earlier acceptance in another slot", () => {
    expect(judged(promisesBind, promises("n1", 3), accepts("n1", 2, 1))).toEqual([
      "n1 accepted a command for slot 2 under ballot 1.n1, and had promised 3.n1.",
    ]);
    expect(judged(promisesBind, accepts("n1", 1, 3), accepts("n1", 2, 1))).toHaveLength(1);
  });

  it("refuses a restart that has forgotten, unless the disk was emptied", () => {
    expect(judged(promisesBind, promises("n1", 3), recovers("n1", 1))).toEqual([
      "n1 had promised ballot 3.n1, and its disk knows only of 1.n1 after a restart.",
    ]);
    expect(judged(promisesBind, promises("n1", 3), ["n1", "wipe"], recovers("n1", 0))).toEqual([]);
  });
});

describe("nothing forgotten", () => {
  it("accepts a restart with the acceptance, with one of a higher ballot, or with a checkpoint behind it", () => {
    for (const recovered of [
      recovers("n1", 2, 0, about(4, 2, "a")),
      recovers("n1", 3, 0, about(4, 3, "b")),
      recovers("n1", 2, 4),
    ])
      expect(judged(nothingForgotten, accepts("n1", 4, 2), recovered)).toEqual([]);
  });

  it("refuses one without it, unless the disk was emptied", () => {
    expect(judged(nothingForgotten, accepts("n1", 4, 2), recovers("n1", 2, 3))).toEqual([
      "n1 had accepted a command for slot 4 under ballot 2.n1, and its disk knows nothing of that after a restart.",
    ]);
    expect(judged(nothingForgotten, accepts("n1", 4, 2), recovers("n1", 2, 3, about(4, 1, "a")))).toHaveLength(1);
    expect(judged(nothingForgotten, accepts("n1", 4, 2), ["n1", "wipe"], recovers("n1", 0))).toEqual([]);
  });
});

describe("one command per ballot and slot", () => {
  it("accepts the same again, and others in other slots and under other ballots", () => {
    const steps = [proposes(1, 1, "a"), proposes(1, 1, "a"), proposes(2, 1, "b"), proposes(1, 2, null)];
    expect(judged(oneCommandPerBallot, ...steps)).toEqual([]);
  });

  it("refuses another one", () => {
    expect(judged(oneCommandPerBallot, proposes(1, 1, "a"), proposes(1, 1, null, "n2"))).toEqual([
      "for slot 1 and under ballot 1.n1 request a was proposed, and then a no-op by n2.",
    ]);
  });
});

describe("chosen is final", () => {
  it("accepts higher ballots with the same, lower ones with anything, and what no majority has accepted", () => {
    expect(judged(chosenIsFinal, proposes(1, 1, "b"), ...chosen(1, 2), proposes(1, 3, "a"))).toEqual([]);
    expect(judged(chosenIsFinal, accepts("n1", 1, 1), accepts("n1", 1, 1), proposes(1, 2, "b"))).toEqual([]);
  });

  it("refuses a higher ballot with another, whenever it is heard of", () => {
    const sentence = "for slot 1 a majority has accepted request a under ballot 2.n1, and ballot 3.n1 proposed a no-op.";
    expect(judged(chosenIsFinal, ...chosen(1, 2), proposes(1, 3, null))).toEqual([sentence]);
    expect(judged(chosenIsFinal, proposes(1, 3, null), ...chosen(1, 2))).toEqual([sentence]);
    expect(judged(chosenIsFinal, ...chosen(1, 5), proposes(1, 3, null), ...chosen(1, 2))).toEqual([sentence]);
  });

  it("hears also of an acceptance whose fact a crash had swallowed", () => {
    const steps = [accepts("n1", 1, 2), recovers("n2", 2, 0, about(1, 2, "a")), proposes(1, 3, null)];
    expect(judged(chosenIsFinal, ...steps)).toHaveLength(1);
  });
});

describe("one value per slot", () => {
  it("accepts what a majority has accepted, executed by everybody", () => {
    expect(judged(oneValuePerSlot, ...chosen(1, 1), decides(1, 1, "a"), performs("n1", 1), performs("n3", 1))).toEqual([]);
  });

  it("refuses a decision without a majority", () => {
    expect(judged(oneValuePerSlot, accepts("n1", 1, 1), decides(1, 1, "a"))).toEqual([
      "n1 took request a for decided in slot 1 under ballot 1.n1, and no majority has accepted it.",
    ]);
  });

  it("refuses two values", () => {
    expect(judged(oneValuePerSlot, performs("n1", 1, "a"), performs("n2", 1, null))).toEqual([
      "for slot 1 n1 has request a as decided, and n2 has a no-op.",
    ]);
    expect(judged(oneValuePerSlot, ...chosen(1, 1), ...chosen(1, 2, "b"), decides(1, 1, "a"), decides(1, 2, "b"))).toHaveLength(
      1,
    );
  });
});

describe("in the order of slots", () => {
  const installs = (node: string, slot: number): Step => [node, "installed", { state: state(slot) }];

  it("accepts slot after slot, a state further on, and a restart from a checkpoint", () => {
    const steps = [performs("n1", 1), installs("n1", 5), performs("n1", 6), recovers("n1", 0, 5), performs("n1", 6)];
    expect(judged(inOrder, ...steps)).toEqual([]);
  });

  it("refuses a slot left out, one again, and a state that goes back", () => {
    expect(judged(inOrder, performs("n1", 1), performs("n1", 3))).toEqual(["n1 executed slot 3 after slot 1."]);
    expect(judged(inOrder, performs("n1", 1), performs("n1", 1))).toHaveLength(1);
    expect(judged(inOrder, installs("n1", 5), installs("n1", 4))).toEqual(["n1 went back from slot 5 to a state of slot 4."]);
  });
});

describe("same state", () => {
  it("accepts equal states of a slot, and refuses others", () => {
    const at = (node: string, x: number): Step => [node, "checkpoint", { state: state(4, x) }];
    expect(judged(sameState, at("n1", 1), at("n2", 1), recovers("n3", 0, 4))).toEqual([]);
    expect(judged(sameState, at("n1", 1), at("n2", 2))).toEqual([
      'behind slot 4 the state of n1 was {"slot":4,"store":{"x":1},"sessions":{}}, and that of n2 is {"slot":4,"store":{"x":2},"sessions":{}}.',
    ]);
  });
});

describe("the selector leader", () => {
  const leads = (node: string, round: number): Step => [node, "leader", { ballot: ballot(round, node) }];
  const selected = (...steps: Step[]): string | undefined => {
    const selector = leader.track(cluster);
    tell(selector, steps);
    return selector.current();
  };

  it("is whoever came to lead under the highest ballot, until it stops or crashes", () => {
    expect(selected()).toBeUndefined();
    expect(selected(leads("n1", 1), leads("n3", 5), leads("n2", 3))).toBe("n3");
    expect(selected(leads("n1", 1), ["n1", "crash"])).toBeUndefined();
    expect(selected(leads("n1", 1), leads("n2", 2), ["n1", "stepped-down", { ballot: ballot(1) }], ["n1", "crash"])).toBe("n2");
    expect(selected(leads("n2", 2), ["n2", "stepped-down", { ballot: ballot(2, "n2") }])).toBeUndefined();
  });
});

it("the invariants are those of acceptors, commanders and replicas", () => {
  expect(invariants.map(({ name }) => name)).toEqual([
    "promises bind",
    "nothing forgotten",
    "one command per ballot and slot",
    "chosen is final",
    "one value per slot",
    "in the order of slots",
    "same state",
  ]);
});
