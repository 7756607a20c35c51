import { describe, expect, it } from "vitest";
import type { TracedRun } from "../run/run.ts";
import { longestStory, story } from "./story.ts";
import { run, traceOf, violation, words } from "./testing/sample.ts";

type Records = Parameters<typeof traceOf>[0];

/** A run of these records, its violation at the end of them. */
function runOf(...records: Records[]): TracedRun {
  const trace = traceOf(records.flat());
  return { ...run, history: [], trace, violation: { ...violation, atUs: trace.at(-1)?.atUs ?? 0 } };
}

const cutOff = (atUs: number, to = "n2"): Records[number] => [
  atUs,
  "n1",
  { kind: "send", channel: "message", to, message: { type: "Heartbeat" }, fate: "cut", by: ["split"] },
];
const fact = (atUs: number, index: number): Records[number] => [atUs, "n1", { kind: "fact", name: "commit", data: { index } }];
const operation = (atUs: number, i: number): Records => [
  [atUs, "c1", { kind: "invoke", op: `o${i}`, process: 0, input: { f: "write", key: "x", value: i } }],
  [atUs + 500, "c1", { kind: "return", op: `o${i}`, process: 0, outcome: "ok", output: null }],
];
const many = <T>(n: number, make: (i: number) => T): T[] => Array.from({ length: n }, (_, i) => make(i));
const texts = (lines: readonly string[]): string[] => lines.map((line) => line.replace(/^ *[\d.]+ ms +/, "").trim());

