/** The digests of 20 pinned runs: a seed printed once means the same run for ever, or the change is made knowingly. */

import { describe, expect, it } from "vitest";
import { protocols } from "../../protocols/index.ts";
import { faults } from "../faults/index.ts";
import { type Catalogue, loadScenario } from "../scenario/index.ts";
import { workloads } from "../workloads/index.ts";
import { prepare, runOnce } from "./once.ts";
import { pinned, pinnedSeeds } from "./testing/pinned.ts";

const catalogue: Catalogue = { protocols, workloads, faults };

describe("pinned digests", () => {
  it.each(Object.entries(pinned))("%s", (_name, text) => {
    const prepared = prepare(loadScenario(text, "pinned.yaml", catalogue), catalogue);
    expect(pinnedSeeds.map((seed) => runOnce(prepared, seed).digest)).toMatchSnapshot();
  });
});
