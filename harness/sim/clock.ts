/** The two clocks of a node, in whole microseconds: a wall clock that drifts and jumps, a stop-watch that only drifts. */

/** What every wall clock shows at the start of a run: far from zero, so that nobody mistakes it for the stop-watch. */
const epochUs = 1_000_000_000_000;

/** The rate of a clock that stands still, in parts per million off. */
export const standsStill = -1_000_000;
/** Later than any run. */
const neverUs = 1e15;

function progress(us: number, ratePpm: number): number {
  return Math.floor((us * (1_000_000 + ratePpm)) / 1_000_000);
}

export class NodeClock {
  private sinceUs = 0;
  private elapsedThenUs = 0;
  private wallAheadUs = epochUs;
  private ratePpm = 0;
  /** The wall clock's own line, while it does not run as the stop-watch does. */
  private own: { readonly sinceUs: number; readonly ratePpm: number; thenUs: number } | undefined;

  /** The stop-watch. Runs on across a pause, and starts again from 0 with `boot`. */
  elapsedUs(trueUs: number): number {
    return this.elapsedThenUs + progress(trueUs - this.sinceUs, this.ratePpm);
  }

  wallUs(trueUs: number): number {
    const { own } = this;
    if (own !== undefined) return own.thenUs + progress(trueUs - own.sinceUs, own.ratePpm);
    return this.elapsedUs(trueUs) + this.wallAheadUs;
  }

  /** The first true moment at which the stop-watch shows `elapsedUs`, if its rate stays; far off, when it stands still. */
  trueAt(elapsedUs: number): number {
    if (this.ratePpm <= standsStill) return elapsedUs <= this.elapsedThenUs ? this.sinceUs : neverUs;
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
    if (this.own === undefined) this.wallAheadUs += elapsed;
    this.elapsedThenUs = 0;
    this.sinceUs = trueUs;
  }

  /** Both clocks at one rate, unless the wall clock has its own. */
  setRate(trueUs: number, ppm: number, wallPpm = ppm): void {
    const wallUs = this.wallUs(trueUs);
    this.elapsedThenUs = this.elapsedUs(trueUs);
    this.sinceUs = trueUs;
    this.ratePpm = ppm;
    this.own = wallPpm === ppm ? undefined : { sinceUs: trueUs, ratePpm: wallPpm, thenUs: wallUs };
    this.wallAheadUs = wallUs - this.elapsedThenUs;
  }

  jump(byUs: number): void {
    if (this.own === undefined) this.wallAheadUs += byUs;
    else this.own.thenUs += byUs;
  }
}
