/** What is going on, on a terminal: a bar with runs a second, violations and time left. Elsewhere nothing but the lines at the end. */

import { SingleBar } from "cli-progress";
import type { Progress } from "../run/pool.ts";

export class Status {
  private readonly bar: SingleBar | undefined;
  private readonly scenarios: number;
  private shown = false;

  constructor(scenarios: number) {
    this.scenarios = scenarios;
    if (!process.stdout.isTTY || process.env["CI"] !== undefined) return;
    this.bar = new SingleBar({
      format: "{title} {bar} {done} {phase}, {speed} runs/s, {violations} violations, {left} left",
      clearOnComplete: true,
      hideCursor: true,
      barsize: 20,
    });
  }

  /** `done` scenarios lie before this one, which began at `sinceMs` of `performance.now()`. */
  progress(name: string, done: number, sinceMs: number, { phase, runs, of, violations, time }: Progress): void {
    if (this.bar === undefined) return;
    const speed = (runs * 1000) / Math.max(1, performance.now() - sinceMs);
    const timed = phase === "run" && time !== undefined;
    // What ends with the time has no number of runs that it goes to.
    const [total, value] = timed ? [Math.round(time.of), Math.min(Math.round(time.elapsed), Math.round(time.of))] : [of, runs];
    const leftMs = timed ? Math.max(0, time.of - time.elapsed) : ((of - runs) * 1000) / Math.max(1, speed);
    const payload = {
      title: `[${done + 1}/${this.scenarios}] ${name}`,
      phase: timed ? "runs" : phase,
      done: timed ? `${runs}` : `${runs}/${of}`,
      violations,
      speed: Math.round(speed),
      left: leftMs < 120_000 ? `${Math.ceil(leftMs / 1_000)} s` : `${Math.round(leftMs / 60_000)} min`,
    };
    if (!this.shown) this.bar.start(total, value, payload);
    else {
      this.bar.setTotal(total);
      this.bar.update(value, payload);
    }
    this.shown = true;
  }

  clear(): void {
    if (this.shown) this.bar?.stop();
    this.shown = false;
  }
}
