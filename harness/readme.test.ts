/** The README's promises, kept: its example runs and finds its bug, its transcript is what the command prints. */

import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { type } from "./testing/command.ts";
import { readmeExample } from "./testing/readme-example.ts";

const root = join(import.meta.dirname, "..");
const file = join(root, "README.md");
const shown = ["scenarios/mutants/raft-vote-not-persisted.yaml", "--seed", "100"];
const folder = mkdtempSync(join(tmpdir(), "seedquake-readme-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** Replaces what stands between two markers when asked to, and returns what stands there. */
function between(name: string, now: string): string {
  const readme = readFileSync(file, "utf8");
  const [begin, end] = [`<!-- ${name}: begin -->\n`, `<!-- ${name}: end -->`];
  const from = readme.indexOf(begin) + begin.length;
  const to = readme.indexOf(end);
  if (process.env["SEEDQUAKE_UPDATE"] !== undefined) {
    writeFileSync(file, readme.slice(0, from) + now + readme.slice(to));
    return now;
  }
  return readme.slice(from, to);
}

/** And less the numbers of source lines, which every change of a protocol moves. */
const lessTiming = (text: string): string =>
  text
    .replace(/\d+\.\d s\b/g, "0.0 s")
    .replace(/\d+ workers?/, "2 workers")
    .replace(/(\.ts):\d+/g, "$1");

describe("a protocol of one's own", () => {
  const { code, scenario } = readmeExample();
  const run = (text: string) => {
    mkdirSync(join(folder, "scenarios"), { recursive: true });
    writeFileSync(join(folder, "scenarios", "tickets.ts"), text);
    writeFileSync(join(folder, "scenarios", "tickets.yaml"), scenario);
    return type(folder, "run", "scenarios/tickets.yaml", "--workers", "1");
  };

  it("finds its planted bug, makes it small, and repeats it by the command that it prints", async () => {
    const { status, out } = await run(code);
    expect([status, out]).toEqual([1, expect.stringContaining("no number twice is violated")]);
    expect(out).toMatch(/3 nodes -> \d, 60 operations -> [01], \d+ faults -> 1, /);
    const [, replay] = /replay\s+npx seedquake (replay \S+)/.exec(out)!;
    const again = await type(folder, ...replay!.split(" "));
    expect([again.status, again.out]).toEqual([1, expect.stringContaining("the digest is the one in")]);
  });

  it("holds when the two lines are swapped", async () => {
    const lines = code.split("\n");
    const early = lines.findIndex((line) => line.includes("// given away before"));
    lines.splice(early, 2, lines[early + 1]!, lines[early]!);
    expect(await run(lines.join("\n"))).toMatchObject({ status: 0 });
  });
});

it("shows what the command really prints", async () => {
  const reports = join(folder, "reports-of-transcript");
  const { out } = await type(root, "run", ...shown, "--workers", "2", "--out", reports);
  const transcript = `\`\`\`\n$ npx seedquake run ${shown.join(" ")}\n${out.replaceAll(reports, "reports")}\`\`\`\n`;
  expect(lessTiming(between("transcript", transcript))).toBe(lessTiming(transcript));
});
