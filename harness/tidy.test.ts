/** The house checks itself: who imports whom, what is banned where, and whether every file says what it is. */

import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { describe, expect, it } from "vitest";

const root = join(import.meta.dirname, "..");

interface Source {
  readonly path: string;
  readonly lines: readonly string[];
  readonly imports: readonly string[];
}

function sources(folder: string): Source[] {
  return readdirSync(join(root, folder), { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name))
    .map((entry) => {
      const file = join(entry.parentPath, entry.name);
      const text = readFileSync(file, "utf8");
      const imports = [
        ...text.matchAll(/^(?:import|export)\b[^;]*?\bfrom "([^"]+)";/gms),
        ...text.matchAll(/\bimport\("([^"]+)"\)/g),
      ].map(([, from]) => (from!.startsWith(".") ? relative(root, join(dirname(file), from!)).replaceAll("\\", "/") : from!));
      return { path: relative(root, file).replaceAll("\\", "/"), lines: text.split("\n"), imports };
    })
    .sort((a, b) => (a.path < b.path ? -1 : 1));
}

const isTest = ({ path }: Source): boolean => path.endsWith(".test.ts") || path.includes("/testing/");
/** This file spells out what it looks for. */
const notItself = ({ path }: Source): boolean => path !== "harness/tidy.test.ts";
const harness = sources("harness");
const protocols = sources("protocols");
const shipped = [...harness, ...protocols].filter((source) => !isTest(source));

/** Rooms, with the rooms that each may import. */
const mayImport: Readonly<Record<string, readonly string[]>> = {
  check: [],
  sim: ["protocol.ts"],
  faults: ["sim", "protocol.ts"],
  workloads: ["check", "sim/units.ts", "sim/units-schema.ts", "protocol.ts"],
  scenario: ["workloads", "faults", "check", "sim", "protocol.ts"],
  run: ["scenario", "workloads", "faults", "check", "sim", "protocol.ts"],
  report: ["run", "scenario", "workloads", "faults", "check", "sim", "protocol.ts"],
  cli: ["report", "run", "scenario", "workloads", "faults", "check", "sim", "protocol.ts"],
  bench: ["report", "run", "scenario", "workloads", "faults", "check", "sim", "protocol.ts"],
};

/** What runs in the browser, inside the HTML reports. It reaches for the document, and for nothing that is banned elsewhere. */
const browser = "report/page/";

/** The doors to the outside, each with its reason. */
const doors: Readonly<Record<string, string>> = {
  // With harness/cli/, the files of its commands.
  "harness/cli.ts": "process and terminal",
  "harness/vitest.ts": "vitest's own",
  "harness/run/pool.ts": "threads",
  "harness/run/worker.ts": "threads",
  "harness/run/load.ts": "files",
  "harness/run/own.ts": "files",
  "harness/run/files.ts": "files",
  "harness/run/histories.ts": "files",
  "harness/run/journal.ts": "files",
  "harness/run/ambient.ts": "watching who else goes out",
  "harness/report/write.ts": "files",
};

const banned: readonly { readonly what: RegExp; readonly instead: string; readonly allowed: readonly string[] }[] = [
  {
    what: /\bMath\.random\b/,
    instead: "chance.ts, or ctx.random in a protocol",
    allowed: ["harness/sim/guards.ts", "harness/protocol.ts"],
  },
  {
    what: /\bMath\.(log|exp|pow|sin|cos|tan|cbrt|hypot)\w*\(/,
    instead: "integer tables: V8 may change the last bit",
    // Pixels, and means of what was measured, which nobody compares.
    allowed: ["harness/report/compare.ts", "harness/report/page/draw.ts", "harness/report/page/draw-messages.ts"],
  },
  { what: /\bDate\b(?!Constructor)/, instead: "virtual time", allowed: ["harness/sim/guards.ts", "harness/protocol.ts"] },
  { what: /\bperformance\b/, instead: "virtual time", allowed: ["harness/sim/guards.ts"] },
  {
    what: /\b(setTimeout|setInterval|setImmediate|queueMicrotask)\b/,
    instead: "the event queue, or ctx.setTimer",
    allowed: ["harness/sim/guards.ts"],
  },
  { what: /\brandomUUID\b/, instead: "ctx.random, or a counter", allowed: ["harness/sim/guards.ts", "harness/protocol.ts"] },
  { what: /from "node:/, instead: "an argument from one of the doors", allowed: [] },
  { what: /\bprocess\.(?!hrtime|nextTick)\w/, instead: "an argument from one of the doors", allowed: [] },
  { what: /\b(async|await)\b(?! and)/, instead: "plain calls: a run is synchronous", allowed: [] },
  {
    what: /\.toLocale\w*\(|\blocaleCompare\b|\bIntl\./,
    instead: "comparisons that do not depend on the machine's locale",
    allowed: [],
  },
];

function code(line: string): string {
  return /^\s*(\*|\/\*|\/\/)/.test(line)
    ? ""
    : line.replace(/\/\/.*$/, "").replace(/"(?:[^"\\]|\\.)*"|`[^`]*`/g, (text) => (/^"node:/.test(text) ? text : '""'));
}

