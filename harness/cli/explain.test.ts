/** Told where to read on, and read on: a sentence of the tool's leads to its explanation. */

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { codes } from "../report/explain/index.ts";
import { type } from "../testing/command.ts";

const folder = mkdtempSync(join(tmpdir(), "seedquake-explain-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const seedquake = (...args: string[]) => type(folder, ...args);

const idle = `
protocol: abd-register
workload: { register: { operations: 10, within: 1s } }
faults:
  - { name: never, crash: any, when: { fact: moon }, for: 1s }
runs: 2
`;

describe("seedquake explain", () => {
  it("lists every code with one line", async () => {
    const { status, out } = await seedquake("explain");
    expect(status).toBe(0);
    for (const { code, title } of codes) expect(out).toMatch(new RegExp(`^ {2}${code} +${title.slice(0, 10)}`, "m"));
  });

  it("explains codes, and sentences as they were said, quoted or not", async () => {
    const byCode = await seedquake("explain", "no-effect");
    expect(byCode.status).toBe(0);
    for (const part of ["no-effect: a fault", "Usual causes", "What to do", "`seedquake points <scenario>`", "For example"])
      expect(byCode.out).toContain(part);
    const sentence = "  scenarios/x.yaml: the fault cut was never planned: the campaign\n  shows nothing about it";
    expect((await seedquake("explain", sentence)).out).toBe(byCode.out);
    expect((await seedquake("explain", ...sentence.trim().split(/\s+/))).out).toBe(byCode.out);
    const two = (await seedquake("explain", "not-answered", "no-effect")).out;
    expect(two).toContain("not-answered: ");
    expect(two).toContain(byCode.out.trim());
  });

  it("asks whether another code was meant", async () => {
    expect(await seedquake("explain", "no-efect")).toMatchObject({
      status: 2,
      err: 'expected a code or a sentence that seedquake says, found "no-efect"; did you mean "no-effect"?\n',
      codes: [],
    });
    expect((await seedquake("explain", "what", "now")).err).toContain("`seedquake explain` lists the codes");
  });
});

describe("at the end of a command", () => {
  it("names the codes of what is not as expected", async () => {
    writeFileSync(join(folder, "idle.yaml"), idle);
    const run = ["run", "idle.yaml", "--workers", "1", "--out", "reports"];
    expect(await seedquake(...run)).toMatchObject({ status: 3, err: "", codes: ["no-effect"] });
    expect(await seedquake("run", "--sede", "3")).toMatchObject({ status: 2, codes: ["command-line"] });
    expect(await seedquake("run", "nowhere")).toMatchObject({ status: 2, codes: ["no-such-file"] });
    expect(await seedquake("replay", "idle.yaml")).toMatchObject({ status: 2, codes: ["seed-needed"] });
    expect(await seedquake("replay", "idle.yaml", "--seed", "1", "--out", "reports")).toMatchObject({ status: 0, codes: [] });
  });

  it("names three at most, and none beside JSON", async () => {
    const wrong =
      "protocol: abd-register\nnodes: 5.5\nwrokload: 3\nfaults: [{ crsh: any }, { crash: any, at: 2s..1s, for: 0s }]\n";
    writeFileSync(join(folder, "wrong.yaml"), wrong);
    expect((await seedquake("run", "wrong.yaml")).codes.length).toBe(3);
    writeFileSync(
      join(folder, "stale.jsonl"),
      ["invoke", "ok"]
        .map((type) => `${JSON.stringify({ process: 0, type, f: "read", value: type === "ok" ? 7 : null })}\n`)
        .join(""),
    );
    const check = ["check", "stale.jsonl", "--model", "register"];
    expect(await seedquake(...check)).toMatchObject({ status: 1, codes: ["linearizable"] });
    expect(await seedquake(...check, "--json")).toMatchObject({ status: 1, err: "", codes: [] });
    expect(await seedquake("check", "wrong.yaml", "--model", "register")).toMatchObject({ status: 2, codes: ["history-format"] });
  });
});
