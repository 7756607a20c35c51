import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { validateXML } from "xmllint-wasm";
import type { Campaign, Suite } from "../run/run.ts";
import { junit } from "./junit.ts";
import { everything, expected, failure, scenario, setting, suite, valid, violated, withBaseline } from "./testing/sample.ts";
import { wellFormed, type XmlNode } from "./testing/well-formed.ts";
import { xml } from "./xml.ts";

const suiteOf = (...campaigns: Campaign[]): Suite => ({ campaigns, baseSeed: 1, interrupted: false });
const rootOf = (...campaigns: Campaign[]): XmlNode => wellFormed(junit(suiteOf(...campaigns), setting));
const casesOf = (root: XmlNode): XmlNode[] =>
  root.children.flatMap(({ children }) => children.filter(({ name }) => name === "testcase"));
const propertiesOf = (testsuite: XmlNode): [string, string][] =>
  testsuite.children[0]!.children.map(({ attributes }) => [attributes["name"]!, attributes["value"]!]);

describe("junit.xml", () => {
  it("has a testsuite for each file and a testcase for each campaign", () => {
    expect(`\n${junit(suite, setting)}`).toMatchInlineSnapshot(`
      "
      <?xml version="1.0" encoding="UTF-8"?>
      <testsuites name="seedquake" tests="2" failures="1" errors="0" time="10000.000">
        <testsuite name="scenarios/abd.yaml" file="scenarios/abd.yaml" tests="1" failures="0" errors="0" time="5000.000" skipped="0">
          <properties>
            <property name="description" value="ABD"/>
            <property name="verdict" value="as expected"/>
            <property name="seed" value="401"/>
            <property name="runs" value="500"/>
            <property name="digest" value="fedcba9876543210"/>
          </properties>
          <testcase name="abd" classname="seedquake.abd-register" time="5000.000"/>
        </testsuite>
        <testsuite name="scenarios/mutants/raft-local-reads.yaml" file="scenarios/mutants/raft-local-reads.yaml" tests="1" failures="1" errors="0" time="5000.000" skipped="0">
          <properties>
            <property name="description" value="the old leader must not answer a stale read"/>
            <property name="verdict" value="violation"/>
            <property name="seed" value="401"/>
            <property name="runs" value="500"/>
            <property name="digest" value="fedcba9876543210"/>
            <property name="replay" value="npx seedquake replay reports/mutants-raft-local-reads-408/counterexample.yaml"/>
          </properties>
          <testcase name="mutants/raft-local-reads" classname="seedquake.raft" time="5000.000">
            <failure type="linearizable" message="c1 read x = 1 at 203.000 ms, but x was 2 since 180.000 ms, when c2 had been told so.">c1 read x = 1 at 203.000 ms, but x was 2 since 180.000 ms, when c2 had been told so.
      seed 408; 5 nodes -&gt; 3, 47 operations -&gt; 4, 9 faults -&gt; 2, 212 runs

       12.000 ms  n1     Heartbeat to n3 is sent twice
       13.700 ms  n1     leader {term: 1}
       20.000 ms  c1     write x = 1 -&gt; ok, says n1 (after 3.250 ms)
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
      180.000 ms  c2     write x = 2 -&gt; ok
      190.000 ms  c2     asks: write x = 3
      200.000 ms  c1     read x -&gt; 1 (after 3.000 ms)
      203.000 ms         linearizable is violated

      replay:   npx seedquake replay reports/mutants-raft-local-reads-408/counterexample.yaml
      as found: npx seedquake replay scenarios/mutants/raft-local-reads.yaml --seed 408
      report:   reports/mutants-raft-local-reads-408/</failure>
          </testcase>
        </testsuite>
      </testsuites>
      "
    `);
  });

  it("calls a violation a failure, what proves nothing an error, and what was not finished skipped", () => {
    const verdicts = ["as expected", "violation", "not found", "inconclusive", "unknown", "interrupted"] as const;
    const root = rootOf(...verdicts.map((verdict) => ({ ...valid, verdict, reason: `because ${verdict}` })));
    expect(casesOf(root).map(({ children }) => children[0]?.name)).toEqual([
      undefined,
      "failure",
      "failure",
      "error",
      "error",
      "skipped",
    ]);
    expect(root.attributes).toMatchObject({ tests: "6", failures: "2", errors: "2" });
    expect(root.children[0]!.attributes).toMatchObject({ tests: "6", failures: "2", errors: "2", skipped: "1" });
    expect(casesOf(root)[3]!.children[0]!.attributes).toEqual({ type: "inconclusive", message: "because inconclusive" });
  });

  it("does not hide in an interrupted campaign what had been found", () => {
    const found = casesOf(rootOf({ ...violated, verdict: "interrupted" }))[0]!.children[0]!;
    expect(found.name).toBe("failure");
    expect(found.attributes["message"]).toBe(failure.violation.sentence);
    expect(casesOf(rootOf({ ...expected, verdict: "interrupted" }))[0]!.children[0]!.name).toBe("skipped");
  });

  it("passes an expected violation, and tells it in its output", () => {
    const [output] = casesOf(rootOf(expected))[0]!.children;
    expect(output?.name).toBe("system-out");
    expect(output?.text).toContain("found linearizable at seed 408 after 8 runs");
    expect(output?.text).toContain("203.000 ms         linearizable is violated");
  });

  it("gives seed, digest and replay as properties, under the name of the campaign where a file has several", () => {
    expect(propertiesOf(rootOf(violated).children[0]!)).toEqual([
      ["description", "the old leader must not answer a stale read"],
      ["verdict", "violation"],
      ["seed", "401"],
      ["runs", "500"],
      ["digest", "fedcba9876543210"],
      ["replay", "npx seedquake replay reports/mutants-raft-local-reads-408/counterexample.yaml"],
    ]);
    const both = rootOf(violated, { ...valid, scenario: { ...scenario, name: "right" } });
    expect(both.children).toHaveLength(1);
    expect(propertiesOf(both.children[0]!).map(([name]) => name)).toContain("right: digest");
  });

  it("counts virtual seconds, and nothing of the wall clock", () => {
    const slower = { ...suite, campaigns: suite.campaigns.map((one) => ({ ...one, timing: { wallMs: 1, workers: 9 } })) };
    expect(junit(slower, setting)).toBe(junit(suite, setting));
    expect(rootOf({ ...valid, virtualUs: 1_502_001 }).attributes["time"]).toBe("1.502");
  });

  it("is well-formed whatever a protocol says, and says it still", () => {
    const sentence = `<b> & "quotes" ]]> \u0000\u001b[31m\uffff\ud800 tab\t line\nbreak 鳥 \u{1f600}`;
    const root = rootOf({ ...violated, failures: [{ ...failure, violation: { ...failure.violation, sentence } }] });
    const told = casesOf(root)[0]!.children[0]!;
    expect(told.attributes["message"]).toBe(`<b> & "quotes" ]]> [31m tab\t line\nbreak 鳥 \u{1f600}`);
    expect(told.text.startsWith(`<b> & "quotes" ]]> [31m tab\t line\nbreak 鳥 \u{1f600}\n`)).toBe(true);
  });
});

