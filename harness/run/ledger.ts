/** The ledger: which seeds of which scenario have been run, so that none is run twice by chance. Pure: a door reads and writes it. */

/** One line: seeds `from` up to, not including, `to` of a scenario as it stood, under one version of seedquake. */
export interface LedgerLine {
  readonly campaign: string;
  readonly version: string;
  readonly from: number;
  readonly to: number;
}

/** The lines that a text holds; one that was cut off by a kill does not count. */
export function readLedger(text: string): readonly LedgerLine[] {
  return text.split("\n").flatMap((line) => {
    try {
      const read = JSON.parse(line) as Partial<LedgerLine>;
      return typeof read.campaign === "string" && Number.isSafeInteger(read.from) && Number.isSafeInteger(read.to)
        ? [read as LedgerLine]
        : [];
    } catch {
      return [];
    }
  });
}

/** The first seed behind all that were run of these scenarios, as they are now, under this version; 1 when none was. */
export function nextSeed(lines: readonly LedgerLine[], campaigns: ReadonlySet<string>, version: string): number {
  return lines.reduce((next, one) => (one.version === version && campaigns.has(one.campaign) ? Math.max(next, one.to) : next), 1);
}
