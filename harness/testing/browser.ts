/**
 * The HTML pages in a real browser: Debian's chromium, driven by playwright-core. `npm run test:browser`. It opens the pages of five shrunk
 * Raft mutants, a recorded history, a suite and a run of more than 10,000 events, and leaves screenshots in reports/browser/ to be looked at.
 */

import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { type Browser, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { protocols } from "../../protocols/index.ts";
import { HistoryReader, type RecordedFault } from "../check/formats/index.ts";
import { checkLinearizable } from "../check/index.ts";
import { models } from "../check/models/registry.ts";
import { setting } from "../cli/setting.ts";
import { faults } from "../faults/index.ts";
import { historyHtml } from "../report/html/index.ts";
import { tellRun } from "../report/index.ts";
import { writePage, writeReports, writeRun } from "../report/write.ts";
import { runHere } from "../run/here.ts";
import { prepare, runTraced } from "../run/once.ts";
import { type Catalogue, loadScenario } from "../scenario/index.ts";
import { workloads } from "../workloads/index.ts";

const root = join(import.meta.dirname, "..", "..");
const shots = join(root, "reports", "browser");
const folder = mkdtempSync(join(tmpdir(), "seedquake-pages-"));
const executable = process.env["SEEDQUAKE_CHROMIUM"] ?? "/usr/bin/chromium";
const missing = existsSync(executable)
  ? undefined
  : `there is no ${executable} here (apt-get install chromium, or SEEDQUAKE_CHROMIUM)`;
if (missing !== undefined) console.warn(`skipped: ${missing}`);

const catalogue: Catalogue = { protocols, workloads, faults };
const mutants = ["vote-not-persisted", "half-is-a-quorum", "figure-8", "late-answers", "truncation-not-synced"] as const;

/** The failure's page of each mutant, and the suite's. */
const pages = new Map<string, string>();
let browser: Browser;

function write(): void {
  execFileSync(process.execPath, [join(root, "harness", "report", "page", "build.mjs"), folder]);
  const [script, style] = ["page.js", "page.css"].map((name) =>
    readFileSync(join(folder, "harness", "report", "page", name), "utf8"),
  );
  const page = { script: script!, style: style! };
  const campaigns = mutants.map((name) => {
    const file = `scenarios/mutants/raft-${name}.yaml`;
    return runHere(loadScenario(readFileSync(join(root, file), "utf8"), file, catalogue), catalogue, { bail: true });
  });
  const out = join(folder, "reports");
  writeReports(out, { campaigns, baseSeed: 1, interrupted: false }, { ...setting(catalogue, "reports", campaigns), page });
  pages.set("suite", join(out, "index.html"));
  for (const name of mutants) {
    const own = readdirSync(out).find((entry) => entry.startsWith(`mutants-raft-${name}`));
    pages.set(name, join(out, own!, "report.html"));
  }
  const long = loadScenario(longRun, "scenarios/long.yaml", catalogue);
  const told = tellRun(long, runTraced(prepare(long, catalogue), 1));
  pages.set("long", join(writeRun(out, told, { ...setting(catalogue, "reports"), page }), "report.html"));

  const nemesis: RecordedFault[] = [];
  const reader = new HistoryReader({ format: "jsonl", model: "cas-register" }, (fault) => nemesis.push(fault));
  reader.feed(recorded);
  const operations = reader.end();
  const model = models["cas-register"]!;
  const result = checkLinearizable(operations, model);
  const html = historyHtml({ file: "recorded.jsonl", model, operations, faults: nemesis, result }, page);
  pages.set("recorded", writePage(join(out, "recorded.html"), html));
}

const longRun = `
description: a long run with a few faults
protocol: raft
nodes: 5
clients: 3
workload: { key-value: { operations: 400, within: 8s, keys: 3 } }
faults:
  - { partition: leader, at: 2s..3s, for: 1s..2s }
  - { crash: any, at: 5s..6s, back-after: 500ms..1s }
settle: 3s
runs: 5
`;

const recorded = [
  { process: 0, type: "invoke", f: "write", value: 1, time: 1e6 },
  { process: 0, type: "ok", f: "write", value: 1, time: 3e6 },
  { process: "nemesis", type: "info", f: "start-partition", value: "n1", time: 4e6 },
  { process: 1, type: "invoke", f: "write", value: 2, time: 5e6 },
  { process: 1, type: "ok", f: "write", value: 2, time: 8e6 },
  { process: 0, type: "invoke", f: "read", value: null, time: 9e6 },
  { process: 0, type: "ok", f: "read", value: 1, time: 11e6 },
  { process: "nemesis", type: "info", f: "stop-partition", value: "n1", time: 12e6 },
  { process: 1, type: "invoke", f: "read", value: null, time: 13e6 },
  { process: 1, type: "ok", f: "read", value: 2, time: 14e6 },
]
  .map((event) => `${JSON.stringify(event)}\n`)
  .join("");

interface Opened {
  readonly page: Page;
  /** What the console and the network said; nothing is to be said. */
  readonly complaints: string[];
}

async function open(name: string, how: { readonly dark?: boolean; readonly phone?: boolean } = {}): Promise<Opened> {
  const page = await browser.newPage({
    viewport: how.phone === true ? { width: 390, height: 844 } : { width: 1280, height: 900 },
    colorScheme: how.dark === true ? "dark" : "light",
  });
  const complaints: string[] = [];
  // What this file does with a canvas is no doing of the page.
  page.on("console", (message) => {
    if (!message.text().startsWith("Canvas2D: Multiple readback")) complaints.push(`console: ${message.text()}`);
  });
  page.on("pageerror", (error) => complaints.push(`error: ${error.message}`));
  page.on("request", (request) => {
    if (request.url() !== pathToFileURL(pages.get(name)!).href && !request.url().startsWith("data:"))
      complaints.push(`asked for ${request.url()}`);
  });
  await page.goto(pathToFileURL(pages.get(name)!).href);
  await page.locator("h1").waitFor();
  if (name !== "suite") await page.locator("canvas[data-window]").first().waitFor();
  return { page, complaints };
}

const diagram = (page: Page) => page.locator("#diagram canvas");
const windowOf = async (page: Page, where = "#diagram"): Promise<[number, number]> => {
  const [from, to] = (await page.locator(`${where} canvas`).getAttribute("data-window"))!.split(" ").map(Number);
  return [from!, to!];
};
/** Remembers what is drawn. */
const keep = async (page: Page): Promise<void> => {
  await settled(page);
  await page.evaluate(`window.kept = (${pixels})()`);
};
/** How many pixels look different now; shades that the eye does not tell apart do not count. */
const changed = async (page: Page): Promise<number> => {
  await settled(page);
  return page.evaluate(`{
    const now = (${pixels})();
    now.length === kept.length ? now.reduce((sum, value, i) => sum + (Math.abs(value - kept[i]) > 40 ? 1 : 0), 0) : now.length;
  }`);
};
const pixels = `() => {
  const canvas = document.querySelector("#diagram canvas");
  return canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
}`;
const settled = (page: Page): Promise<unknown> =>
  page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))");