describe("its schema", () => {
  const schema = readFileSync(join(import.meta.dirname, "testing", "junit.xsd"), "utf8");
  const errors = async (contents: string): Promise<string[]> => {
    const { errors: found } = await validateXML({ xml: [{ fileName: "junit.xml", contents }], schema: [schema] });
    return found.map(({ message }) => message);
  };

  it("is kept to by every verdict, by what is known and what did not run; only GitLab's testcases name their files", async () => {
    expect(await errors(junit(everything, withBaseline))).toEqual([]);
    const files = everything.campaigns.length + everything.notRun!.length;
    const wrong = await errors(junit(everything, withBaseline, "with files"));
    expect([...new Set(wrong)]).toEqual([expect.stringContaining("The attribute 'file' is not allowed.")]);
    expect(wrong).toHaveLength(files);
  });
});

it("passes over a failure that the baseline knows, and tells it all the same", () => {
  const known = { ...setting, baseline: { file: "scenarios/baseline.json", known: new Set([violated]), fixed: [] } };
  const root = wellFormed(junit(suite, known));
  expect(root.attributes).toMatchObject({ failures: "0", errors: "0" });
  const [found] = casesOf(root)[1]!.children;
  expect([found!.name, found!.attributes["message"]]).toEqual([
    "skipped",
    `known by scenarios/baseline.json: ${failure.violation.sentence}`,
  ]);
});

describe("the reader of these tests", () => {
  it("refuses what is not well-formed", () => {
    const bad = [
      "<a>",
      "<a></b>",
      "<a/><b/>",
      '<a x="1" x="2"/>',
      "<a>&</a>",
      "<a>&nope;</a>",
      "<a>\u0001</a>",
      '<a x="<"/>',
      "text",
    ];
    for (const text of bad) expect(() => wellFormed(`<?xml version="1.0" encoding="UTF-8"?>\n${text}`), text).toThrow();
    expect(() => wellFormed("<a/>")).toThrow("no XML declaration");
    expect(wellFormed(xml({ name: "a", text: "&amp;" })).text).toBe("&amp;");
  });
});
