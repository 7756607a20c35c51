/** Many values in little room: quantiles within one part in 128, the same whatever the order of the values. Integers only. */

/** What is told of many values; of none there is only the count. */
export interface Quantiles {
  readonly count: number;
  readonly p50?: number;
  readonly p95?: number;
  readonly p99?: number;
  readonly max?: number;
}

/** Values below this have a bucket of their own; above, each power of two has half as many. */
const exact = 256;

/** A histogram as plain data: each bucket's greatest value, how many values it has. */
export interface HistogramData {
  readonly max: number;
  readonly buckets: readonly (readonly [number, number])[];
}

export class Histogram {
  private readonly buckets = new Map<number, number>();
  private count = 0;
  private max = 0;

  get size(): number {
    return this.buckets.size;
  }

  /** As if all values of the other one had been added here. */
  merge({ max, buckets }: HistogramData): void {
    for (const [bucket, times] of buckets) {
      this.buckets.set(bucket, (this.buckets.get(bucket) ?? 0) + times);
      this.count += times;
    }
    if (max > this.max) this.max = max;
  }

  data(): HistogramData {
    return { max: this.max, buckets: [...this.buckets].sort(([a], [b]) => a - b) };
  }

  /** A whole number from 0 to 2^53, so many times. */
  add(value: number, times = 1): void {
    const bucket = bucketOf(value);
    this.buckets.set(bucket, (this.buckets.get(bucket) ?? 0) + times);
    this.count += times;
    if (value > this.max) this.max = value;
  }

  /** The least bucket's end that this share of all values does not exceed. */
  at(percent: number): number {
    return this.atEach([percent])[0]!;
  }

  quantiles(): Quantiles {
    const { count, max } = this;
    if (count === 0) return { count };
    const [p50, p95, p99] = this.atEach([50, 95, 99]);
    return { count, p50: p50!, p95: p95!, p99: p99!, max };
  }

  private atEach(percents: readonly number[]): number[] {
    const sorted = [...this.buckets].sort(([a], [b]) => a - b);
    return percents.map((percent) => {
      let left = Math.ceil((this.count * percent) / 100);
      for (const [bucket, times] of sorted) {
        left -= times;
        if (left <= 0) return Math.min(bucket, this.max);
      }
      return this.max;
    });
  }
}

/** The greatest value in the same bucket. */
function bucketOf(value: number): number {
  let width = 1;
  while (value >= exact * width) width *= 2;
  return Math.floor(value / width) * width + width - 1;
}
