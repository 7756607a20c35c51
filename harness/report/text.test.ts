import { describe, expect, it } from "vitest";
import { count, cut, inWords, json, ms, percent, seconds, visible } from "./text.ts";

describe("times", () => {
  it("are milliseconds with all their microseconds, and never rounded", () => {
    expect([0, 7, 999, 1000, 812_345, 1_000_000_001].map(ms)).toEqual([
      "0.000",
      "0.007",
      "0.999",
      "1.000",
      "812.345",
      "1000000.001",
    ]);
    expect(ms(Number.POSITIVE_INFINITY)).toBe("never");
  });

  it("are seconds where JUnit wants them", () => {
    expect([0, 12, 1_500_000, 5_000_000_000].map(seconds)).toEqual(["0.000", "0.000", "1.500", "5000.000"]);
  });
});

describe("counts and shares", () => {
  it("agree with their noun", () => {
    expect([0, 1, 2].map((n) => count(n, "run"))).toEqual(["0 runs", "1 run", "2 runs"]);
  });

  it("say 100% only when nothing is missing", () => {
    expect(percent(9_999, 10_000)).toBe("99.9%");
    expect(percent(10_000, 10_000)).toBe("100%");
    expect(percent(1, 3)).toBe("33.3%");
  });
});

describe("plain data", () => {
  it("stands on one line without needless quotes", () => {
    expect(inWords({ term: 2, to: "n1", none: undefined, list: [1n, null, true], text: "two words" })).toBe(
      '{term: 2, to: n1, list: [1, null, true], text: "two words"}',
    );
  });

  it("cannot talk to the terminal that shows it", () => {
    expect(inWords({ evil: "\u001b[2J" })).not.toContain("\u001b");
    expect(visible("a\u001b[31m\nb\u2028\u0085")).toBe("a\\u001b[31m\\u000ab\\u2028\\u0085");
  });

  it("keeps bigints apart from numbers in JSON", () => {
    expect(json({ n: 12, big: 9_007_199_254_740_993n })).toBe('{"n":12,"big":{"$bigint":"9007199254740993"}}');
  });

  it("is cut at a width, and never through a character", () => {
    expect(cut("12345", 5)).toBe("12345");
    expect(cut("123456", 5)).toBe("1234~");
    expect(cut("\u{1f600}\u{1f600}\u{1f600}", 2)).toBe("\u{1f600}~");
  });
});
