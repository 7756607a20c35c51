/** The two clocks of a node, in whole microseconds: a wall clock that drifts and jumps, a stop-watch that only drifts. */

/** What every wall clock shows at the start of a run: far from zero, so that nobody mistakes it for the stop-watch. */
const epochUs = 1_000_000_000_000;

export class NodeClock {
  private sinceUs = 0;
  private elapsedThenUs = 0;
  private wallAheadUs = epochUs;
  private ratePpm = 0;

  /** The stop-watch. Runs on across a pause, and starts again from 0 with `boot`. */
  elapsedUs(trueUs: number): number {
    return this.elapsedThenUs + Math.floor(((trueUs - this.sinceUs) * (1_000_000 + this.ratePpm)) / 1_000_000);
  }

  wallUs(trueUs: number): number {
    return this.elapsedUs(trueUs) + this.wallAheadUs;
  }

  /** The first true moment at which the stop-watch shows `elapsedUs`, if its rate stays. */
  trueAt(elapsedUs: number): number {
    return this.sinceUs + Math.max(0, Math.ceil(((elapsedUs - this.elapsedThenUs) * 1_000_000) / (1_000_000 + this.ratePpm)));
  }

  get skewed(): boolean {
    return this.ratePpm !== 0;
  }

  /** How far the wall clock is from the truth. */
  offsetUs(trueUs: number): number {
    return this.wallUs(trueUs) - epochUs - trueUs;
  }

  boot(trueUs: number): void {
    // The stop-watch counts from the start of the machine; the wall clock goes on.
    const elapsed = this.elapsedUs(trueUs);
    this.wallAheadUs += elapsed;
    this.elapsedThenUs = 0;
    this.sinceUs = trueUs;
  }

  setRate(trueUs: number, ppm: number): void {
    this.elapsedThenUs = this.elapsedUs(trueUs);
    this.sinceUs = trueUs;
    this.ratePpm = ppm;
  }

  jump(byUs: number): void {
    this.wallAheadUs += byUs;
  }
}