describe("the house", () => {
  it("imports run one way", () => {
    const wrong: string[] = [];
    for (const source of harness.filter((other) => !isTest(other))) {
      const [, room, file] = source.path.split("/");
      if (file === undefined) continue;
      for (const from of source.imports) {
        if (!from.startsWith("harness/")) {
          if (from.startsWith("protocols/") && room !== "bench")
            wrong.push(`${source.path} imports ${from}: harness/ knows no protocol by name`);
          continue;
        }
        const target = from.slice("harness/".length);
        if (target.startsWith(browser) && !source.path.startsWith(`harness/${browser}`))
          wrong.push(`${source.path} imports ${from}: what runs in the browser is bundled, and no part of the rest`);
        const allowed =
          target.startsWith(`${room}/`) || mayImport[room!]!.some((other) => target === other || target.startsWith(`${other}/`));
        if (!allowed)
          wrong.push(
            `${source.path} imports ${from}: ${room} may import ${mayImport[room!]!.join(", ") || "nothing else of ours"}`,
          );
      }
    }
    for (const source of protocols.filter((other) => !isTest(other))) {
      const folder = source.path.split("/").slice(0, 2).join("/");
      if (source.path === "protocols/index.ts") continue;
      for (const from of source.imports) {
        if (from === "harness/protocol.ts" || from.startsWith(`${folder}/`) || /^protocols\/[^/]+\/index\.ts$/.test(from))
          continue;
        const types = source.lines.some((line) => line.includes("import type") && line.includes(from.split("/").at(-1)!));
        if (from.startsWith("harness/workloads/") && types) continue;
        wrong.push(
          `${source.path} imports ${from}: a protocol imports protocol.ts, its own folder, types of its workload, and other protocols' index.ts`,
        );
      }
    }
    expect(wrong).toEqual([]);
  });

  it("keeps chance, time, files and threads behind its doors", () => {
    const wrong: string[] = [];
    for (const { path, lines } of shipped) {
      if (path in doors || path.startsWith("harness/bench/") || path.startsWith("harness/cli/")) continue;
      for (const [i, line] of lines.entries()) {
        for (const { what, instead, allowed } of banned) {
          if (!allowed.includes(path) && what.test(code(line)))
            wrong.push(`${path}:${i + 1}: ${what.exec(code(line))![0]} is not repeatable here; use ${instead}`);
        }
      }
    }
    expect(wrong).toEqual([]);
  });

  it("says in each file's first sentence what it is", () => {
    const silent = shipped.filter(({ lines }) => !/^(\/\*\*|#!)/.test(lines[0]!)).map(({ path }) => path);
    expect(silent).toEqual([]);
  });

  it("lets nothing escape the type checker", () => {
    const escapes = [...harness, ...protocols]
      .filter(notItself)
      .flatMap(({ path, lines }) =>
        lines.flatMap((line, i) =>
          /\bas any\b|@ts-(?:ignore|expect-error|nocheck)|biome-ignore/.test(code(line))
            ? [`${path}:${i + 1}: ${line.trim()}`]
            : [],
        ),
      );
    expect(escapes).toEqual([]);
  });

  it("singles out and skips no test without a reason on its line", () => {
    const odd = [...harness, ...protocols]
      .filter(notItself)
      .flatMap(({ path, lines }) =>
        lines.flatMap((line, i) =>
          /\b(?:it|test|describe)\.(?:only|skip|todo)\b(?!.*(?:\/\/|are not here))/.test(line) ? [`${path}:${i + 1}`] : [],
        ),
      );
    expect(odd).toEqual([]);
  });
});
