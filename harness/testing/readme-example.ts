/** The files that the README asks its reader to save: a protocol of one's own, and its scenario. */

import { readFileSync } from "node:fs";
import { join } from "node:path";

const root = join(import.meta.dirname, "..", "..");

export function readmeExample(): { readonly code: string; readonly scenario: string } {
  const readme = readFileSync(join(root, "README.md"), "utf8");
  const section = readme.slice(readme.indexOf("## A protocol of one's own"));
  const block = (language: string): string => new RegExp(`\`\`\`${language}\\n([^]*?)\`\`\``).exec(section)![1]!;
  return { code: block("ts"), scenario: block("yaml") };
}
