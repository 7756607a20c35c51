/** What CI servers read: GitHub's annotations, GitLab's Code Quality, TAP, Markdown. Their golden files show the whole; here is what can go wrong. */

import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { Campaign, Suite } from "../run/run.ts";
import { dotsReporter } from "./dots.ts";
import { github } from "./github.ts";
import { codeQuality } from "./gitlab.ts";
import { markdown } from "./markdown.ts";
import { tap } from "./tap.ts";
import { everything, failure, scenario, setting, suite, valid, violated, withBaseline } from "./testing/sample.ts";

const suiteOf = (...campaigns: Campaign[]): Suite => ({ campaigns, baseSeed: 1, interrupted: false });
const evil = "50%: a,b\r\n::set-output name=x::y\u001b[31m <img src=x> | `a` # ```";
const told = (sentence: string): Campaign => ({
  ...violated,
  reason: sentence,
  failures: [{ ...failure, violation: { ...failure.violation, sentence } }],
});

describe("GitHub's annotations", () => {
  it("stand on one line each, whatever a protocol says: nothing in a message can become a command or a property", () => {
    const text = github(suiteOf({ ...told(evil), scenario: { ...scenario, name: "a:b,c" } }), setting);
    expect(text.split("\n")).toHaveLength(2);
    expect(text).toContain(
      "::error file=scenarios/mutants/raft-local-reads.yaml,line=2,title=a%3Ab%2Cc%3A linearizable is violated::50%25: a,b%0D%0A::set-output",
    );
  });

  it("name files from the root of the repository", () => {
    expect(github(suiteOf(violated), { ...setting, prefix: "tools/sim/" })).toContain("file=tools/sim/scenarios/mutants/");
  });

  it("tell first what breaks the gate, as only ten of a step are shown", () => {
    const commands = github(everything, withBaseline)
      .trimEnd()
      .split("\n")
      .map((line) => /^::(\w+)/.exec(line)![1]);
    expect(commands).toEqual(["error", "error", "error", "error", "warning", "warning", "warning", "notice"]);
    expect(github(suiteOf(valid), setting)).toBe("::notice::seedquake: 1 scenario as expected\n");
  });
});

describe("GitLab's Code Quality", () => {
  const findings = (...campaigns: Campaign[]) =>
    JSON.parse(codeQuality(suiteOf(...campaigns), setting)) as { fingerprint: string; severity: string; location: unknown }[];

  it("knows a failure again after other seeds, and tells another from it", () => {
    const [first] = findings(violated);
    const later = { ...told("other words"), baseSeed: 9 };
    expect(findings(later)[0]!.fingerprint).toBe(first!.fingerprint);
    const other = { ...violated, failures: [{ ...failure, violation: { ...failure.violation, check: "liveness" } }] };
    expect(findings(other)[0]!.fingerprint).not.toBe(first!.fingerprint);
    expect(first).toMatchObject({ severity: "critical", location: { path: scenario.file, lines: { begin: 2 } } });
  });

  it("has one finding for several failures of one check, and none for what is as expected", () => {
    expect(findings({ ...violated, failures: [failure, { ...failure, seed: 500 }] })).toHaveLength(1);
    expect(findings(valid)).toEqual([]);
  });
});

describe("TAP", () => {
  it("keeps what is said apart from directives and lines of its own", () => {
    const text = tap(suiteOf({ ...told(evil), scenario: { ...scenario, name: "a # SKIP b\\" } }), setting);
    expect(text).toContain("not ok 1 - a \\# SKIP b\\\\\n");
    const message = /^ {2}message: (.*)$/m.exec(text)![1]!;
    expect(JSON.parse(message)).toBe(evil);
    expect(text.split("\n").filter((line) => !line.startsWith("  "))).toEqual(["TAP version 13", "1..1", expect.any(String), ""]);
  });

  it("is no failure to a harness where all is known or as expected, and one where anything is not (skipped where there is no prove)", ({
    skip,
  }) => {
    if (spawnSync("prove", ["--version"]).status !== 0)
      skip("there is no prove on this machine: Debian has it in the package perl");
    const folder = mkdtempSync(join(tmpdir(), "seedquake-tap-"));
    const proved = (one: Suite): number | null => {
      writeFileSync(join(folder, "suite.tap"), tap(one, withBaseline));
      return spawnSync("prove", ["--exec", "cat", join(folder, "suite.tap")]).status;
    };
    try {
      expect(
        proved(
          suiteOf(
            ...everything.campaigns.filter(
              (campaign) => campaign.verdict === "as expected" || withBaseline.baseline!.known.has(campaign),
            ),
          ),
        ),
      ).toBe(0);
      expect(proved(suiteOf())).toBe(0);
      expect(proved(suite)).not.toBe(0);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

describe("Markdown", () => {
  it("shows what a protocol says as text: no tag, no cell, no end of a fence comes of it", () => {
    const text = markdown(suiteOf(told(evil)), setting);
    expect(text).not.toContain("<img");
    const row = text.split("\n").find((line) => line.includes("violation"))!;
    expect(row.replace(/\\\|/g, "").split("|")).toHaveLength(8);
    expect(text).not.toContain("\u001b");
  });

  it("is short where all is well", () => {
    expect(markdown(suiteOf(valid), setting)).toMatch(
      /^## seedquake: 1 scenario as expected\n\n500 runs, base seed 1\.\n\n<details>/,
    );
  });

  it("stays within the megabyte that a job's summary may have", () => {
    const many = Array.from({ length: 400 }, (_, i) => ({
      ...violated,
      scenario: { ...scenario, case: `c${i}` },
      failures: [{ ...failure }],
    }));
    const text = markdown(suiteOf(...many), setting);
    expect(Buffer.byteLength(text)).toBeLessThan(1_000_000);
    expect(text).toContain("350 further failures: see index.html.");
  });
});

it("dots begin a new line after eighty", () => {
  const text = dotsReporter.render(suiteOf(...Array.from({ length: 81 }, () => valid)), setting);
  expect(text.startsWith(`${".".repeat(80)}\n.\n\n`)).toBe(true);
  expect(dotsReporter.render(suiteOf(...Array.from({ length: 80 }, () => valid)), setting)).toMatch(/^\.{80}\n\n80 scenarios: /);
});
