/** The README's promises, kept: its example runs and finds its bug, its transcript is what the command prints. */

import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { campaign } from "./testing/mine.ts";

const root = join(import.meta.dirname, "..");
const file = join(root, "README.md");
const shown = "scenarios/mutants/raft-vote-not-persisted.yaml";

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

it("shows a protocol of one's own that finds its bug", () => {
  expect(campaign.failures[0]?.violation.check).toBe("linearizable");
  expect(campaign.failures[0]!.after.operations).toBeLessThanOrEqual(2);
  const source = readFileSync(join(import.meta.dirname, "testing", "mine.ts"), "utf8")
    .replace('"../index.ts"', '"seedquake"')
    .replace("export const", "const");
  const code = `\`\`\`ts\n${source.slice(source.indexOf("import"))}\`\`\`\n`;
  expect(between("example", code)).toBe(code);
});

it("shows what the command really prints", () => {
  const out = mkdtempSync(join(tmpdir(), "seedquake-readme-"));
  const reports = join(out, "reports");
  const args = ["dist/harness/cli.js", "run", shown, "--workers", "2", "--out", reports];
  const printed = execFileSync(process.execPath, args, { cwd: root, encoding: "utf8", env: { ...process.env, NO_COLOR: "1" } });
  rmSync(out, { recursive: true });
  const transcript = `\`\`\`\n$ npx seedquake run ${shown}\n${printed.replaceAll(reports, "reports")}\`\`\`\n`;
  expect(lessTiming(between("transcript", transcript))).toBe(lessTiming(transcript));
});