describe.skipIf(missing !== undefined)("the pages in chromium", () => {
  // Skipped where there is no browser: are not here.
  beforeAll(async () => {
    rmSync(shots, { recursive: true, force: true });
    mkdirSync(shots, { recursive: true });
    write();
    browser = await chromium.launch({ executablePath: executable, args: ["--no-sandbox"] });
  }, 300_000);
  afterAll(async () => {
    await browser?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it.each(mutants)("tells of %s: what was violated, step by step, without a word of complaint", async (name) => {
    const { page, complaints } = await open(name);
    expect(await page.locator("h1").innerText()).toContain("is violated");
    expect(await page.locator(".steps li").count()).toBeGreaterThan(4);
    expect(await page.locator(".steps li").last().innerText()).toContain("is violated");
    await page.screenshot({ path: join(shots, `${name}.png`), fullPage: true });
    expect(complaints).toEqual([]);
    expect(statSync(pages.get(name)!).size).toBeLessThan(1_000_000);
    await page.close();
  });

  it("zooms and moves by buttons, keys, wheel and mouse", async () => {
    const { page } = await open("late-answers");
    const width = async (): Promise<number> => {
      await settled(page);
      const [from, to] = await windowOf(page);
      return to - from;
    };
    const first = await width();
    await page.locator("#diagram").getByLabel("zoom in").click();
    const second = await width();
    expect(second).toBeLessThan(first);
    await diagram(page).focus();
    await page.keyboard.press("+");
    const third = await width();
    expect(third).toBeLessThan(second);
    await diagram(page).hover();
    await page.keyboard.down("Control");
    await page.mouse.wheel(0, -200);
    await page.keyboard.up("Control");
    expect(await width()).toBeLessThan(third);
    const [before] = await windowOf(page);
    const box = (await diagram(page).boundingBox())!;
    await page.mouse.move(box.x + 600, box.y + 100);
    await page.mouse.down();
    await page.mouse.move(box.x + 800, box.y + 100, { steps: 4 });
    await page.mouse.up();
    await settled(page);
    expect((await windowOf(page))[0]).toBeLessThan(before);
    await page.locator("#diagram").getByRole("button", { name: "all", exact: true }).click();
    expect(await width()).toBeGreaterThan(first - 1);
    await page.close();
  });

  it("zooms in when two fingers part, and out when they meet", async () => {
    const { page } = await open("late-answers");
    const width = async (): Promise<number> => {
      await settled(page);
      const [from, to] = await windowOf(page);
      return to - from;
    };
    await diagram(page).scrollIntoViewIfNeeded();
    const box = (await diagram(page).boundingBox())!;
    const fingers = await page.context().newCDPSession(page);
    /** Two fingers, so far left and right of the middle, one place after the other. */
    const pinch = async (...apart: number[]): Promise<void> => {
      for (const [i, far] of apart.entries()) {
        const at = (id: number, x: number): { id: number; x: number; y: number } => ({ id, x: box.x + 600 + x, y: box.y + 100 });
        const touchPoints = [at(0, -far), at(1, far)];
        await fingers.send("Input.dispatchTouchEvent", { type: i === 0 ? "touchStart" : "touchMove", touchPoints });
      }
      await fingers.send("Input.dispatchTouchEvent", { type: "touchEnd", touchPoints: [] });
    };
    const first = await width();
    await pinch(60, 90, 130, 180);
    const second = await width();
    expect(second).toBeLessThan(first * 0.6);
    await pinch(180, 130, 90, 60);
    expect(await width()).toBeGreaterThan(second * 1.5);
    await page.close();
  });

  it("leaves out nodes, messages and kinds of events, and shows them again", async () => {
    const { page } = await open("half-is-a-quorum");
    await keep(page);
    for (const [group, chip] of [
      ["messages", /^AppendEntries \d/],
      ["nodes", /^n1$/],
      ["also", /^timers$/],
    ] as const) {
      const button = page.getByRole("group", { name: group, exact: true }).getByRole("button", { name: chip });
      await button.click();
      expect(await button.getAttribute("aria-pressed")).toBe("false");
      expect(await changed(page)).toBeGreaterThan(50);
      await page.getByRole("button", { name: "all of it" }).click();
      expect(await changed(page)).toBe(0);
    }
    await page.close();
  });

  it("steps through the story and the events, by buttons and keys, and marks what changed", async () => {
    const { page } = await open("vote-not-persisted");
    await page.locator(".steps button").first().click();
    const title = page.locator("#event-title");
    const at = await title.innerText();
    await page.getByRole("button", { name: "next step of the story" }).click();
    expect(await title.innerText()).not.toBe(at);
    await diagram(page).focus();
    let marked = 0;
    for (let i = 0; i < 40 && marked === 0; i++) {
      await page.keyboard.press("ArrowRight");
      marked = await page.locator(".states .changed").count();
    }
    expect(marked).toBeGreaterThan(0);
    expect(await page.locator(".states .changed del").first().innerText()).not.toBe("");
    await page.keyboard.press("[");
    await page.screenshot({ path: join(shots, "step.png") });
    await page.close();
  });

  it("shows contents under the pointer, pins an event by a click, and lights up what it has to do with", async () => {
    const { page } = await open("vote-not-persisted");
    await diagram(page).scrollIntoViewIfNeeded();
    await keep(page);
    const box = (await diagram(page).boundingBox())!;
    // Along the lanes there is always something.
    let found = false;
    for (let x = 60; x < box.width && !found; x += 4) {
      await page.mouse.move(box.x + x, box.y + box.height * 0.45);
      found = (await page.locator(".tip").count()) > 0;
      if (found) await page.mouse.click(box.x + x, box.y + box.height * 0.45);
    }
    expect(found).toBe(true);
    expect(await page.locator("#event-title").innerText()).toContain("pinned");
    expect(await changed(page)).toBeGreaterThan(50);
    await page.screenshot({ path: join(shots, "pinned.png") });
    await diagram(page).focus();
    await page.keyboard.press("Escape");
    expect(await page.locator("#event-title").innerText()).not.toContain("pinned");
    await page.close();
  });

  it("copies the command and the scenario", async () => {
    const { page } = await open("figure-8");
    const command = page.getByLabel("replay this run", { exact: true });
    await page.getByRole("button", { name: "copy: replay this run" }).click();
    expect(await command.inputValue()).toMatch(/^npx seedquake replay \S+counterexample\.yaml$/);
    await expect.poll(() => page.getByRole("button", { name: "copy: replay this run" }).innerText()).toMatch(/copied|selected/);
    expect(await page.evaluate("getSelection().toString() || document.activeElement.value")).toBeTruthy();
    await page.getByText("the scenario that repeats it").click();
    expect(await page.getByLabel("the scenario", { exact: true }).inputValue()).toContain("format: 1");
    await page.close();
  });

  it("follows one operation through the cluster", async () => {
    const { page } = await open("figure-8");
    await keep(page);
    await page.locator("#follow select").selectOption({ index: 1 });
    expect(await page.locator("#follow p").first().innerText()).toMatch(/\d+ messages, \d+ disk writes/);
    expect(await page.locator(".followed li").count()).toBeGreaterThan(4);
    expect(await changed(page)).toBeGreaterThan(50);
    await page.locator("#diagram").screenshot({ path: join(shots, "followed.png") });
    await page.close();
  });

  it("draws the history with what no order explains", async () => {
    const { page } = await open("late-answers");
    await page.getByRole("button", { name: "what cannot be explained" }).click();
    expect(await page.locator("#history .panel").innerText()).toContain("no order gets past it");
    await page.locator("#history").screenshot({ path: join(shots, "history.png") });
    await page.close();
  });

  it("draws a recorded history with its nemesis's lines, and leaves out what it does not have", async () => {
    const { page, complaints } = await open("recorded");
    expect(await page.locator("h1").innerText()).toContain("not linearizable");
    for (const absent of ["#story", "#diagram", "#follow"]) expect(await page.locator(absent).count()).toBe(0);
    await page.screenshot({ path: join(shots, "recorded.png"), fullPage: true });
    expect(complaints).toEqual([]);
    await page.close();
  });

  it("lists a suite, searches it, and leads to each failure", async () => {
    const { page, complaints } = await open("suite");
    expect(await page.locator(".suite tbody tr").count()).toBe(mutants.length);
    await page.getByLabel("search").fill("figure");
    expect(await page.locator(".suite tbody tr").count()).toBe(1);
    await page.screenshot({ path: join(shots, "suite.png"), fullPage: true });
    const link = await page.locator(".failure a").first().getAttribute("href");
    expect(existsSync(join(folder, "reports", link!))).toBe(true);
    expect(complaints).toEqual([]);
    await page.close();
  });

  it("is dark where the system is, or where the reader says so", async () => {
    const background = (page: Page): Promise<string> => page.evaluate("getComputedStyle(document.body).backgroundColor");
    const { page } = await open("truncation-not-synced", { dark: true });
    const dark = await background(page);
    await page.screenshot({ path: join(shots, "dark.png"), fullPage: true });
    await page.getByLabel("colours").selectOption("light");
    const light = await background(page);
    expect(light).not.toBe(dark);
    await page.getByLabel("colours").selectOption("dark");
    expect(await background(page)).toBe(dark);
    await page.close();
  });

  it.each(["half-is-a-quorum", "suite", "recorded"])("fits a phone: %s", async (name) => {
    const { page } = await open(name, { phone: true });
    expect(await page.evaluate("document.documentElement.scrollWidth")).toBeLessThanOrEqual(390);
    await page.screenshot({ path: join(shots, `phone-${name}.png`), fullPage: true });
    await page.close();
  });

  it.each(["late-answers", "suite"])("has a name for everything that can be pressed or chosen: %s", async (name) => {
    const { page } = await open(name);
    const nameless = await page.evaluate(`[...document.querySelectorAll("button, select, input, textarea, a, canvas")]
      .filter((one) => !(one.getAttribute("aria-label") || one.innerText?.trim() || one.labels?.length))
      .map((one) => one.outerHTML.slice(0, 120))`);
    expect(nameless).toEqual([]);
    await page.close();
  });

  it("opens more than 10,000 events, and moves through them", async () => {
    const { size } = statSync(pages.get("long")!);
    const start = performance.now();
    const { page, complaints } = await open("long");
    const opened = performance.now() - start;
    await page.locator("#diagram").getByRole("button", { name: "all", exact: true }).click();
    await diagram(page).focus();
    const frames = (await page.evaluate(`new Promise((done) => {
      const canvas = document.querySelector("#diagram canvas");
      const took = [];
      let last = performance.now();
      const next = () => {
        const now = performance.now();
        took.push(now - last);
        last = now;
        if (took.length > 30) return done(took.slice(1).sort((a, b) => a - b));
        canvas.dispatchEvent(new KeyboardEvent("keydown", { key: took.length % 2 ? "+" : "-", bubbles: true }));
        requestAnimationFrame(next);
      };
      requestAnimationFrame(next);
    })`)) as number[];
    const figures = `${(size / 1e6).toFixed(2)} MB, open after ${opened.toFixed(0)} ms, a frame with everything in it takes ${frames[15]!.toFixed(0)} ms (median), ${frames.at(-1)!.toFixed(0)} ms (longest)`;
    console.log(`more than 10,000 events: ${figures}`);
    writeFileSync(join(shots, "measures.txt"), `${figures}\n`);
    await page.screenshot({ path: join(shots, "long.png"), fullPage: true });
    expect(complaints).toEqual([]);
    await page.close();
  });
});
