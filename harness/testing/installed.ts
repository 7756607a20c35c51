/** What a new user gets: the package, packed, installed in an empty folder by `seedquake init`, and used. `npm run test:package`. */

import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readmeExample } from "./readme-example.ts";

const root = join(import.meta.dirname, "..", "..");
const folder = mkdtempSync(join(tmpdir(), "seedquake-package-"));
const project = join(folder, "first steps");
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const env: Record<string, string | undefined> = { ...process.env, NO_COLOR: "1" };
// Nothing of the test run that this one is started from; what leads to the registry stays.
const ours = /^(?:npm_(?!config_)|npm_config_local_prefix$|INIT_CWD$|VITEST|TEST$|NODE_ENV$|FORCE_COLOR$|SEEDQUAKE_)/;
for (const name of Object.keys(env)) if (ours.test(name)) delete env[name];

function type(cwd: string, command: string, ...args: string[]): { status: number | null; out: string } {
  const shell = process.platform === "win32";
  const { status, stdout, stderr } = spawnSync(command, args, { cwd, encoding: "utf8", env, shell });
  return { status, out: `${stdout}${stderr}` };
}

/** Why nothing could be fetched; undefined when it could. */
const unreachable = /\b(?:ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|ENOTCACHED|ERR_SOCKET_TIMEOUT)\b/;

describe("the package", () => {
  const { out } = type(root, "npm", "pack", "--ignore-scripts", "--json", "--pack-destination", folder);
  const [packed] = JSON.parse(out.slice(out.indexOf("["), out.lastIndexOf("]") + 1)) as {
    readonly filename: string;
    readonly files: readonly { readonly path: string }[];
  }[];
  const files = packed!.files.map(({ path }) => path);

  it("holds what it needs, and neither tests nor tools", () => {
    for (const path of [
      "README.md",
      "LICENSE",
      "schema.json",
      "scenarios/README.md",
      "dist/harness/cli.js",
      "dist/harness/index.d.ts",
      "dist/harness/vitest.js",
      "dist/summary.schema.json",
    ])
      expect(files).toContain(path);
    const template = files.filter((path) => path.startsWith("dist/harness/cli/template/"));
    expect(template).toContain("dist/harness/cli/template/scenarios/mirror.test.ts");
    const rest = files.filter((path) => !template.includes(path));
    expect(rest.filter((path) => /\.test\.|\/testing\/|\/bench\/|vitest\.config|tsbuildinfo|^harness\//.test(path))).toEqual([]);
  });

  describe("installed by init in an empty folder", () => {
    let missing: string | undefined;

    beforeAll(() => {
      const tarball = join(folder, packed!.filename);
      const init = type(folder, process.execPath, join(root, "dist/harness/cli.js"), "init", "first steps", "--package", tarball);
      expect(init).toMatchObject({ status: 0 });
      const install = type(project, "npm", "install", "--prefer-offline", "--no-audit", "--no-fund");
      missing = install.status === 0 ? undefined : unreachable.exec(install.out)?.[0];
      if (missing !== undefined) console.warn(`skipped: ${why()}`);
      else expect(install).toMatchObject({ status: 0 });
    }, 600_000);

    const why = (): string => `npm could not reach its registry (${missing}), so nothing was installed`;

    const promise = (name: string, check: () => void): void =>
      it(name, (test) => {
        if (missing !== undefined) test.skip(why()); // And says why.
        check();
      });

    promise("runs its scenario: the right protocol holds, the wrong ones are found", () => {
      const { status, out } = type(project, "npx", "seedquake", "run");
      expect([status, out]).toEqual([0, expect.stringContaining("3 scenarios: 3 as expected")]);
    });

    promise("repeats what its README says", () => {
      const [, command] = /(npx seedquake replay .*)/.exec(readFileSync(join(project, "README.md"), "utf8"))!;
      const [first, ...args] = command!.split(" ");
      const { status, out } = type(project, first!, ...args);
      expect([status, out]).toEqual([0, expect.stringContaining("acknowledged is everywhere is violated")]);
      expect(out).toContain("the digest is the one in");
    });

    promise("passes its tests and its types", () => {
      expect(type(project, "npm", "test")).toMatchObject({ status: 0 });
      expect(type(project, "npm", "run", "types")).toMatchObject({ status: 0 });
    });

    promise("finds the schema where its scenario says it is", () => {
      const scenario = join(project, "scenarios", "mirror.yaml");
      const [, path] = /\$schema=(\S+)/.exec(readFileSync(scenario, "utf8"))!;
      expect(JSON.parse(readFileSync(join(dirname(scenario), path!), "utf8"))).toMatchObject({ title: "seedquake scenario" });
    });

    promise("takes the README's protocol of one's own, types and all, and finds its bug", () => {
      const { code, scenario } = readmeExample();
      writeFileSync(join(project, "scenarios", "tickets.ts"), code);
      writeFileSync(join(project, "scenarios", "tickets.yaml"), scenario);
      expect(type(project, "npm", "run", "types")).toMatchObject({ status: 0 });
      const { status, out } = type(project, "npx", "seedquake", "run", "scenarios/tickets.yaml");
      expect([status, out]).toEqual([1, expect.stringContaining("no number twice is violated")]);
    });

    promise("makes further projects by itself", () => {
      expect(type(project, "npx", "seedquake", "init", "../second")).toMatchObject({ status: 0 });
      const second = join(folder, "second");
      expect(readdirSync(join(second, "vendor"))).toEqual([packed!.filename]);
      expect(existsSync(join(second, ".github", "workflows", "ci.yml"))).toBe(true);
    });
  });
});
