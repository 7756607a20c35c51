/** Bundles the script and the style of the HTML reports into a build: `node harness/report/page/build.mjs dist`. */

import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { buildSync } from "esbuild";

const [, , dist = "dist"] = process.argv;
const page = fileURLToPath(new URL(".", import.meta.url));
const out = join(dist, "harness", "report", "page");
const common = { bundle: true, minify: true, logLevel: "warning", target: ["chrome117", "firefox119", "safari17.4"] };

buildSync({
  ...common,
  entryPoints: [join(page, "main.tsx")],
  outfile: join(out, "page.js"),
  format: "iife",
  jsx: "automatic",
  jsxImportSource: "preact",
});
buildSync({ ...common, entryPoints: [join(page, "style.css")], outfile: join(out, "page.css") });
