/** The simulated histories are what they claim to be: the search agrees with every one of them. */

import { describe, expect, it } from "vitest";
import { checkLinearizable } from "../linearizable.ts";
import { models } from "../models/registry.ts";
import { atoms, fewValues } from "./atoms.ts";
import { simulated } from "./simulated.ts";

describe("simulated histories", () => {
  it.each(Object.keys(atoms))("of %s are valid, and invalid with one wrong answer", (name) => {
    for (let seed = 1; seed <= 10; seed++) {
      for (const bad of [false, true]) {
        const history = simulated(atoms[name]!(seed, 80), { operations: 80, clients: 3, seed, bad });
        const { verdict, reason } = checkLinearizable(history, models[name]!, { engine: "search" });
        expect(verdict, `seed ${seed}: ${reason}`).toBe(bad ? "invalid" : "valid");
      }
    }
  });

  it("have as many crashed operations as were wished for, under a process of their own", () => {
    const history = simulated(fewValues(1, 5), { operations: 300, clients: 5, seed: 1, crashed: 7 });
    const crashed = history.filter(({ outcome }) => outcome === "info");
    expect(crashed.length).toBe(7);
    for (const { process, invoked } of crashed)
      expect(history.some((other) => other.process === process && other.invoked > invoked)).toBe(false);
    expect(checkLinearizable(history, models["cas-register"]!).verdict).toBe("valid");
  });
});
