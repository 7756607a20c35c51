/** Each monitor on stories that it must accept and stories that it must refuse. */

import { describe, expect, it } from "vitest";
import type { Invariant, Monitor } from "../../harness/protocol.ts";
import {
  electionSafety,
  invariants,
  leader,
  leaderAppendOnly,
  leaderCompleteness,
  logMatching,
  monotonicTerms,
  stateMachineSafety,
} from "./invariants.ts";

/** [node, fact, data], or [node, "crash"], or [node, "wipe"]. */
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

const leads = (node: string, term: number): Step => [node, "leader", { term }];
const appends = (node: string, index: number, term: number, request: string | null = null): Step => [
  node,
  "appended",
  { index, term, request },
];
const applies = (node: string, index: number, term: number, request: string | null = null): Step => [
  node,
  "applied",
  { index, term, request },
];
const commits = (node: string, index: number, term: number): Step => [node, "committed", { index, term }];
const truncates = (node: string, length: number): Step => [node, "truncated", { length }];
const crash = (node: string): Step => [node, "crash"];
const recovers = (node: string, ...terms: number[]): Step => [
  node,
  "recovered",
  { entries: terms.map((term, i) => ({ index: i + 1, term, request: null })) },
];

/** n1 leads term 1, and has committed entries 1 and 2 with n2. */
const committedTwo: readonly Step[] = [
  leads("n1", 1),
  ...["n1", "n2"].flatMap((node) => [appends(node, 1, 1), appends(node, 2, 1, "a")]),
  commits("n1", 2, 1),
];

describe("election safety", () => {
  it("accepts one leader a term, also when they are heard in another order", () => {
    expect(judged(electionSafety, leads("n1", 1), leads("n1", 4), leads("n2", 3))).toEqual([]);
  });

  it("refuses two leaders of one term", () => {
    expect(judged(electionSafety, leads("n1", 2), leads("n3", 2))).toEqual([
      "n3 was elected leader of term 2, which had elected n1 already.",
    ]);
  });

  it("refuses the same leader twice in one term: it forgot that it had been elected", () => {
    expect(judged(electionSafety, leads("n1", 2), crash("n1"), leads("n1", 2))).toHaveLength(1);
  });
});

describe("leader append-only", () => {
  it("accepts a leader that appends, and cuts its log back once it has stepped down or crashed", () => {
    expect(
      judged(leaderAppendOnly, leads("n1", 1), appends("n1", 1, 1), ["n1", "stepped-down", { term: 1 }], truncates("n1", 0)),
    ).toEqual([]);
    expect(
      judged(leaderAppendOnly, leads("n1", 1), appends("n1", 1, 1), crash("n1"), recovers("n1", 1), truncates("n1", 0)),
    ).toEqual([]);
  });

  it("accepts a server that lost unsynced entries in a crash, and is elected with the shorter log", () => {
    const steps = [appends("n1", 1, 1), appends("n1", 2, 1), crash("n1"), recovers("n1", 1), leads("n1", 2), appends("n1", 2, 2)];
    expect(judged(leaderAppendOnly, ...steps)).toEqual([]);
  });

  it("accepts a server that lost all of them, and had nothing to say at its restart", () => {
    expect(judged(leaderAppendOnly, appends("n1", 1, 1), crash("n1"), leads("n1", 2), appends("n1", 1, 2))).toEqual([]);
  });

  it("refuses a leader that deletes", () => {
    expect(judged(leaderAppendOnly, leads("n1", 3), appends("n1", 1, 3), truncates("n1", 0))).toEqual([
      "n1, leader of term 3, cut its log back to 0 entries.",
    ]);
  });

  it("refuses a leader that overwrites", () => {
    expect(judged(leaderAppendOnly, leads("n1", 3), appends("n1", 1, 3), appends("n1", 1, 3))).toEqual([
      "n1, leader of term 3, wrote over entry 1 of its log, which had 1.",
    ]);
  });
});

