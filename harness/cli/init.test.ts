/** What `seedquake init` writes and refuses; `npm run test:package` installs it and runs it. */

import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, describe, expect, it } from "vitest";
import { init } from "./init.ts";
import { projectName } from "./project.ts";

const folder = mkdtempSync(join(tmpdir(), "seedquake-init-test-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const root = join(import.meta.dirname, "..", "..");

const tarball = join(folder, "seedquake-9.9.9.tgz");
writeFileSync(tarball, gzipSync('{\n  "name": "seedquake",\n'));
const at = (name: string): string => join(folder, name);

function refused(name: string, from = tarball): string {
  try {
    init(at(name), from);
  } catch (error) {
    return (error as Error).message.replaceAll(folder, "").replaceAll("\\", "/");
  }
  return "nothing";
}

describe("seedquake init", () => {
  it("writes a project with its own copy of the package, and says what to type next", () => {
    const told = init(at("My First"), tarball);
    expect(readdirSync(at("My First"), { recursive: true }).map(String).sort()).toEqual(
      [
        ...[
          ".github",
          ".github/workflows",
          ".github/workflows/ci.yml",
          ".gitignore",
          ".gitlab-ci.yml",
          "README.md",
          "package.json",
        ],
        ...["scenarios", "scenarios/mirror.test.ts", "scenarios/mirror.ts", "scenarios/mirror.yaml", "tsconfig.json"],
        ...["vendor", "vendor/seedquake-9.9.9.tgz"],
      ].sort(),
    );
    const { name, devDependencies } = JSON.parse(readFileSync(at("My First/package.json"), "utf8"));
    const ours = JSON.parse(readFileSync(join(root, "package.json"), "utf8")).devDependencies;
    expect(name).toBe("my-first");
    expect(devDependencies).toEqual({
      "@types/node": ours["@types/node"],
      seedquake: "file:vendor/seedquake-9.9.9.tgz",
      typescript: ours.typescript,
      vitest: ours.vitest,
    });
    expect(readFileSync(at("My First/README.md"), "utf8")).toMatch(/^# my-first\n/);
    expect(told.filter((line) => line.startsWith("wrote"))).toHaveLength(10);
    expect(told).toContain("  npm install");
  });

  it("overwrites nothing, and names what is in its way", () => {
    mkdirSync(at("there/scenarios"), { recursive: true });
    writeFileSync(at("there/package.json"), "mine");
    writeFileSync(at("there/scenarios/mirror.yaml"), "mine");
    writeFileSync(at("there/other.ts"), "mine");
    expect(refused("there")).toBe(
      "/there: expected none of the files that init writes, found package.json, scenarios/mirror.yaml; move them away, or name another folder",
    );
    expect(readFileSync(at("there/package.json"), "utf8")).toBe("mine");
    expect(existsSync(at("there/tsconfig.json"))).toBe(false);
    rmSync(at("there/package.json"));
    rmSync(at("there/scenarios/mirror.yaml"));
    expect(refused("there")).toBe("nothing");
    expect(readFileSync(at("there/other.ts"), "utf8")).toBe("mine");
  });

  it("says what it expected of a folder and of a package", () => {
    expect(refused("seedquake-9.9.9.tgz")).toBe("/seedquake-9.9.9.tgz: expected a folder, or nothing yet, found a file");
    const wanted = (from: string): string => `--package ${from}: expected a tarball of seedquake, or a folder with it, found`;
    expect(refused("a", at("nowhere.tgz"))).toBe(`${wanted("/nowhere.tgz")} nothing there`);
    writeFileSync(at("other.tgz"), gzipSync('"name": "other"'));
    expect(refused("a", at("other.tgz"))).toBe(`${wanted("/other.tgz")} another file; \`npm pack\` makes one`);
    writeFileSync(at("no.tgz"), "no archive at all");
    expect(refused("a", at("no.tgz"))).toBe(`${wanted("/no.tgz")} another file; \`npm pack\` makes one`);
    mkdirSync(at("empty"));
    expect(refused("a", at("empty"))).toBe(`${wanted("/empty")} no package in it`);
    writeFileSync(at("empty/package.json"), '{ "name": "left-pad" }');
    expect(refused("a", at("empty"))).toBe(`${wanted("/empty")} the package left-pad`);
    writeFileSync(at("empty/package.json"), '{ "name": "seedquake" }');
    expect(refused("a", at("empty"))).toBe(`${wanted("/empty")} one that is not built; type \`npm run build\` there first`);
    expect(existsSync(at("a"))).toBe(false);
  });

  it.each([
    ["mine", "mine"],
    ["My Étude", "my-tude"],
    ["..", "scenarios"],
    [".hidden", "hidden"],
    ["seedquake", "scenarios"],
    ["node_modules", "scenarios"],
  ])("calls a project in %s %s", (name, expected) => {
    expect(projectName(name)).toBe(expected);
  });

  it("writes code that its own tsconfig accepts", () => {
    const tsc = join(root, "node_modules/typescript/bin/tsc");
    const printed = execFileSync(process.execPath, [tsc, "-p", join(import.meta.dirname, "template")], { encoding: "utf8" });
    expect(printed).toBe("");
  });
});
