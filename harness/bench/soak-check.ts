/** npm run soak:check: every closed form against brute force on small random histories and against the search on larger ones. `--slice` for CI. */

import { parseArgs } from "node:util";
import { compared, subjects } from "../check/testing/subjects.ts";

const { values } = parseArgs({
  options: {
    slice: { type: "boolean", default: false },
    runs: { type: "string", default: "50000" },
    only: { type: "string" },
    base: { type: "string", default: "1" },
  },
});
const small = values.slice ? 1500 : Number(values.runs);
const large = values.slice ? 20 : Math.ceil(Number(values.runs) / 250);
const base = Number(values.base);

let failed = 0;
for (const name of Object.keys(subjects)) {
  if (values.only !== undefined && values.only !== name) continue;
  const started = performance.now();
  try {
    const brute = compared(name, small, { operations: 9, processes: 4, crashes: 22 }, base, "brute force");
    const search = compared(name, large, { operations: 200, processes: 3, crashes: 1 }, base, "search");
    const share = (part: number, whole: number) => `${((100 * part) / whole).toFixed(0)} %`;
    console.log(
      `held   ${name}: ${brute.histories} of up to 9 operations (${share(brute.crashed, brute.operations)} crashed, ` +
        `${share(brute.invalid, brute.histories)} invalid, ${share(brute.uncovered, brute.parts)} left to the search), ` +
        `${search.histories} of 200 (${share(search.invalid, search.histories)} invalid, ` +
        `${share(search.uncovered, search.parts)} left, ${search.unanswered} too hard for the search), ${((performance.now() - started) / 1000).toFixed(1)} s`,
    );
  } catch (error) {
    failed++;
    console.log(`FAILED ${error instanceof Error ? error.message : String(error)}`);
  }
}
process.exitCode = failed === 0 ? 0 : 1;
