/** Which machine this one is: said, or as each CI server says it. */

import { describe, expect, it } from "vitest";
import { readShard } from "./shard.ts";

describe("--shard", () => {
  it.each([
    ["2/4", {}, { index: 2, of: 4 }],
    ["auto", { CI_NODE_INDEX: "2", CI_NODE_TOTAL: "4" }, { index: 2, of: 4 }],
    ["auto", { JOB_COMPLETION_INDEX: "0", JOB_COMPLETIONS: "3" }, { index: 1, of: 3 }],
    ["auto", { CIRCLE_NODE_INDEX: "1", CIRCLE_NODE_TOTAL: "2" }, { index: 2, of: 2 }],
  ])("%s with %j", (text, env, shard) => {
    expect(readShard(text, env)).toEqual(shard);
  });

  it.each([
    ["0/4", {}, 'expected which of how many, such as 2/4, or auto, found "0/4"'],
    ["5/4", {}, "found"],
    ["two", {}, "found"],
    ["auto", {}, "found none; write which of how many"],
    ["auto", { JOB_COMPLETION_INDEX: "0" }, "JOB_COMPLETIONS is not set; set it to the number of machines"],
    ["auto", { CI_NODE_INDEX: "0", CI_NODE_TOTAL: "4" }, 'found "0" and "4"'],
  ])("%s with %j is told", (text, env, sentence) => {
    expect(() => readShard(text, env)).toThrow(sentence);
  });
});
