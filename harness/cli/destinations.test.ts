import { describe, expect, it } from "vitest";
import { ciPrefix } from "./ci.ts";
import { destinations } from "./destinations.ts";
import { UsageError } from "./usage.ts";

const shown = (words: readonly string[], env: Readonly<Record<string, string>> = {}) => {
  const { terminal, beside, files } = destinations(words, env);
  return {
    terminal: terminal.name,
    beside: beside.map(({ name }) => name),
    files: files.map(({ reporter, file }) => `${reporter.name} > ${file}`),
  };
};

describe("--reporter", () => {
  it("takes one for the terminal, and any number with a file each; the console stays where none is for the terminal", () => {
    expect(shown(["console"])).toEqual({ terminal: "console", beside: [], files: [] });
    expect(shown(["dots", "junit:out/junit.xml", "gitlab:quality.json"])).toEqual({
      terminal: "dots",
      beside: [],
      files: ["junit > out/junit.xml", "gitlab > quality.json"],
    });
    expect(shown(["tap:C:\\out.tap"])).toEqual({ terminal: "console", beside: [], files: ["tap > C:\\out.tap"] });
    expect(shown(["github"])).toEqual({ terminal: "console", beside: ["github"], files: [] });
  });

  it("adds GitHub's annotations on its runners, but never to a document on standard output", () => {
    const env = { GITHUB_ACTIONS: "true" };
    expect(shown(["console"], env).beside).toEqual(["github"]);
    expect(shown(["dots", "github"], env).beside).toEqual(["github"]);
    expect(shown(["json"], env).beside).toEqual([]);
    expect(shown(["console"], { GITHUB_ACTIONS: "false" }).beside).toEqual([]);
  });

  it.each([
    [["junti"], '--reporter junti: there is no such reporter; did you mean "junit"?'],
    [
      ["dots", "scenarios/raft"],
      "--reporter scenarios/raft: there is no such reporter; files and folders stand before the options",
    ],
    [["junit:"], "--reporter junit:: expected a file behind the colon, as in junit:out/report.txt; found none"],
    [["tap:x", "junit:x"], "--reporter: two of them write x; give each a file of its own"],
    [
      ["console", "junit"],
      "--reporter console junit: both would print on standard output, where nobody could tell them apart; give one a file, as junit:out/junit.xml (junit.xml is written into the reports folder anyway)",
    ],
    [
      ["tap", "github"],
      "--reporter tap github: both would print on standard output, where nobody could tell them apart; give one a file, as tap:out/tap.txt",
    ],
  ])("%j is refused in a sentence", (words, sentence) => {
    expect(() => destinations(words, {})).toThrow(UsageError);
    expect(() => destinations(words, {})).toThrow(sentence);
  });
});

it("names files from the root of the repository that a CI server states", () => {
  expect(ciPrefix({}, "/repo/tools")).toBe("");
  expect(ciPrefix({ GITHUB_WORKSPACE: "/repo" }, "/repo")).toBe("");
  expect(ciPrefix({ GITHUB_WORKSPACE: "/repo" }, "/repo/tools/sim")).toBe("tools/sim/");
  expect(ciPrefix({ CI_PROJECT_DIR: "/repo" }, "/elsewhere")).toBe("");
});