describe("a story", () => {
  it("tells of what a node heard that it was a second copy, or an old message", () => {
    const vote = { type: "Vote" };
    const heard = (atUs: number, cause: number): Records[number] => [
      atUs,
      "n1",
      { kind: "deliver", channel: "message", from: "n2", message: vote },
      cause,
    ];
    const counted = (atUs: number, votes: number, cause: number): Records[number] => [
      atUs,
      "n1",
      { kind: "fact", name: `counted ${votes}`, data: {} },
      cause,
    ];
    const sent: Records[number] = [1_000, "n2", { kind: "send", channel: "message", to: "n1", message: vote, fate: "doubled" }];
    const told = runOf([sent, heard(2_000, 1), counted(2_000, 1, 2), heard(3_000, 1), counted(3_000, 2, 4), heard(150_000, 1)]);
    expect(texts(story(told, words)).slice(1, 3)).toEqual([
      "n1  counted 1, on Vote of n2",
      "n1  counted 2, on a second copy of Vote of n2",
    ]);
    const late = runOf([sent, heard(150_000, 1), counted(150_000, 1, 2)]);
    expect(texts(story(late, words))[1]).toBe("n1  counted 1, on Vote of n2, sent at 1.000 ms");
  });

  it("tells faults, operations, facts and what the network did, and ends in the violation", () => {
    expect(story(run, words).join("\n")).toMatchInlineSnapshot(`
      " 12.000 ms  n1     Heartbeat to n3 is sent twice
       13.700 ms  n1     leader {term: 1}
       20.000 ms  c1     write x = 1 -> ok, says n1 (after 3.250 ms)
      100.000 ms  fault  lonely-leader begins: partition n1 | n2 n3
      110.000 ms  n1     Heartbeat to n2 is cut off (lonely-leader) (2 times)
      110.000 ms  n1     Heartbeat to n3 is held back (lonely-leader)
      130.000 ms  n3     crashes in its handler of message Append, after 1 of 3 effects; 1 unsynced write lost (crash-1)
      140.000 ms  c2     asks: write x = 2
      150.000 ms  fault  crash-1 ends
      150.000 ms  n3     restarts
      160.000 ms  n2     falls asleep
      165.000 ms  n2     wakes up
      170.000 ms  n2     leader {term: 2}
      180.000 ms  c2     write x = 2 -> ok
      190.000 ms  c2     asks: write x = 3
      200.000 ms  c1     read x -> 1 (after 3.000 ms)
      203.000 ms         linearizable is violated"
    `);
  });

  it("tells of streams who lost whom and why, and names the lines of the source where the trace has them", () => {
    const told = runOf([
      [1000, "n1", { kind: "connect", peer: "n2", connection: 1 }],
      [2000, "n1", { kind: "disconnect", peer: "n2", connection: 1, why: "time-out", by: ["split"] }],
      [3000, "n1", { ...cutOff(0)[2], fate: "lost", why: "unconnected" } as Records[number][2]],
      [4000, "n1", { kind: "fact", name: "leader", data: {}, site: "protocols/raft/raft.ts:309" } as Records[number][2]],
      [
        5000,
        "n1",
        {
          kind: "crash",
          lost: 0,
          torn: 0,
          cut: { handler: "start", after: 1, of: 2 },
          by: "c",
          site: "protocols/raft/raft.ts:9",
        } as Records[number][2],
      ],
    ]);
    expect(texts(story(told, words)).slice(0, 5)).toEqual([
      "n1  is connected to n2",
      "n1  hears that its connection to n2 is gone: nothing was heard for too long (split)",
      "n1  Heartbeat to n2 is lost, unconnected (split)",
      "n1  leader (raft.ts:309)",
      "n1  crashes in its handler of start, after 1 of 2 effects, before raft.ts:9 (c)",
    ]);
  });

  it("stops at the violation: what happened later explains nothing", () => {
    expect(story(run, words).some((line) => line.includes("lonely-leader ends"))).toBe(false);
  });

  it("ends in the violation also where the run itself was stopped by it", () => {
    const stopped = runOf([fact(1000, 1), [2000, "", { kind: "violation", check: "election safety", sentence: "two leaders" }]]);
    expect(texts(story(stopped, words))).toEqual(["n1  commit {index: 1}", "election safety is violated"]);
  });

  it("goes to the end of a run that is valid", () => {
    const { violation: _none, ...rest } = run;
    const lines = story({ ...rest, verdict: "valid" }, words);
    expect(lines.at(-1)).toContain("gets Heartbeat of n1, held back since 110.000 ms");
  });

  it("joins an operation to one line when nothing else happened meanwhile, and only then", () => {
    expect(texts(story(runOf(operation(1000, 7)), words))[0]).toBe("c1  write x = 7 -> ok (after 0.500 ms)");
    const [invoke, returned] = operation(1000, 7);
    expect(texts(story(runOf([invoke!, fact(1200, 1), returned!]), words)).slice(0, 3)).toEqual([
      "c1  asks: write x = 7",
      "n1  commit {index: 1}",
      "c1  write x = 7 -> ok",
    ]);
  });

  it("says once that all faults are over, and not of each that lasted until then", () => {
    const end = (atUs: number, id: string): Records[number] => [atUs, "", { kind: "fault", id, phase: "end", what: "" }];
    expect(texts(story(runOf([end(100, "short"), end(900, "long"), [900, "", { kind: "heal" }]]), words))).toEqual([
      "fault  short ends",
      "heal   all faults are over",
      "linearizable is violated",
    ]);
  });

  it("says of a fact on which message or timer it was stated", () => {
    const got: Records[number] = [100, "n1", { kind: "deliver", channel: "message", from: "n2", message: { type: "Vote" } }];
    const due: Records[number] = [200, "n1", { kind: "timer", name: "election" }];
    const because = (of: Records[number], cause: number) => [...of.slice(0, 3), cause] as unknown as Records[number];
    const told = texts(story(runOf([got, because(fact(100, 1), 1), due, because(fact(200, 2), 3), fact(300, 3)]), words));
    expect(told.slice(0, 3)).toEqual([
      "n1  commit {index: 1}, on Vote of n2",
      "n1  commit {index: 2}, on its timer election",
      "n1  commit {index: 3}",
    ]);
  });

  it("says who gave an answer, where one came", () => {
    const asked = operation(1000, 7);
    const answer: Records[number] = [1400, "c1", { kind: "deliver", channel: "answer", from: "n2", message: { kind: "ok" } }];
    const trace = [asked[0]!, answer, [...asked[1]!.slice(0, 3), 2]] as Records;
    expect(texts(story(runOf(trace), words))[0]).toBe("c1  write x = 7 -> ok, says n2 (after 0.500 ms)");
  });

  it("counts what the network does again and again, anew after each event of weight", () => {
    const lines = story(
      runOf(
        many(40, cutOff),
        [fact(50, 1)],
        many(3, (i) => cutOff(60 + i)),
        [cutOff(70, "n3"), cutOff(70, "n2")],
      ),
      words,
    );
    expect(texts(lines)).toEqual([
      "n1  Heartbeat to n2 is cut off (split) (40 times)",
      "n1  commit {index: 1}",
      "n1  Heartbeat to n2, n3 is cut off (split) (5 times)",
      "linearizable is violated",
    ]);
  });

  it("shows facts one by one while there is room, and counts them when there is not", () => {
    expect(story(runOf(many(20, (i) => fact(i, i))), words)).toHaveLength(21);
    expect(texts(story(runOf(many(100, (i) => fact(i, i))), words))).toEqual([
      "n1  commit {index: 0} (the first of 100)",
      "linearizable is violated",
    ]);
  });
});

