/** seedquake open: shows the newest report in a browser. */

import { spawn } from "node:child_process";
import { readdirSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import type { Add } from "./command.ts";
import { exit, out } from "./terminal.ts";
import { UsageError } from "./usage.ts";

export const add: Add = (cli, end) => {
  cli
    .command("open")
    .description("show the newest report in a browser: of a folder of reports, or of one failure")
    .argument("[folder]", "where reports lie", "reports")
    .option("--print", "only print its path")
    .addHelpText(
      "after",
      `
Examples:
  seedquake open
  seedquake open reports/raft-harsh-408
  seedquake open --print`,
    )
    .action((folder: string, { print }: { print?: boolean }) => {
      const page = newest(folder);
      out(page);
      if (print !== true) show(page);
      end(exit.asExpected);
    });
};

/** What a browser can show. */
const pages = ["index.html", "report.html"];

/** The page that was written last, in the folder or in one of its folders; of several at once the suite's. */
export function newest(folder: string): string {
  const wanted = `${folder}: expected a folder with a report (index.html or report.html)`;
  const stat = statSync(folder, { throwIfNoEntry: false });
  if (stat === undefined) throw new UsageError(`${wanted}, found nothing there; \`seedquake run\` writes one`);
  if (!stat.isDirectory()) throw new UsageError(`${wanted}, found a file`);
  const folders = readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith("."))
    .map(({ name }) => join(folder, name));
  const found = [folder, ...folders].flatMap((place) =>
    pages.flatMap((name) => {
      const path = join(place, name);
      const page = statSync(path, { throwIfNoEntry: false });
      return page === undefined ? [] : [{ path, at: page.mtimeMs }];
    }),
  );
  // One run writes its pages within a moment, the suite's last.
  const last = found.reduce((latest, { at }) => Math.max(latest, at), 0);
  const page = found.find(({ at }) => last - at < 1_000) ?? found[0];
  if (page === undefined) throw new UsageError(`${wanted}, found none in it; \`seedquake run\` writes one`);
  return resolve(page.path);
}

/** By whatever opens files here; whether a browser came up, nobody tells. */
function show(page: string): void {
  const [command, ...args] =
    process.platform === "darwin"
      ? ["open", page]
      : process.platform === "win32"
        ? ["cmd", "/c", "start", "", page]
        : ["xdg-open", page];
  const child = spawn(command!, args, { detached: true, stdio: "ignore" });
  child.on("error", () => out(`(nothing opened it: there is no ${command} here; open the file by hand)`));
  child.unref();
}
