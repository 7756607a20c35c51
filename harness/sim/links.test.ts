/** Links with a latency of their own: each in one direction, the others keep the weather's. */

import { expect, it } from "vitest";
import { Network } from "./network.ts";
import type { Weather } from "./world.ts";

const weather: Weather = {
  latency: { kind: "constant", us: 1_000 },
  lossPpm: 0,
  duplicatePpm: 0,
  links: [{ from: "n1", to: "n2", latency: { kind: "constant", us: 50_000 } }],
};

it("only the named direction of the named link is slow, also when other nodes are taken away", () => {
  for (const names of [
    ["n1", "n2", "n3"],
    ["n0", "n1", "n2"],
  ]) {
    const network = new Network(1, names, weather);
    const delay = (from: string, to: string): number =>
      network.draw(network.index(names.indexOf(from), names.indexOf(to)), 0, true, true).delayUs;
    expect(delay("n1", "n2")).toBe(50_000);
    expect(delay("n2", "n1")).toBe(1_000);
  }
  expect(new Network(1, ["n2", "n3"], weather).draw(1, 0, true, true).delayUs).toBe(1_000);
});
