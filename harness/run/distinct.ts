/** How many different digests there were: exactly up to a bound, by HyperLogLog above it. Its room does not grow with the runs. */

/** Two to this power is the number of registers; the error is about 1.04 / 64, which is 1.6 %. */
const bits = 12;
const registers = 2 ** bits;
/** Below two and a half times the registers HyperLogLog is poor, so that much is counted exactly. */
const mostExact = 10_240;

export interface Distinct {
  readonly count: number;
  /** Above some ten thousand it is an estimate within two or three percent. */
  readonly exact: boolean;
}

/** As plain data: the digests themselves, or each register as two hexadecimal digits. */
export type DistinctData = { readonly digests: readonly string[] } | { readonly registers: string };

export class DistinctCount {
  private exact: Set<string> | undefined = new Set();
  private readonly ranks = new Uint8Array(registers);

  /** 16 hexadecimal digits, which differ as those of a good hash do. */
  add(digest: string): void {
    if (this.exact === undefined) {
      this.register(digest);
      return;
    }
    this.exact.add(digest);
    if (this.exact.size > mostExact) this.spill();
  }

  merge(data: DistinctData): void {
    if ("digests" in data) {
      for (const digest of data.digests) this.add(digest);
      return;
    }
    this.spill();
    for (let i = 0; i < registers; i++) this.raise(i, Number.parseInt(data.registers.slice(2 * i, 2 * i + 2), 16));
  }

  data(): DistinctData {
    if (this.exact !== undefined) return { digests: [...this.exact].sort() };
    return { registers: [...this.ranks].map((rank) => rank.toString(16).padStart(2, "0")).join("") };
  }

  told(): Distinct {
    if (this.exact !== undefined) return { count: this.exact.size, exact: true };
    let sum = 0;
    for (const rank of this.ranks) sum += 1 / 2 ** rank;
    const alpha = 0.7213 / (1 + 1.079 / registers);
    return { count: Math.round((alpha * registers * registers) / sum), exact: false };
  }

  private spill(): void {
    const before = this.exact ?? [];
    this.exact = undefined;
    for (const digest of before) this.register(digest);
  }

  private register(digest: string): void {
    const high = Number.parseInt(digest.slice(0, 8), 16);
    const low = Number.parseInt(digest.slice(8, 16), 16);
    // The first bits choose the register; the zeros that follow them are counted in the other half, which is independent.
    this.raise(high >>> (32 - bits), Math.clz32(low) + 1);
  }

  private raise(at: number, rank: number): void {
    if (rank > this.ranks[at]!) this.ranks[at] = rank;
  }
}
