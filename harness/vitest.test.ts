/** seedquake in vitest: a history of one's own is judged, and scenarios are tests. */

import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, describe, expect, it } from "vitest";
import { HistoryRecorder } from "./vitest.ts";

const root = join(import.meta.dirname, "..");

function stale(): HistoryRecorder {
  const history = new HistoryRecorder();
  history.invoke("anna", { f: "write", value: 1 }).ok();
  history.invoke("anna", { f: "write", value: 2 }).ok();
  history.invoke("ben", { f: "read" }).ok(1);
  return history;
}

describe("toBeLinearizable", () => {
  it("takes a recorder, or its events", () => {
    const history = new HistoryRecorder();
    history.invoke("anna", { f: "write", value: 1 }).ok();
    history.invoke("ben", { f: "read" }).ok(1);
    expect(history).toBeLinearizable("register");
    expect(history.events).toBeLinearizable("register");
    expect(stale()).not.toBeLinearizable("register");
  });

  it("says which answers cannot be right", () => {
    expect(() => expect(stale()).toBeLinearizable("register")).toThrow(
      /linearizable \(register\), found it invalid\n\n.*read.*1/,
    );
  });

  it("takes a model of one's own, and what the object holds at first", () => {
    const counting = {
      name: "counting",
      init: 0,
      step: (state: unknown, _input: unknown, output: unknown) =>
        output === undefined || output === (state as number) + 1 ? (state as number) + 1 : undefined,
    };
    const history = new HistoryRecorder();
    history.invoke("anna", { f: "next" }).ok(1);
    history.invoke("anna", { f: "next" }).ok(2);
    expect(history).toBeLinearizable(counting);
    const read = new HistoryRecorder();
    read.invoke("anna", { f: "read" }).ok(7);
    expect(read).not.toBeLinearizable("register");
    expect(read).toBeLinearizable("register", { initial: 7 });
  });

  it("fails either way when it could not be decided", () => {
    const history = new HistoryRecorder();
    const open = Array.from({ length: 12 }, (_, i) => history.invoke(`c${i}`, { f: "cas", value: [i % 3, (i + 1) % 3] }));
    for (const operation of open) operation.ok();
    history.invoke("anna", { f: "read" }).ok(2);
    const little = { initial: 0, steps: 3 };
    expect(() => expect(history).toBeLinearizable("cas-register", little)).toThrow("found it unknown");
    expect(() => expect(history).not.toBeLinearizable("cas-register", little)).toThrow("found it unknown");
  });

  it("says what is wrong with what it is given", () => {
    const history = stale();
    expect(() => expect(history).toBeLinearizable("registr")).toThrow('there is no such model; did you mean "register"?');
    expect(() => expect([]).toBeLinearizable("register")).toThrow("toBeLinearizable: expected a history");
    const events = [{ process: 0, type: "ok", f: "read", value: 1 }] as const;
    expect(() => expect(events).toBeLinearizable("register")).toThrow("toBeLinearizable: ");
  });
});

describe("scenarios", () => {
  const folder = mkdtempSync(join(tmpdir(), "seedquake-vitest-"));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it("are tests of their own; one that fails tells the story and the command that repeats it", () => {
    const scenario = `
description: takes the wrong one for right
protocol: lock-redis
nodes: { redis: 1, resource: 1 }
clients: 3
workload:
  lock: { operations: 20, within: 30s, lease: 5s, hold: 100ms..1s, write: resource }
faults:
  - { pause: holder, when: { fact: acquired, nth: 1..5 }, for: 3s..9s }
settle: 10s
check: [mutual-exclusion]
runs: 20
cases:
  right: { expect: valid }
  wrong: { mutant: seed-article, expect: valid }
`;
    writeFileSync(join(folder, "nap.yaml"), scenario.trimStart());
    const face = pathToFileURL(join(root, "dist/harness/vitest.js")).href;
    const code = `import { scenarios } from ${JSON.stringify(face)};\nawait scenarios(new URL("nap.yaml", import.meta.url));\n`;
    writeFileSync(join(folder, "all.test.mjs"), code);
    symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));
    const env = { ...process.env, NO_COLOR: "1", VITEST: undefined, SEEDQUAKE_TEST_JSON: undefined };
    const args = [join(root, "node_modules/vitest/vitest.mjs"), "run", "--root", folder, "--reporter", "json"];
    const { stdout, stderr } = spawnSync(process.execPath, args, { cwd: folder, env, encoding: "utf8" });
    const result = JSON.parse(stdout.slice(stdout.indexOf("{"))) as {
      readonly testResults: readonly {
        readonly assertionResults: readonly {
          readonly title: string;
          readonly status: string;
          readonly failureMessages: readonly string[];
        }[];
      }[];
    };
    const [right, wrong] = result.testResults[0]?.assertionResults ?? [];
    expect(right, stderr).toMatchObject({ title: "nap.right", status: "passed" });
    expect(wrong).toMatchObject({ title: "nap.wrong", status: "failed" });
    const [message] = wrong!.failureMessages;
    expect(message).toContain("mutual-exclusion is violated");
    expect(message).toMatch(/at scenario \(.*nap\.yaml:\d+:1\)/);
    const [, counterexample] = /replay {4}npx seedquake replay (\S+)/.exec(message!)!;
    expect(readFileSync(join(folder, counterexample!), "utf8")).toContain("format: 1");
    const cli = join(root, "dist/harness/cli.js");
    const replay = spawnSync(process.execPath, [cli, "replay", counterexample!], { cwd: folder, encoding: "utf8" });
    expect([replay.status, replay.stdout]).toEqual([1, expect.stringContaining("mutual-exclusion is violated")]);
  });
});
