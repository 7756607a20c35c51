import { describe, expect, it } from "vitest";
import { Story } from "./testing/story.ts";

const write = (value: number) => ({ f: "write", key: "x", value }) as const;
const read = { f: "read", key: "x" } as const;

describe("naive primary-backup", () => {
  it("works while nothing goes wrong", () => {
    const story = new Story().ask("c1", read).ask("c1", write(1)).ask("c2", { f: "cas", key: "x", from: 1, to: 2 });
    story.ask("c1", { f: "cas", key: "x", from: 1, to: 3 }).ask("c2", read);
    expect(story.answers).toEqual([null, null, true, false, 2]);
    expect(story.primary).toBe("n1");
    expect(story.goals).toEqual([]);
  });

  it("survives the crash of its primary in a demonstration: a backup has every write and takes over", () => {
    const story = new Story().ask("c1", write(1)).crash("n1").wait(300).ask("c2", read);
    expect(story.answers).toEqual([null, 1]);
    expect(story.primary).toBe("n2");
    expect(story.goals).toEqual(["a backup took over"]);
    expect(story.isLinearizable).toBe(true);
  });

  it("a backup that missed a write fetches it when the next one comes", () => {
    const story = new Story().cut("n1", "n2").ask("c1", write(1)).mend("n1", "n2").ask("c1", { f: "write", key: "y", value: 2 });
    story.crash("n1").wait(300).ask("c2", read);
    expect(story.answers).toEqual([null, null, 1]);
  });

  it("a backup that missed the last write hears of it by heartbeat", () => {
    const story = new Story().cut("n1", "n2").ask("c1", write(1)).mend("n1", "n2").wait(100);
    story.crash("n1").wait(300).ask("c2", read);
    expect(story.answers).toEqual([null, 1]);
  });

  it("a server keeps its log in a crash", () => {
    const story = new Story().ask("c1", write(1)).crash("n1").crash("n2").crash("n3");
    story.restart("n1").restart("n2").restart("n3").wait(100).ask("c2", read);
    expect(story.answers).toEqual([null, 1]);
  });
});

describe("the selector primary", () => {
  it("points at who took over, and back when that one has stepped down", () => {
    const story = new Story().wait(100).cut("n1", "n2").cut("n1", "n3").wait(300);
    expect(story.primary).toBe("n2");
    story.mend("n1", "n2").mend("n1", "n3").wait(100);
    expect(story.primary).toBe("n1");
  });

  it("points at nobody between a crash and the take-over", () => {
    const story = new Story().wait(100).crash("n1").wait(50);
    expect(story.primary).toBeUndefined();
  });
});

describe("what is naive about it", () => {
  it("loses a write that it had answered, when the primary crashes before a backup has it", () => {
    const story = new Story().cut("n1", "n2").cut("n1", "n3").ask("c1", write(1));
    story.crash("n1").wait(300).ask("c2", read);
    expect(story.answers).toEqual([null, null]);
    expect(story.isLinearizable).toBe(false);
  });

  it("answers old reads from a primary that was replaced and does not know it", () => {
    const story = new Story().ask("c1", write(1));
    story.cut("n1", "n2").cut("n1", "n3").cut("c1", "n2").cut("c1", "n3").cut("c2", "n1").wait(300);
    story.ask("c2", write(2)).ask("c1", read);
    expect(story.answers).toEqual([null, null, 1]);
    expect(story.isLinearizable).toBe(false);
  });

  it("forgets what a backup wrote in the meantime, once the old primary is back", () => {
    const story = new Story().ask("c1", write(1)).crash("n1").wait(300).ask("c1", write(2));
    story.restart("n1").wait(300).ask("c2", read);
    expect(story.answers).toEqual([null, null, 1]);
    expect(story.primary).toBe("n1");
    expect(story.goals).toContain("two primaries at once");
    expect(story.isLinearizable).toBe(false);
  });
});