describe("log matching", () => {
  it("accepts logs that part, and part again after one of them was overwritten", () => {
    const steps = [
      appends("n1", 1, 1),
      appends("n2", 1, 1),
      appends("n1", 2, 2, "a"),
      appends("n2", 2, 3, "b"),
      truncates("n1", 1),
      appends("n1", 2, 3, "b"),
    ];
    expect(judged(logMatching, ...steps)).toEqual([]);
  });

  it("accepts entries that vanish in a crash and are appended again", () => {
    expect(
      judged(logMatching, appends("n1", 1, 1), appends("n1", 2, 1), crash("n1"), recovers("n1", 1), appends("n1", 2, 1)),
    ).toEqual([]);
  });

  it("accepts a recovered entry that nobody had heard of, the crash fell between", () => {
    expect(
      judged(logMatching, appends("n1", 1, 1), crash("n1"), recovers("n1", 1, 2), appends("n2", 1, 1), appends("n2", 2, 2)),
    ).toEqual([]);
  });

  it("refuses two requests at one index and term", () => {
    expect(judged(logMatching, appends("n1", 1, 1, "a"), appends("n2", 1, 1, "b"))).toEqual([
      "entry 1 of term 1 is request a of term 1 in n1's log and request b of term 1 in n2's.",
    ]);
  });

  it("refuses the same entry behind different ones", () => {
    const steps = [appends("n1", 1, 1), appends("n1", 2, 3), appends("n2", 1, 2), appends("n2", 2, 3)];
    expect(judged(logMatching, ...steps)).toEqual([
      "entry 2 of term 3 stands behind the no-op of term 1 in n1's log and behind the no-op of term 2 in n2's.",
    ]);
  });

  it("refuses it also behind nothing, and in a recovered log", () => {
    expect(judged(logMatching, appends("n1", 1, 1), appends("n1", 2, 1), appends("n2", 2, 1))).toHaveLength(1);
    expect(judged(logMatching, appends("n1", 1, 1), appends("n1", 2, 3), crash("n2"), recovers("n2", 2, 3))).toHaveLength(1);
  });
});

describe("leader completeness", () => {
  it("accepts later leaders that hold what was committed", () => {
    expect(judged(leaderCompleteness, ...committedTwo, leads("n2", 2), appends("n2", 3, 2), commits("n2", 3, 2))).toEqual([]);
  });

  it("refuses a later leader whose log ended before it", () => {
    const steps = [...committedTwo, leads("n3", 2)];
    expect(judged(leaderCompleteness, ...steps)).toEqual([
      "n1 committed entry 2, request a of term 1, in term 1; n3, elected in term 2, ended at 0.",
    ]);
  });

  it("refuses a later leader that held something else there", () => {
    const steps = [...committedTwo, appends("n3", 1, 1), appends("n3", 2, 2, "b"), leads("n3", 3)];
    expect(judged(leaderCompleteness, ...steps)).toEqual([
      "n1 committed entry 2, request a of term 1, in term 1; n3, elected in term 3, held request b of term 2 there.",
    ]);
  });

  it("accepts a leader of an earlier term that is elected late, without it", () => {
    expect(judged(leaderCompleteness, leads("n1", 5), appends("n1", 1, 5), commits("n1", 1, 5), leads("n2", 4))).toEqual([]);
  });

  it("accepts an old leader that learns late that it had committed, when its successor held that when elected", () => {
    const steps = [
      appends("n1", 1, 1),
      appends("n2", 1, 1),
      leads("n1", 1),
      leads("n2", 2),
      truncates("n2", 1),
      appends("n2", 2, 2),
      commits("n1", 1, 1),
    ];
    expect(judged(leaderCompleteness, ...steps)).toEqual([]);
  });

  it("refuses an old leader that counts an entry as committed which its successor does not have", () => {
    const steps = [leads("n1", 1), appends("n1", 1, 1, "a"), leads("n2", 2), appends("n2", 1, 2), commits("n1", 1, 1)];
    expect(judged(leaderCompleteness, ...steps)).toEqual([
      "n1 committed entry 1, request a of term 1, in term 1; n2, elected in term 2, ended at 0.",
    ]);
  });

  it("judges leaders between two commitments by the earlier one, also when it is heard last", () => {
    const late = [
      leads("n1", 1),
      appends("n1", 1, 1, "a"),
      appends("n2", 1, 1, "a"),
      leads("n2", 3),
      commits("n2", 1, 3),
      commits("n1", 1, 1),
    ];
    expect(judged(leaderCompleteness, ...late, leads("n3", 2))).toHaveLength(1);
    expect(judged(leaderCompleteness, ...late.slice(0, -1), leads("n3", 2))).toEqual([]);
  });

  it("does not blame a server for entries lost in a crash until it is elected without them", () => {
    const steps = [...committedTwo, crash("n2"), recovers("n2", 1)];
    expect(judged(leaderCompleteness, ...steps)).toEqual([]);
    expect(judged(leaderCompleteness, ...steps, leads("n2", 2))).toHaveLength(1);
  });
});

