/** The ledger: fresh seeds are those that nobody has had, of these scenarios, as they are now. */

import { describe, expect, it } from "vitest";
import { nextSeed, readLedger } from "./ledger.ts";

const line = (campaign: string, from: number, to: number, version = "1.0.0"): string =>
  `${JSON.stringify({ campaign, version, from, to })}\n`;

describe("the ledger", () => {
  const lines = readLedger(
    `${line("a 1", 1, 101)}${line("b 2", 1, 501)}${line("a 1", 101, 301)}${line("a 1", 1, 9_000, "0.9.0")}{"campai`,
  );

  it("gives the first seed behind all that were run", () => {
    expect(nextSeed(lines, new Set(["a 1"]), "1.0.0")).toBe(301);
    expect(nextSeed(lines, new Set(["a 1", "b 2"]), "1.0.0")).toBe(501);
  });

  it("begins anew for a scenario that was changed, or another version", () => {
    expect(nextSeed(lines, new Set(["a 7"]), "1.0.0")).toBe(1);
    expect(nextSeed(lines, new Set(["a 1"]), "2.0.0")).toBe(1);
  });

  it("does not mind a line that a kill has cut off", () => {
    expect(lines).toHaveLength(4);
  });
});
