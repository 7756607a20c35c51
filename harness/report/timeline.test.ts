import { describe, expect, it } from "vitest";
import type { TracedRun } from "../run/run.ts";
import { run, scenario, setting, traceOf, words } from "./testing/sample.ts";
import { timeline, timelineFile } from "./timeline.ts";
import { tellRun } from "./told.ts";

type Records = Parameters<typeof traceOf>[0];

const withTrace = (records: Records): TracedRun => {
  const { violation: _none, ...rest } = run;
  return { ...rest, verdict: "valid", history: [], trace: traceOf(records) };
};
const beat = (i: number): Records[number] => [
  i * 1000,
  "n1",
  { kind: "send", channel: "message", to: "n2", message: { type: "Heartbeat" }, fate: "sent" },
];
const many = (n: number, make: (i: number) => Records[number]): Records => Array.from({ length: n }, (_, i) => make(i));

describe("timeline.txt", () => {
  it("has a column for each node and client, and virtual time downwards", () => {
    expect(`\n${timeline(run, scenario, words).join("\n")}\n`).toMatchInlineSnapshot(`
      "
           ms  n1                   n2                   n3                   c1                   c2
      -------  -------------------- -------------------- -------------------- -------------------- --------------------
        0.000  ^ start              ^ start              ^ start
       12.000  @ election
       12.000  w term 1
       12.000  s sync
       12.000  -> n2 Heartbeat ter~
       12.000  => n3 Heartbeat ter~
       13.500                       <- n1 Heartbeat ter~
       13.700  * leader {term: 1}                        <- n1 Heartbeat ter~
       13.700  ! leader elected
       20.000                                                                 [ write x = 1
       20.000                                                                 -> n1 request write
       21.000  <- c1 request write                                            |
       21.000  a log[0] {term: 1, ~                                           |
       22.000  -> c1 answer ok                                                |
       23.250                                                                 <- n1 answer ok
       23.250                                                                 ] -> ok
      100.000  == lonely-leader begins: partition n1 | n2 n3 ==========================================================
      110.000  -/ n2 Heartbeat ter~
      110.000  -h n3 Heartbeat ter~
      120.000  -/ n2 Heartbeat ter~
      130.000  == crash-1 begins: crash n3 ============================================================================
      130.000                                            X crash 1/3 message~
      131.000                                            x- n2 Heartbeat
      140.000                                            x                                         [ write x = 2
      150.000  == crash-1 ends ========================================================================================
      150.000                                            ^ restart                                 |
      160.000                       Z pause                                                        |
      165.000                       ^ resume                                                       |
      170.000                       * leader {term: 2}                                             |
      171.000                       # won with 2 votes ~                                           |
      180.000                                                                                      ] -> ok
      190.000                                                                                      [ write x = 3
      200.000                                                                 [ read x             |
      203.000                                                                 ] -> 1               |
      203.000  == linearizable is violated: c1 read x = 1 at 203.000 ms, but x was 2 since 180.000 ms, when c2 had been told so.
      240.000                                                                                      ] -> nobody knows: ~
      300.000  == lonely-leader ends ==================================================================================
      300.000  == heal: all faults are over ===========================================================================
      300.000                                            <- n1 Heartbeat ter~
      "
    `);
  });

  it("explains its own signs", () => {
    const text = timelineFile.render(tellRun(scenario, run), setting)!;
    for (const sign of ["->", "=>", "-h", "-/", "<-", "x-", "@", "^", "Z"])
      expect(text.split("\n").slice(4, 9).join("\n")).toContain(sign);
  });

  it("shows what is down, asleep or waiting while nothing happens there", () => {
    const rows = timeline(
      withTrace([
        [1000, "n2", { kind: "crash", lost: 0, torn: 0, by: "crash-1" }],
        [2000, "n3", { kind: "pause" }],
        [3000, "c1", { kind: "invoke", op: "o1", process: 0, input: { f: "read", key: "x" } }],
        beat(4),
        [5000, "n2", { kind: "restart" }],
        [6000, "n3", { kind: "resume" }],
        [7000, "c1", { kind: "return", op: "o1", process: 0, outcome: "fail" }],
        beat(8),
      ]),
      scenario,
      words,
    );
    expect(rows[5]?.split(/ +/)).toEqual(["4.000", "->", "n2", "Heartbeat", "x", "z", "|"]);
    expect(rows.at(-1)?.split(/ +/)).toEqual(["8.000", "->", "n2", "Heartbeat"]);
  });

  it("gives columns 14 to 20 characters, as the screen allows, and cuts cells to them", () => {
    const clients = Array.from({ length: 12 }, (_, i) => `c${i + 1}`);
    const rule = (columns: readonly string[]) =>
      timeline(run, { ...scenario, clients: columns }, words)[1]!.split(/ +/)[1]!.length;
    expect(rule(["c1", "c2"])).toBe(20);
    expect(rule(clients.slice(0, 4))).toBe(16);
    expect(rule(clients)).toBe(14);
    const wide = timeline(run, { ...scenario, clients }, words).filter((row) => !row.includes("=="));
    expect(Math.max(...wide.map((row) => row.length))).toBeLessThanOrEqual(7 + 1 + 15 * 15);
  });

  it("shows a run of some hundred rows whole", () => {
    expect(timeline(withTrace(many(390, beat)), scenario, words)).toHaveLength(392);
  });

  it("leaves out the middle of quiet periods of a long run, says what, and keeps what matters", () => {
    const leader: Records[number] = [5_000_000, "n2", { kind: "fact", name: "leader", data: { term: 2 } }];
    const rows = timeline(withTrace([...many(5000, beat), leader, ...many(5000, (i) => beat(5001 + i))]), scenario, words);
    expect(rows.length).toBeLessThan(60);
    expect(rows.filter((row) => row.includes("left out"))).toEqual([
      "      ...  4976 rows of 4975.000 ms left out: 4976 Heartbeat",
      "      ...  4976 rows of 4975.000 ms left out: 4976 Heartbeat",
    ]);
    expect(rows.some((row) => row.includes("* leader {term: 2}"))).toBe(true);
    expect(rows[2]).toContain("   0.000");
  });

  it("leaves out lost messages too when a run is very long, but no operation", () => {
    const lost = (i: number): Records[number] => [
      i * 1000,
      "n1",
      { kind: "send", channel: "message", to: "n2", message: { type: "Vote" }, fate: "lost" },
    ];
    const invoke: Records[number] = [1_000_000, "c1", { kind: "invoke", op: "o1", process: 0, input: { f: "read", key: "x" } }];
    const rows = timeline(withTrace([...many(1000, lost), invoke, ...many(1000, (i) => lost(1001 + i))]), scenario, words);
    expect(rows.length).toBeLessThan(20);
    expect(rows.join("\n")).toContain("[ read x");
  });

  it("shows a node that the scenario does not name rather than hiding it", () => {
    expect(timeline(withTrace([[0, "ghost", { kind: "start" }]]), scenario, words)[0]).toMatch(/c2 +ghost$/);
  });
});