describe("state machine safety", () => {
  it("accepts servers that apply the same, and again after a restart", () => {
    expect(
      judged(stateMachineSafety, applies("n1", 1, 1, "a"), applies("n2", 1, 1, "a"), crash("n1"), applies("n1", 1, 1, "a")),
    ).toEqual([]);
  });

  it("refuses different requests at one index, and different terms", () => {
    expect(judged(stateMachineSafety, applies("n1", 1, 1, "a"), applies("n2", 1, 2, "b"))).toEqual([
      "at index 1 n1 applied request a of term 1 and n2 applied request b of term 2.",
    ]);
    expect(judged(stateMachineSafety, applies("n1", 1, 1), applies("n2", 1, 2))).toHaveLength(1);
  });
});

describe("snapshots", () => {
  const installs = (node: string, index: number, term: number, length = index): Step => [
    node,
    "installed",
    { index, term, length },
  ];
  const recoversBehind = (node: string, index: number, term: number, ...terms: number[]): Step => [
    node,
    "recovered",
    { snapshot: { index, term }, entries: terms.map((of, i) => ({ index: index + i + 1, term: of, request: null })) },
  ];

  it("log matching: the entry behind a snapshot stands behind the one that the snapshot ends with", () => {
    const here = [appends("n1", 1, 1), appends("n1", 2, 2), appends("n1", 3, 2)];
    expect(judged(logMatching, ...here, installs("n2", 2, 2), appends("n2", 3, 2))).toEqual([]);
    expect(judged(logMatching, ...here, installs("n2", 2, 1), appends("n2", 3, 2))).toEqual([
      "entry 3 of term 2 stands behind the no-op of term 2 in n1's log and behind an entry of term 1 in n2's.",
    ]);
    expect(judged(logMatching, ...here, crash("n2"), recoversBehind("n2", 2, 1, 2))).toHaveLength(1);
  });

  it("log matching: what stands behind a snapshot is kept, or gone", () => {
    const here = [1, 2, 3].map((index) => appends("n2", index, 1));
    const there = [appends("n1", 1, 1), appends("n1", 2, 1), appends("n1", 3, 1), appends("n1", 4, 1)];
    expect(judged(logMatching, ...there, ...here, installs("n2", 2, 1, 3), appends("n2", 4, 1))).toEqual([]);
    expect(judged(logMatching, ...there, ...here, installs("n2", 2, 1), appends("n2", 4, 1))).toHaveLength(1);
  });

  it("leader completeness: a leader's snapshot holds what was committed, if it ends with what was committed there", () => {
    expect(judged(leaderCompleteness, ...committedTwo, installs("n3", 2, 1), leads("n3", 2))).toEqual([]);
    expect(judged(leaderCompleteness, ...committedTwo, installs("n3", 2, 2), leads("n3", 3))).toEqual([
      "n1 committed entry 2, request a of term 1, in term 1; n3, elected in term 3, held an entry of term 2 there.",
    ]);
    expect(judged(leaderCompleteness, ...committedTwo, installs("n3", 1, 1), leads("n3", 3))).toHaveLength(1);
  });

  it("leader completeness: a snapshot that goes farther than what is known to be committed is no fault", () => {
    expect(judged(leaderCompleteness, ...committedTwo, crash("n3"), recoversBehind("n3", 5, 1, 2), leads("n3", 3))).toEqual([]);
  });

  it("leader append-only: a leader takes snapshots, and installs none", () => {
    expect(
      judged(
        leaderAppendOnly,
        leads("n1", 1),
        appends("n1", 1, 1),
        ["n1", "compacted", { index: 1, term: 1 }],
        appends("n1", 2, 1),
      ),
    ).toEqual([]);
    expect(judged(leaderAppendOnly, leads("n1", 1), installs("n1", 2, 1))).toEqual([
      "n1, leader of term 1, gave up its log for a snapshot.",
    ]);
    expect(judged(leaderAppendOnly, crash("n1"), recoversBehind("n1", 4, 1), leads("n1", 2), appends("n1", 5, 2))).toEqual([]);
  });

  it("state machine safety: a snapshot ends with the entry that others have applied there", () => {
    for (const taken of [
      ["n2", "compacted", { index: 1, term: 2 }],
      installs("n2", 1, 2),
      recoversBehind("n2", 1, 2),
    ] as Step[]) {
      expect(judged(stateMachineSafety, applies("n1", 1, 2, "a"), taken)).toEqual([]);
      expect(judged(stateMachineSafety, applies("n1", 1, 1, "a"), taken)).toHaveLength(1);
    }
    expect(judged(stateMachineSafety, applies("n1", 1, 1, "a"), installs("n2", 1, 2))).toEqual([
      "at index 1 n1 applied request a of term 1, and n2 installed a snapshot that ends there with an entry of term 2.",
    ]);
  });
});