describe("a story that does not fit", () => {
  const long = runOf(
    many(30, (i): Records[number] => [i * 10_000, "", { kind: "fault", id: `f${i}`, phase: "begin", what: "crash n1" }]),
    ...many(60, (i) => [
      ...operation(400_000 + i * 10_000, i),
      fact(400_700 + i * 10_000, i),
      cutOff(400_800 + i * 10_000),
      cutOff(400_900 + i * 10_000),
    ]),
  );

  it("keeps within its lines, and says how much was left out", () => {
    const lines = story(long, words);
    expect(lines).toHaveLength(longestStory);
    expect(lines.at(-2)).toMatch(/^ +\(\d+ events left out in between; timeline\.txt has them\)$/);
    expect(lines.at(-1)).toMatch(/linearizable is violated$/);
  });

  it("keeps faults and operations before facts and messages, those nearest to the end first", () => {
    const told = texts(story(long, words));
    expect(told.filter((line) => line.startsWith("fault")).length).toBeGreaterThanOrEqual(10);
    expect(told.filter((line) => line.startsWith("c1")).at(-1)).toContain("write x = 59 -> ok");
    expect(told.filter((line) => line.includes("f29 begins"))).toHaveLength(1);
    expect(told.some((line) => line.includes("f0 begins"))).toBe(false);
    expect(told.some((line) => line.includes("cut off"))).toBe(false);
  });

  it("accounts for every event, told or left out", () => {
    const left = Number(/\((\d+) events/.exec(story(long, words).join("\n"))?.[1]);
    const shown = texts(story(long, words)).slice(0, -2);
    const events = shown.reduce((sum, line) => sum + (line.includes("(after ") ? 2 : 1), 0);
    expect(events + left).toBe(30 + 60 * 5);
  });

  it("counts what happened again and again as often as it happened, told or left out", () => {
    const named = (i: number): Records =>
      many(3, (): Records[number] => [i, "n1", { kind: "fact", name: `fact ${i}`, data: {} }]);
    const text = story(runOf(...many(40, named)), words).join("\n");
    // Ten last facts stand for themselves; those of the same name before them are counted where there is room.
    const [thrice, twice] = [text.split("(the first of 3)").length - 1, text.split("(the first of 2)").length - 1];
    expect([thrice, twice]).toEqual([5, 8]);
    expect(text).toContain(`(${40 * 3 - 5 * 3 - 8 * 2 - 10} events left out in between;`);
  });

  it("keeps within whatever bound it is given", () => {
    for (let most = 3; most < 60; most++) expect(story(long, words, most).length).toBeLessThanOrEqual(most);
  });
});

const begins = (atUs: number, id: string, what: string): Records[number] => [
  atUs,
  "",
  { kind: "fault", id, phase: "begin", what },
];
const ends = (atUs: number, id: string): Records[number] => [atUs, "", { kind: "fault", id, phase: "end", what: "" }];
const crash = (atUs: number, node: string, by: string, lost = 0): Records[number] => [
  atUs,
  node,
  { kind: "crash", lost, torn: 0, by },
];
const restart = (atUs: number, node: string): Records[number] => [atUs, node, { kind: "restart" }];

describe("a crash in a story", () => {
  it("is one line where it begins its fault, and two where it came later", () => {
    const told = runOf([begins(100, "c.1", "crash: n1"), crash(100, "n1", "c.1", 2), restart(200, "n1")]);
    expect(texts(story(told, words)).slice(0, -1)).toEqual(["n1  crashes; 2 unsynced writes lost (c.1)", "n1  restarts"]);
    const armed = runOf([begins(100, "c.1", "crash: n1, between: effects"), crash(150, "n1", "c.1")]);
    expect(texts(story(armed, words))[0]).toBe("fault  c.1 begins: crash: n1, between: effects");
  });

  it("says as what its fault had chosen the node", () => {
    const told = runOf([begins(100, "c.1", "crash: primary"), crash(100, "n1", "c.1")]);
    expect(texts(story(told, words))[0]).toBe("n1  crashes (c.1: crash: primary)");
  });

  it("does not swallow a fault that is more than a crash, though its node died of it at once", () => {
    const told = runOf([begins(100, "d.1", "disk: n1, error: sync"), crash(100, "n1", "d.1")]);
    expect(texts(story(told, words))[0]).toBe("fault  d.1 begins: disk: n1, error: sync");
  });

  it("goes without the beginning of a fault that waited for it, when not everything fits", () => {
    const waited = [begins(100, "c.1", "crash: n1, between: effects"), begins(110, "c.2", "crash: n2, between: effects")];
    const told = runOf(waited, [crash(150, "n1", "c.1")], ...many(3, (i) => operation(1000 * i + 1000, i)));
    const lines = texts(story(told, words, 6));
    expect(lines.slice(0, 2)).toEqual(["fault  c.2 begins: crash: n2, between: effects", "n1     crashes (c.1)"]);
    expect(lines.at(-2)).toMatch(/events left out in between/);
  });

  it("has its fault's beginning before it where the violation came before the crash", () => {
    const violated: Records[number] = [120, "", { kind: "violation", check: "c", sentence: "two leaders" }];
    const long = runOf([begins(100, "c.1", "crash: n1, between: effects")], ...many(9, (i) => operation(110, i)), [
      violated,
      crash(150, "n1", "c.1"),
    ]);
    expect(texts(story(long, words, 6))[0]).toBe("fault  c.1 begins: crash: n1, between: effects");
  });

  it("is told with its restart or not at all", () => {
    const crashes = many(20, (i): Records => [crash(i * 1000, `n${i}`, `c.${i}`), ...operation(i * 1000 + 10, i)]);
    const restarts = many(20, (i) => restart(100_000 + i * 1000, `n${i}`));
    const told = runOf(...crashes, restarts);
    for (let most = 4; most < 50; most++) {
      const lines = texts(story(told, words, most));
      const nodes = (what: string) => lines.filter((line) => line.includes(what)).map((line) => line.split(" ")[0]);
      expect(nodes("restarts")).toEqual(nodes("crashes"));
    }
  });
});

describe("a story of a violation with many faults", () => {
  const executed = (atUs: number, node: string, op: number, id: string): Records[number] => [
    atUs,
    node,
    { kind: "fact", name: "executed", data: { op, id } },
  ];
  const sentence = "n2 executed c1#11 as operation 36, which was c1#10.";
  const trouble = many(
    20,
    (i): Records => [
      begins(100_000 + i * 1000, `late.${i}`, `hold: n${i % 2 === 0 ? 5 : 6}`),
      crash(100_100 + i * 1000, `n${7 + i}`, `crash-1.${i}`),
      ...operation(100_200 + i * 1000, i),
      restart(100_800 + i * 1000, `n${7 + i}`),
      ends(100_900 + i * 1000, `late.${i}`),
    ],
  );
  const told = runOf(
    many(26, (i): Records[number] => [0, `n${i + 1}`, { kind: "start" }]),
    many(35, (i) => executed(i, "n2", i + 1, `c3#${i}`)),
    [crash(1000, "n2", "crash-1.2"), restart(2000, "n2"), crash(2500, "n4", "crash-1.4", 3), restart(2600, "n4")],
    [executed(3000, "n1", 36, "c1#10"), executed(3100, "n3", 36, "c1#10")],
    [[3200, "n2", { kind: "fact", name: "leads", data: { view: 1 } }]],
    ...trouble,
    [[900_000, "n2", { kind: "fact", name: "leads", data: { view: 4 } }]],
    many(3, (i) => executed(950_000, "n2", 33 + i, `c3#${32 + i}`)),
    [executed(950_000, "n2", 36, "c1#11"), [950_000, "", { kind: "violation", check: "one entry an op", sentence }]],
  );
  const lines = texts(story({ ...told, violation: { ...violation, check: "one entry an op", sentence } }, words));

  it("keeps the facts that its sentence speaks of, each by itself", () => {
    expect(lines).toContain('n1     executed {op: 36, id: "c1#10"}');
    expect(lines).toContain('n3     executed {op: 36, id: "c1#10"}');
    expect(lines.at(-3)).toBe('n2     executed {op: 36, id: "c1#11"}');
    expect(lines).toHaveLength(longestStory);
  });

  it("keeps the last facts of the nodes concerned", () => {
    expect(lines).toContain("n2     leads {view: 4}");
    expect(lines.some((line) => line.includes("leads {view: 1}"))).toBe(false);
  });

  it("keeps what happened to the nodes concerned, and what lost data, before later faults of others", () => {
    const own = ["n2     crashes (crash-1.2)", "n2     restarts", "n4     crashes; 3 unsynced writes lost (crash-1.4)"];
    expect(lines).toEqual(expect.arrayContaining(own));
    expect(lines.filter((line) => line.includes("crashes")).length).toBeLessThan(8);
  });

  it("keeps the operations that a sentence about a history names by their times", () => {
    const stale = 'key x: process 0, "write x = 3" in [103.200 ms, 103.700 ms], but nothing ran beside it.';
    const about = texts(story({ ...told, violation: { ...violation, sentence: stale } }, words));
    expect(about.some((line) => line.includes("write x = 3 -> ok"))).toBe(true);
    expect(lines.some((line) => line.includes("write x = 3 -> ok"))).toBe(false);
    // The number of a process says nothing of what nodes state.
    const another = { ...violation, sentence: stale.replace("process 0", "process 36") };
    expect(texts(story({ ...told, violation: another }, words))).toEqual(about);
  });

  it("keeps an operation that was not answered", () => {
    const asked = operation(90_000, 77).slice(0, 1);
    const trace = [...told.trace.slice(0, 70), ...traceOf(asked), ...told.trace.slice(70)];
    expect(texts(story({ ...told, trace, violation: { ...violation, sentence } }, words)).join()).toContain("write x = 77");
  });

  it("tells of a run without a violation by rank alone", () => {
    const { violation: _none, ...valid } = told;
    const trace = told.trace.slice(0, -1);
    expect(story({ ...valid, trace, verdict: "valid" }, words).some((line) => line.includes("executed"))).toBe(false);
  });
});
