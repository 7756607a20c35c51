/** What `seedquake mutants` and `seedquake mutate` measured, kept beside the reports: it tells later what a green suite could have found. */

import { join } from "node:path";
import type { Detection, Scored } from "../report/confidence.ts";
import { writePage } from "../report/write.ts";
import { readReport } from "../run/load.ts";

const name = "mutants.json";

interface MeasuredFile {
  readonly schemaVersion: 1;
  readonly protocols: readonly Detection[];
  readonly scenarios?: readonly Scored[];
}

function read(folder: string): Pick<MeasuredFile, "protocols" | "scenarios"> {
  const file = readReport(folder, name) as Partial<MeasuredFile> | undefined;
  if (file?.schemaVersion !== 1) return { protocols: [] };
  const list = <T>(some: readonly T[] | undefined): readonly T[] => (Array.isArray(some) ? (some as readonly T[]) : []);
  return { protocols: list(file.protocols), scenarios: list(file.scenarios) };
}

export const readMeasured = (folder: string): readonly Detection[] => read(folder).protocols;

/** What `seedquake mutate` came to, by the scenario's name. */
export const readScores = (folder: string): readonly Scored[] => read(folder).scenarios ?? [];

export function keepScore(folder: string, now: Scored): void {
  const { protocols } = read(folder);
  const others = readScores(folder).filter(({ scenario }) => scenario !== now.scenario);
  write(folder, protocols, [...others, now]);
}

/** What was measured now takes the place of what was known of the same protocols, or scenarios. */
export function keepMeasured(folder: string, now: readonly Detection[]): void {
  const others = readMeasured(folder).filter((old) => !now.some((one) => keyOf(one) === keyOf(old)));
  write(folder, [...others, ...now], readScores(folder));
}

function keyOf({ protocol, scenario = "" }: Detection): string {
  return `${protocol}\n${scenario}`;
}

function write(folder: string, protocols: readonly Detection[], scenarios: readonly Scored[]): void {
  const file: MeasuredFile = {
    schemaVersion: 1,
    protocols: [...protocols].sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1)),
    ...(scenarios.length === 0 ? {} : { scenarios: [...scenarios].sort((a, b) => (a.scenario < b.scenario ? -1 : 1)) }),
  };
  writePage(join(folder, name), `${JSON.stringify(file, null, 2)}\n`);
}
