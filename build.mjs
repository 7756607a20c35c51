/** Builds dist/: compiles with tsc, makes the command executable, writes the JSON Schema of scenarios beside it. */

import { execFileSync } from "node:child_process";
import { chmodSync, rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const here = (path) => fileURLToPath(new URL(path, import.meta.url));

rmSync(here("dist"), { recursive: true, force: true });
execFileSync(process.execPath, [here("node_modules/typescript/bin/tsc"), "-p", here("tsconfig.json")], { stdio: "inherit" });
chmodSync(here("dist/harness/cli.js"), 0o755);

const { jsonSchema } = await import("./dist/harness/scenario/index.js");
const { catalogueFrom } = await import("./dist/harness/run/load.js");
const catalogue = await catalogueFrom(new URL("./dist/protocols/index.js", import.meta.url).href);
writeFileSync(here("dist/schema.json"), `${JSON.stringify(jsonSchema(catalogue), null, 2)}\n`);
