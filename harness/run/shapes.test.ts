/** What is told of a protocol of one's own that is not whole, before a run trips over it. */

import { describe, expect, it } from "vitest";
import { protocols } from "../../protocols/index.ts";
import { faults } from "../faults/index.ts";
import { workloads } from "../workloads/index.ts";
import { misshapen } from "./shapes.ts";

describe("the shape of what a file exports", () => {
  it("fits everything that is our own", () => {
    for (const protocol of protocols) expect(misshapen("protocol", protocol)).toBeUndefined();
    for (const workload of workloads) expect(misshapen("workload", workload)).toBeUndefined();
    for (const fault of faults) expect(misshapen("fault", fault)).toBeUndefined();
    const [{ invariants, selectors }] = protocols.filter((protocol) => Object.keys(protocol.selectors ?? {}).length > 0) as [
      (typeof protocols)[number],
    ];
    for (const invariant of invariants) expect(misshapen("invariant", invariant)).toBeUndefined();
    for (const selector of Object.values(selectors!)) expect(misshapen("selector", selector)).toBeUndefined();
  });

  it.each([
    ["protocol", { ...protocols[0], create: undefined }, "`create` of its protocol to be a function, found nothing there"],
    ["protocol", { ...protocols[0], roles: {} }, "`roles` of its protocol to be a list, found object"],
    ["workload", { ...workloads[0], doc: 3 }, "`doc` of its workload to be a text, found number"],
    ["fault", { ...faults[0], schema: [] }, "`schema` of its fault to be a map, found a list"],
    ["invariant", { name: "x", states: "y" }, "`monitor` of its invariant to be a function, found nothing there"],
    ["selector", "leader", "its selector to be an object, found string"],
  ])("of a %s: %#", (kind, exported, sentence) => {
    expect(misshapen(kind, exported)).toMatch(sentence);
  });
});
