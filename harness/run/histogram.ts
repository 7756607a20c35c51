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

export class Histogram {
  private readonly buckets = new Map<number, number>();
  private count = 0;
  private max = 0;

  /** A whole number from 0 to 2^53. */
  add(value: number): void {
    const bucket = bucketOf(value);
    this.buckets.set(bucket, (this.buckets.get(bucket) ?? 0) + 1);
    this.count++;
    if (value > this.max) this.max = value;
  }

  quantiles(): Quantiles {
    const count = this.count;
    const max = this.max;
    if (count === 0) return { count };
    const sorted = [...this.buckets].sort(([a], [b]) => a - b);
    /** The least bucket's end that this share of all values does not exceed. */
    const at = (percent: number): number => {
      let left = Math.ceil((count * percent) / 100);
      for (const [bucket, times] of sorted) {
        left -= times;
        if (left <= 0) return Math.min(bucket, max);
      }
      return max;
    };
    return { count, p50: at(50), p95: at(95), p99: at(99), max };
  }
}

/** The greatest value in the same bucket. */
function bucketOf(value: number): number {
  let width = 1;
  while (value >= exact * width) width *= 2;
  return Math.floor(value / width) * width + width - 1;
}
