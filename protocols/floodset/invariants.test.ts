import { describe, expect, it } from "vitest";
import type { FactSource, Monitor, NodeId } from "../../harness/protocol.ts";
import { invariants } from "./invariants.ts";

/** Hears synthetic facts, and keeps what the invariant says against them. */
class Hearing {
  readonly sentences: string[] = [];
  private readonly monitor: Monitor;

  constructor(name: string) {
    const cluster = { nodes: ["n1", "n2", "n3"], spares: [], role: () => "server" };
    this.monitor = invariants.find((one) => one.name === name)!.monitor(cluster, (sentence) => this.sentences.push(sentence));
  }

  hear(node: NodeId, name: string, data: object, key = "d1"): this {
    const hear = this.monitor.facts?.[name] as ((data: object, source: FactSource) => void) | undefined;
    hear?.({ key, ...data }, { node, atMs: 0 });
    return this;
  }
}

it("agreement refuses two decisions, also of one server, and not about two things", () => {
  const one = (): Hearing => new Hearing("agreement").hear("n1", "decided", { value: 5 });
  expect(one().hear("n2", "decided", { value: 4 }).sentences).toEqual(["n2 has decided 4 for d1, and n1 5."]);
  expect(one().hear("n1", "decided", { value: 4 }).sentences).toHaveLength(1);
  expect(one().hear("n2", "decided", { value: 5 }).hear("n2", "decided", { value: 4 }, "d2").sentences).toEqual([]);
});

it("validity refuses what nobody brought along", () => {
  const input = (): Hearing => new Hearing("validity").hear("n1", "input", { value: 5 });
  expect(input().hear("n2", "decided", { value: 5 }).sentences).toEqual([]);
  expect(input().hear("n2", "decided", { value: 5 }, "d2").sentences).toEqual([
    "n2 has decided 5 for d2, and nobody had that for its input.",
  ]);
});

describe("equal sets", () => {
  it("refuses two ends of which one knows more, although both decide the same", () => {
    const one = new Hearing("equal sets").hear("n1", "flooded", { values: [3, 5] });
    expect(one.hear("n2", "flooded", { values: [3, 5] }).sentences).toEqual([]);
    expect(one.hear("n3", "flooded", { values: [3] }).sentences).toEqual([
      "At the end of the last round for d1 n3 knows 3, and n1 knew 3, 5.",
    ]);
  });
});
