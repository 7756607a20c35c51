/** What `seedquake init` writes: a small project that runs at once. */

import { readFileSync } from "node:fs";
import { ourPackage } from "./package.ts";

/** Where each file of the template goes. npm reads a .gitignore inside of a package as its own, so it bears another name there. */
const template: Readonly<Record<string, string>> = {
  "README.md": "README.md",
  gitignore: ".gitignore",
  "ci.yml": ".github/workflows/ci.yml",
  "gitlab-ci.yml": ".gitlab-ci.yml",
  "tsconfig.json": "tsconfig.json",
  "scenarios/mirror.yaml": "scenarios/mirror.yaml",
  "scenarios/mirror.ts": "scenarios/mirror.ts",
  "scenarios/mirror.test.ts": "scenarios/mirror.test.ts",
};

/** A project is built and tested with the tools that we use ourselves. */
const tools = ["@types/node", "typescript", "vitest"] as const;

/** The text of every file, by its path in the project. `tarball`: where seedquake lies in it. */
export function projectTexts(name: string, tarball: string): ReadonlyMap<string, string> {
  const dependencies = [
    [ourPackage.name, `file:${tarball}`],
    ...tools.map((tool) => [tool, ourPackage.devDependencies[tool]!] as const),
  ] as const;
  const description = {
    name,
    private: true,
    type: "module",
    engines: ourPackage.engines,
    scripts: { scenarios: "seedquake run", test: "vitest run", types: "tsc" },
    devDependencies: Object.fromEntries([...dependencies].sort(([a], [b]) => (a < b ? -1 : 1))),
  };
  const texts = Object.entries(template).map(([from, to]): [string, string] => [
    to,
    readFileSync(new URL(`template/${from}`, import.meta.url), "utf8").replaceAll("{name}", name),
  ]);
  return new Map([["package.json", `${JSON.stringify(description, null, 2)}\n`], ...texts]);
}

/** A name that npm takes, made from a folder's. */
export function projectName(folder: string): string {
  const name = folder
    .toLowerCase()
    .replace(/[^a-z0-9._-]+/g, "-")
    .replace(/^[._-]+|-+$/g, "")
    .slice(0, 100);
  return ["", "node_modules", ourPackage.name].includes(name) ? "scenarios" : name;
}
