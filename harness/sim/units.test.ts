import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { formatRange, formatShare, formatUs, parseDuration, parseRange, parseShare, parseShares, patterns } from "./units.ts";
import { duration, durations, rates, share } from "./units-schema.ts";

describe("durations", () => {
  test.each([
    ["500ms", 500_000],
    ["1.5s", 1_500_000],
    ["2m", 120_000_000],
    ["250us", 250],
    ["0ms", 0],
    ["-200ms", -200_000],
    ["0.812345s", 812_345],
    ["999999999.999999s", 999_999_999_999_999],
  ])("%s is %i us", (text, us) => {
    expect(parseDuration(text)).toBe(us);
  });

  test("minus nothing is nothing", () => {
    expect(Object.is(parseDuration("-0ms"), 0)).toBe(true);
  });

  test.each([
    "",
    "5",
    "ms",
    "5 ms",
    "5h",
    "1e3ms",
    "1.s",
    ".5s",
    "5ms..",
    "--5ms",
    "+5ms",
    "1234567890s",
  ])("%j is none", (text) => {
    expect(parseDuration(text)).toBeUndefined();
  });

  test.each([
    [1_500_000, "1.5s"],
    [812_345, "812.345ms"],
    [7, "7us"],
    [0, "0s"],
    [90_000_000, "90s"],
    [120_000_000, "2m"],
    [1_000_001, "1.000001s"],
    [-200_000, "-200ms"],
  ])("%i us are written %s", (us, text) => {
    expect(formatUs(us)).toBe(text);
  });

  test("what is written can be read again, to the microsecond", () => {
    fc.assert(fc.property(fc.integer({ min: -(10 ** 14), max: 10 ** 14 }), (us) => parseDuration(formatUs(us)) === us + 0));
  });

  test("whatever the pattern lets through is a safe whole number", () => {
    fc.assert(fc.property(fc.stringMatching(patterns.shift), (text) => Number.isSafeInteger(parseDuration(text))));
  });
});

describe("ranges", () => {
  test("have two ends, or are one value", () => {
    expect(parseRange("1s..3s")).toEqual({ minUs: 1_000_000, maxUs: 3_000_000 });
    expect(parseRange("-200ms..200ms")).toEqual({ minUs: -200_000, maxUs: 200_000 });
    expect(parseRange("2s")).toEqual({ minUs: 2_000_000, maxUs: 2_000_000 });
  });

  test("upside down they are left so, for the caller to refuse", () => {
    expect(parseRange("3s..1s")).toEqual({ minUs: 3_000_000, maxUs: 1_000_000 });
  });

  test.each(["1s..", "..1s", "1s...3s", "1s..3s..5s", "1..3s"])("%j is none", (text) => {
    expect(parseRange(text)).toBeUndefined();
  });

  test("are written shortest", () => {
    expect(formatRange({ minUs: 500, maxUs: 1_500 })).toBe("500us..1.5ms");
    expect(formatRange({ minUs: 500, maxUs: 500 })).toBe("500us");
  });
});

describe("shares", () => {
  test.each([
    ["20%", 200_000],
    ["0.5%", 5_000],
    ["0.0001%", 1],
    ["100%", 1_000_000],
    ["-3%", -30_000],
    ["150ppm", 150],
  ])("%s is %i ppm", (text, ppm) => {
    expect(parseShare(text)).toBe(ppm);
  });

  test("what is written can be read again", () => {
    fc.assert(fc.property(fc.integer({ min: -1_000_000, max: 1_000_000 }), (ppm) => parseShare(formatShare(ppm)) === ppm + 0));
    expect(formatShare(200_000)).toBe("20%");
    expect(formatShare(150)).toBe("0.015%");
    expect(formatShare(0)).toBe("0%");
  });

  test("have ranges too", () => {
    expect(parseShares("5%..40%")).toEqual({ minPpm: 50_000, maxPpm: 400_000 });
    expect(parseShares("40")).toBeUndefined();
  });
});

describe("the schemas", () => {
  test("say in a sentence what they expected, whatever they got", () => {
    for (const wrong of ["5 seconds", 5, null]) {
      expect(duration.safeParse(wrong).error?.issues[0]?.message).toBe("expected a duration such as 500ms or 2s");
    }
    expect(share.safeParse("101%").success).toBe(false);
    expect(rates.safeParse("-5%..300ppm").success).toBe(true);
  });

  test("become patterns in the JSON Schema, beside the field's own description", () => {
    const schema = z.toJSONSchema(durations.describe("how long"), { io: "input", target: "draft-7" });
    expect(schema).toMatchObject({ type: "string", pattern: patterns.durations.source, description: "how long" });
  });
});
