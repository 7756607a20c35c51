import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Suite } from "../run/run.ts";
import { failure, run, scenario, setting, suite, valid, violated } from "./testing/sample.ts";
import { tellRun } from "./told.ts";
import { ensureWritable, ReportError, writeReports, writeRun } from "./write.ts";

const folder = "mutants-raft-local-reads-408";
let home: string;
let out: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "seedquake-report-"));
  out = join(home, "deep", "reports");
});
afterEach(() => rmSync(home, { recursive: true }));

/** Every file below a folder with its text: what a reader could meet. */
function everything(path: string): Record<string, string> {
  if (!existsSync(path)) return {};
  return Object.fromEntries(
    readdirSync(path, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => [
        join(entry.parentPath, entry.name).slice(path.length + 1),
        readFileSync(join(entry.parentPath, entry.name), "utf8"),
      ]),
  );
}

const other: Suite = {
  ...suite,
  baseSeed: 7,
  campaigns: [valid, { ...violated, reason: "later", failures: [{ ...failure, shrinkRuns: 1 }] }],
};

describe("writing reports", () => {
  it("writes the summaries, and a folder for each failure", () => {
    const paths = writeReports(out, suite, setting);
    expect(Object.keys(everything(out)).sort()).toEqual([
      "index.html",
      "junit.xml",
      ...[
        "counterexample.yaml",
        "failure.json",
        "history.jsonl",
        "report.html",
        "run.log",
        "story.txt",
        "timeline.txt",
        "trace.jsonl",
      ].map((name) => `${folder}/${name}`),
      "summary.json",
      "summary.md",
    ]);
    expect(paths).toEqual([folder, "summary.json", "junit.xml", "summary.md", "index.html"].map((name) => join(out, name)));
  });

  it("says everywhere that a failure is not the smallest, and how to go on", () => {
    writeReports(out, { ...suite, campaigns: [{ ...violated, failures: [{ ...failure, minimal: false }] }] }, setting);
    const files = everything(out);
    const command = `npx seedquake run ${setting.out}/${folder}/counterexample.yaml`;
    for (const name of ["summary.md", "junit.xml", `${folder}/story.txt`, `${folder}/timeline.txt`])
      expect(files[name], name).toContain("212 runs (not the smallest: its budget was spent)");
    for (const name of ["summary.md", "junit.xml", `${folder}/report.html`]) expect(files[name], name).toContain(command);
    expect(files[`${folder}/story.txt`]).toContain("`seedquake run` of the counterexample.yaml beside this goes on from there");
  });

  it("writes the same bytes again, in the place of the older ones, and leaves nothing else behind", () => {
    writeReports(out, suite, setting);
    const first = everything(out);
    writeReports(out, other, setting);
    expect(everything(out)).not.toEqual(first);
    writeReports(out, suite, setting);
    expect(everything(out)).toEqual(first);
    expect(readdirSync(out).sort()).toEqual(["index.html", "junit.xml", folder, "summary.json", "summary.md"].sort());
  });

  it("drops from a folder what an older report had in it", () => {
    writeReports(out, suite, setting);
    writeFileSync(join(out, folder, "stale.txt"), "of yesterday");
    writeReports(out, suite, setting);
    expect(existsSync(join(out, folder, "stale.txt"))).toBe(false);
  });

  it("writes one run that was asked for by its seed, also a valid one", () => {
    const { violation: _none, ...rest } = run;
    const path = writeRun(out, tellRun(scenario, { ...rest, verdict: "valid" }), setting);
    expect(path).toBe(join(out, folder));
    expect(readdirSync(path).sort()).toEqual([
      "history.jsonl",
      "report.html",
      "run.log",
      "story.txt",
      "timeline.txt",
      "trace.jsonl",
    ]);
  });
});

