import { expect, test } from "vitest";
import { closest, didYouMean } from "./suggest.ts";

const words = ["clock-drift", "clock-jump", "crash", "hold", "loss", "partition", "pause"];

test.each([
  ["crsh", "crash"],
  ["carsh", "crash"],
  ["Crash", "crash"],
  ["partiton", "partition"],
  ["clock-jmp", "clock-jump"],
  ["los", "loss"],
])("%s is a slip of %s", (slip, meant) => {
  expect(closest(slip, words)).toBe(meant);
});

test.each(["banana", "x", "n9", "earthquake"])("%s is nobody's slip", (word) => {
  expect(closest(word, [...words, "n1"])).toBeUndefined();
});

test("of equally near words the first is proposed", () => {
  expect(closest("node9", ["node1", "node2"])).toBe("node1");
});

test("the end of a sentence proposes a word, or lists them", () => {
  expect(didYouMean("puase", words)).toBe('did you mean "pause"?');
  expect(didYouMean("leader", ["n1", "n2"])).toBe("expected one of n1, n2");
  expect(didYouMean("leader", ["n1"])).toBe("expected n1");
  expect(didYouMean("c1", [])).toBe("there is none");
});
