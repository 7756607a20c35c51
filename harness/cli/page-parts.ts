/** The script and the style of the HTML pages, as the build has put them beside the code. */

import { readFileSync } from "node:fs";
import { noPage, type PageParts } from "../report/reporter.ts";

/** None in a build by `tsc` alone: its pages say so. */
export function pageParts(): PageParts {
  try {
    const [script, style] = ["page.js", "page.css"].map((file) =>
      readFileSync(new URL(`../report/page/${file}`, import.meta.url), "utf8"),
    );
    return { script: script!, style: style! };
  } catch {
    return noPage;
  }
}