describe("a write that fails", () => {
  /** What stood there before must stand there after, byte by byte, and nothing beside it. */
  function leavesAllAsItWas(action: () => void, message: RegExp): void {
    const before = everything(home);
    const names = readdirSync(out).sort();
    expect(action).toThrow(message);
    expect(everything(home)).toEqual(before);
    expect(readdirSync(out).sort()).toEqual(names);
  }

  it("half-way through the rendering leaves the older report whole", () => {
    writeReports(out, suite, setting);
    let calls = 0;
    const breaking = {
      ...setting,
      words: (name: string) => {
        if (++calls > 2) throw new Error("a reporter broke");
        return setting.words(name);
      },
    };
    leavesAllAsItWas(() => writeReports(out, other, breaking), /^a reporter broke$/);
    expect(calls).toBe(3);
  });

  it("because the last file's place is taken by a folder leaves the older report whole", () => {
    writeReports(out, suite, setting);
    rmSync(join(out, "junit.xml"));
    mkdirSync(join(out, "junit.xml"));
    writeFileSync(join(out, "junit.xml", "mine"), "");
    leavesAllAsItWas(
      () => writeReports(out, other, setting),
      /junit\.xml" cannot be written: there is a folder of that name, where a file was/,
    );
  });

  it("because a failure's place is taken by a file, or by a folder that is no report, touches neither", () => {
    mkdirSync(out, { recursive: true });
    writeFileSync(join(out, folder), "a thesis");
    leavesAllAsItWas(
      () => writeReports(out, suite, setting),
      /there is a file of that name, where a folder was expected; move it away\.$/,
    );
    rmSync(join(out, folder));
    mkdirSync(join(out, folder));
    writeFileSync(join(out, folder, "thesis.txt"), "years of work");
    leavesAllAsItWas(
      () => writeReports(out, suite, setting),
      /a folder of that name which is no report \(it has no trace\.jsonl\)/,
    );
  });

  it("at the very last step takes the steps before it back", () => {
    writeReports(out, suite, setting);
    // The summary's temporary file vanishes before it is put in place: as when somebody cleans up meanwhile.
    const vanishing = {
      ...setting,
      get out(): string {
        for (const name of existsSync(out) ? readdirSync(out) : []) if (name.startsWith(".summary.json")) rmSync(join(out, name));
        return "reports";
      },
    };
    leavesAllAsItWas(
      () => writeReports(out, other, vanishing),
      /summary\.json" cannot be written: the system says ENOENT; mend that/,
    );
  });

  it("is one whole sentence when the reports folder is a file, or lies below one", () => {
    const file = join(home, "file");
    writeFileSync(file, "");
    for (const write of [() => writeReports(file, suite, setting), () => ensureWritable(file)]) {
      expect(write).toThrow(ReportError);
      expect(write).toThrow(
        `The reports folder "${file}" cannot be written: it is a file, where a folder was expected; mend that, or name another folder with --out.`,
      );
    }
    expect(() => ensureWritable(join(file, "below"))).toThrow("a part of the path is a file, where a folder was expected;");
    expect(readFileSync(file, "utf8")).toBe("");
  });

  it.skipIf(!existsSync("/proc/self"))(
    "is one whole sentence where no folder can be made (skipped where there is no /proc)",
    () => {
      expect(() => ensureWritable("/proc/seedquake/reports")).toThrow(
        /^The reports folder "\/proc\/seedquake\/reports" cannot be written: /,
      );
    },
  );

  it.skipIf(process.getuid?.() === 0)(
    "is one whole sentence when permission is denied (not for root, who may do everything)",
    () => {
      mkdirSync(out, { recursive: true });
      chmodSync(out, 0o500);
      expect(() => ensureWritable(out)).toThrow("permission is denied;");
      expect(() => writeReports(out, suite, setting)).toThrow("permission is denied;");
    },
  );
});

it("asks before a long run whether there is room for its reports, and leaves no trace of asking", () => {
  ensureWritable(out);
  expect(readdirSync(out)).toEqual([]);
});
