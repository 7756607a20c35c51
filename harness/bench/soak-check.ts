/** npm run soak:check: the checkers against brute force, as many random histories as anybody has time for. `--slice` for CI. */

import { parseArgs } from "node:util";
import { compared, comparedSearches, type Tally } from "../check/testing/comparing.ts";
import { subjects } from "../check/testing/subjects.ts";

const usage = `
npm run soak:check -- [--slice] [--runs 50000] [--only NAME] [--part forms|search]... [--base 1]

forms    every closed form, with its orders, the place where a history goes wrong and the core, against brute force on histories
         of up to 9 operations; and its verdicts against the search on histories of 200
search   the search with few values, in every mode, with each of a model's hints and without, against brute force`;

const { values } = parseArgs({
  options: {
    slice: { type: "boolean", default: false },
    runs: { type: "string", default: "50000" },
    only: { type: "string" },
    part: { type: "string", multiple: true, default: ["forms", "search"] },
    base: { type: "string", default: "1" },
    help: { type: "boolean", default: false },
  },
});
const small = values.slice ? 1000 : Number(values.runs);
const large = values.slice ? 20 : Math.ceil(Number(values.runs) / 250);
const base = Number(values.base);
const upToNine = { operations: 9, processes: 4, crashes: 22 };

const share = (part: number, whole: number) => `${((100 * part) / Math.max(1, whole)).toFixed(0)} %`;
const drawn = ({ histories, crashed, operations, invalid }: Tally) =>
  `${histories} histories of up to 9 operations (${share(crashed, operations)} crashed, ${share(invalid, histories)} invalid)`;

function forms(name: string): string {
  const brute = compared(name, small, upToNine, base, "brute force");
  const search = compared(name, large, { operations: 200, processes: 3, crashes: 1 }, base, "search");
  return (
    `${drawn(brute)}: ${share(brute.uncovered, brute.parts)} left to the search, ` +
    `${brute.refuted} refuted, ${brute.located} of them exactly placed; ` +
    `${search.histories} of 200 (${share(search.invalid, search.histories)} invalid, ` +
    `${share(search.uncovered, search.parts)} left, ${search.unanswered} too hard for the search)`
  );
}

const search = (name: string): string => `${drawn(comparedSearches(name, small, upToNine, base))}, searched in every way`;
const parts: Readonly<Record<string, (name: string) => string>> = { forms, search };

let failed = 0;
if (values.help) console.log(usage.trim());
else {
  for (const part of values.part) {
    const compare = parts[part];
    if (compare === undefined) throw new Error(`--part takes ${Object.keys(parts).join(", ")}; found "${part}".`);
    for (const name of Object.keys(subjects)) {
      if (values.only !== undefined && values.only !== name) continue;
      if (part === "forms" && subjects[name]!.onlySearched === true) continue;
      const started = performance.now();
      try {
        const held = compare(name);
        console.log(`held   ${part}: ${name}: ${held}, ${((performance.now() - started) / 1000).toFixed(1)} s`);
      } catch (error) {
        failed++;
        console.log(`FAILED ${error instanceof Error ? error.message : String(error)}`);
      }
    }
  }
}
process.exitCode = failed === 0 ? 0 : 1;
