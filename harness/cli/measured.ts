/** What `seedquake mutants` measured, kept beside the reports: it tells later what a green suite could have found. */

import { join } from "node:path";
import type { Detection } from "../report/confidence.ts";
import { writePage } from "../report/write.ts";
import { readReport } from "../run/load.ts";

const name = "mutants.json";

interface MeasuredFile {
  readonly schemaVersion: 1;
  readonly protocols: readonly Detection[];
}

export function readMeasured(folder: string): readonly Detection[] {
  const file = readReport(folder, name) as Partial<MeasuredFile> | undefined;
  return file?.schemaVersion === 1 && Array.isArray(file.protocols) ? file.protocols : [];
}

/** What was measured now takes the place of what was known of the same protocols. */
export function keepMeasured(folder: string, now: readonly Detection[]): void {
  const others = readMeasured(folder).filter(({ protocol }) => !now.some((one) => one.protocol === protocol));
  const file: MeasuredFile = {
    schemaVersion: 1,
    protocols: [...others, ...now].sort((a, b) => (a.protocol < b.protocol ? -1 : 1)),
  };
  writePage(join(folder, name), `${JSON.stringify(file, null, 2)}\n`);
}
