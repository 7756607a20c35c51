/** Builds dist/: compiles with tsc, makes the command executable, bundles the pages of the HTML reports, copies the template of `init`, writes the JSON Schemas of scenarios and of summary.json. */

import { execFileSync } from "node:child_process";
import { chmodSync, cpSync, rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const here = (path) => fileURLToPath(new URL(path, import.meta.url));

rmSync(here("dist"), { recursive: true, force: true });
execFileSync(process.execPath, [here("node_modules/typescript/bin/tsc"), "-p", here("tsconfig.json")], { stdio: "inherit" });
chmodSync(here("dist/harness/cli.js"), 0o755);
execFileSync(process.execPath, [here("harness/report/page/build.mjs"), here("dist")], { stdio: "inherit" });
cpSync(here("harness/cli/template"), here("dist/harness/cli/template"), { recursive: true });

const { jsonSchema } = await import("./dist/harness/scenario/index.js");
const { summaryJsonSchema } = await import("./dist/harness/report/summary-schema.js");
const { catalogueFrom } = await import("./dist/harness/run/load.js");
const catalogue = await catalogueFrom(new URL("./dist/protocols/index.js", import.meta.url).href);
const schema = `${JSON.stringify(jsonSchema(catalogue), null, 2)}\n`;
writeFileSync(here("dist/schema.json"), schema);
// Where an editor finds it from a project's scenarios: ../node_modules/seedquake/schema.json.
writeFileSync(here("schema.json"), schema);
writeFileSync(here("dist/summary.schema.json"), `${JSON.stringify(summaryJsonSchema(), null, 2)}\n`);
