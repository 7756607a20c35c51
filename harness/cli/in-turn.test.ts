import { describe, expect, it } from "vitest";
import { inTurn } from "./in-turn.ts";

/** Work whose steps the test takes, one by one. */
class Bench {
  readonly log: string[] = [];
  readonly passed: (() => void)[] = [];
  readonly done: ((result: string) => void)[] = [];
  readonly failed: ((error: Error) => void)[] = [];
  open = true;
  readonly results: AsyncGenerator<string, void>;
  private readonly told: string[] = [];
  ended: Promise<string>;

  constructor(count: number, ahead: number) {
    this.results = inTurn({
      count,
      ahead,
      more: () => this.open,
      begin: (turn, passed) => {
        this.log.push(`begin ${turn}`);
        return new Promise((resolve, reject) => {
          this.passed[turn] = passed;
          this.done[turn] = resolve;
          this.failed[turn] = reject;
        });
      },
    });
    this.ended = this.take();
  }

  private async take(): Promise<string> {
    try {
      for await (const result of this.results) this.told.push(result);
      return this.told.join(" ");
    } catch (error) {
      return `${this.told.join(" ")}, then ${(error as Error).message}`;
    }
  }
}

const breath = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe("work in turn", () => {
  it("begins with the next when the one before has passed, and tells results in order", async () => {
    const bench = new Bench(3, 2);
    expect(bench.log).toEqual(["begin 0"]);
    bench.passed[0]!();
    expect(bench.log).toEqual(["begin 0", "begin 1"]);
    bench.done[1]!("one");
    await breath();
    expect(bench.log).toEqual(["begin 0", "begin 1", "begin 2"]);
    bench.done[2]!("two");
    bench.done[0]!("zero");
    expect(await bench.ended).toBe("zero one two");
  });

  it("has no more under way than it may", async () => {
    const alone = new Bench(3, 0);
    alone.passed[0]!();
    alone.passed[0]!();
    await breath();
    expect(alone.log).toEqual(["begin 0"]);
    alone.done[0]!("zero");
    await breath();
    expect(alone.log).toEqual(["begin 0", "begin 1"]);
    const two = new Bench(4, 1);
    for (const turn of [0, 1]) two.passed[turn]!();
    expect(two.log).toEqual(["begin 0", "begin 1"]);
    two.done[1]!("one");
    await breath();
    expect(two.log).toEqual(["begin 0", "begin 1"]);
    two.done[0]!("zero");
    await breath();
    expect(two.log).toEqual(["begin 0", "begin 1", "begin 2"]);
  });

  it("begins nothing once there is to be no more, and tells what was under way", async () => {
    const bench = new Bench(4, 4);
    bench.passed[0]!();
    bench.open = false;
    bench.passed[1]!();
    bench.done[1]!("one");
    bench.done[0]!("zero");
    expect(await bench.ended).toBe("zero one");
    expect(bench.log).toEqual(["begin 0", "begin 1"]);
  });

  it("tells an error in its turn, and begins nothing after it", async () => {
    const bench = new Bench(4, 4);
    bench.passed[0]!();
    bench.failed[1]!(new Error("one is broken"));
    await breath();
    bench.done[0]!("zero");
    expect(await bench.ended).toBe("zero, then one is broken");
    expect(bench.log).toEqual(["begin 0", "begin 1"]);
  });
});
