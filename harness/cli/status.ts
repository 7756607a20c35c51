/** What is going on, on a terminal: a bar with runs a second, violations and time left. Elsewhere nothing but the lines at the end. */

import { SingleBar } from "cli-progress";
import type { Progress } from "../run/pool.ts";

export class Status {
  private readonly bar: SingleBar | undefined;
  private readonly scenarios: number;
  private title = "";
  private since = 0;
  private shown = false;

  constructor(scenarios: number) {
    this.scenarios = scenarios;
    if (!process.stdout.isTTY || process.env["CI"] !== undefined) return;
    this.bar = new SingleBar({
      format: "{title} {bar} {value}/{total} {phase}, {speed} runs/s, {violations} violations, {eta_formatted} left",
      clearOnComplete: true,
      hideCursor: true,
      barsize: 20,
    });
  }

  scenario(name: string, done: number): void {
    this.title = `[${done + 1}/${this.scenarios}] ${name}`;
    this.since = performance.now();
  }

  progress({ phase, runs, of, violations }: Progress): void {
    if (this.bar === undefined) return;
    const payload = {
      title: this.title,
      phase,
      violations,
      speed: Math.round((runs * 1000) / Math.max(1, performance.now() - this.since)),
    };
    if (!this.shown) this.bar.start(of, runs, payload);
    else {
      this.bar.setTotal(of);
      this.bar.update(runs, payload);
    }
    this.shown = true;
  }

  clear(): void {
    if (this.shown) this.bar?.stop();
    this.shown = false;
  }
}