describe("monotonic terms", () => {
  const is = (node: string, term: number): Step => [node, "term", { term }];

  it("accepts terms that grow, and the same term again after a restart", () => {
    expect(judged(monotonicTerms, is("n1", 1), is("n2", 4), is("n1", 3), crash("n1"), is("n1", 3))).toEqual([]);
  });

  it("accepts a server that begins anew because its disk was wiped", () => {
    expect(judged(monotonicTerms, is("n1", 3), crash("n1"), ["n1", "wipe"], is("n1", 1))).toEqual([]);
  });

  it("refuses a server that comes back in an older term", () => {
    expect(judged(monotonicTerms, is("n1", 3), crash("n1"), is("n1", 2))).toEqual([
      "n1 is in term 2, and has been in term 3 before.",
    ]);
  });
});

describe("the selector leader", () => {
  const selected = (...steps: Step[]): string | undefined => {
    const selector = leader.track(cluster);
    tell(selector, steps);
    return selector.current();
  };

  it("is nobody at first, then whoever was elected in the highest term", () => {
    expect(selected()).toBeUndefined();
    expect(selected(leads("n1", 1), leads("n2", 3), leads("n3", 2))).toBe("n2");
  });

  it("is nobody while the latest leader is down or has stepped down, but an older one's end changes nothing", () => {
    expect(selected(leads("n1", 1), crash("n1"))).toBeUndefined();
    expect(selected(leads("n1", 1), ["n1", "stepped-down", { term: 1 }])).toBeUndefined();
    expect(selected(leads("n1", 1), leads("n2", 2), ["n1", "stepped-down", { term: 1 }], crash("n1"))).toBe("n2");
  });
});

describe("the invariants", () => {
  it("are the five properties of Figure 3, and what Figure 2 says of terms", () => {
    expect(invariants.map(({ name }) => name)).toEqual([
      "election safety",
      "leader append-only",
      "log matching",
      "leader completeness",
      "state machine safety",
      "monotonic terms",
    ]);
  });
});
