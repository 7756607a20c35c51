import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { newest } from "./open.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "seedquake-open-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Writes a page that is so many seconds old. */
function page(path: string, age: number): string {
  const whole = join(folder, path);
  mkdirSync(join(whole, ".."), { recursive: true });
  writeFileSync(whole, "");
  const at = 1_700_000_000 - age;
  utimesSync(whole, at, at);
  return whole;
}

describe("what `seedquake open` shows", () => {
  it("is the page that was written last: a suite's, or that of a run that was replayed since", () => {
    page("raft-1/report.html", 20);
    const suite = page("index.html", 19.5);
    expect(newest(folder)).toBe(suite);
    const replay = page("raft-1.replay/report.html", 3);
    expect(newest(folder)).toBe(replay);
    expect(newest(join(folder, "raft-1"))).toBe(join(folder, "raft-1", "report.html"));
  });

  it("is the suite's page when one run wrote several", () => {
    const suite = page("index.html", 10);
    page("raft-1/report.html", 10.1);
    expect(newest(folder)).toBe(suite);
  });

  it("says what it expected where there is none", () => {
    expect(() => newest(join(folder, "nowhere"))).toThrow(
      /expected a folder with a report .* found nothing there; `seedquake run` writes one$/,
    );
    expect(() => newest(folder)).toThrow(/found none in it; `seedquake run` writes one$/);
    writeFileSync(join(folder, "file"), "");
    expect(() => newest(join(folder, "file"))).toThrow(/found a file$/);
  });
});
