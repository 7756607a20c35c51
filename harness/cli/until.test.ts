/** replay --until: what had happened by then, and a debugger that stops there. */

import { spawn } from "node:child_process";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { command, type } from "../testing/command.ts";
import { firstStop } from "../testing/debugger.ts";

const root = join(import.meta.dirname, "..", "..");
const replay = ["replay", "scenarios/two-phase-commit-calm.yaml", "--seed", "3"];

describe("replay --until", () => {
  it("shows what had happened by a record, and what every node was then", async () => {
    const { status, out } = await type(root, ...replay, "--until", "30");
    expect(status).toBe(0);
    expect(out).toMatch(/states at \d+.*, after record 30 of \d+\n {2}coordinator {2}\{/);
    const later = await type(root, ...replay, "--until", "5s");
    expect(later.status).toBe(0);
    expect(later.out.length).toBeGreaterThan(out.length);
  });

  it("says which moments there are", async () => {
    const complaint = async (...args: string[]): Promise<string> => {
      const { status, err } = await type(root, ...replay, ...args);
      return `${status}: ${err}`;
    };
    expect(await complaint("--until", "soon")).toMatch(/^2: .*such as 812ms/);
    expect(await complaint("--until", "999s")).toMatch(/^2: .*the run is over at /);
    expect(await complaint("--until", "999999")).toMatch(/^2: .*has the records 1 to \d+/);
    expect(await complaint("--inspect-brk")).toMatch(/^2: .*expected --until <moment> beside it/);
  });

  it("stops a debugger before the handler of that moment, and goes the same way afterwards", async () => {
    const child = spawn(process.execPath, [command, ...replay, "--until", "30", "--inspect-brk", "127.0.0.1:0"], { cwd: root });
    let out = "";
    child.stdout.on("data", (piece: Buffer) => {
      out += piece.toString();
    });
    const port = await new Promise<number>((resolve) => {
      let said = "";
      child.stderr.on("data", (piece: Buffer) => {
        said += piece.toString();
        const [, found] = /ws:\/\/127\.0\.0\.1:(\d+)\//.exec(said) ?? [];
        if (found !== undefined) resolve(Number(found));
      });
    });
    const { stack } = await firstStop(port);
    expect(stack.join(" < ")).toMatch(/ < enter < handle < deliver < /);
    const status = await new Promise((resolve) => child.on("exit", resolve));
    expect([status, out]).toEqual([0, expect.stringContaining("the same run")]);
  });
});
