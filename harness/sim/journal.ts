/** What happened, twice: folded into the digest, always, and written down as a trace, where somebody reads it. */

import type { Labels, NodeId } from "../protocol.ts";
import { Digest } from "./digest.ts";
import type { Loop } from "./loop.ts";
import type { SimNode } from "./node.ts";
import type { Stop } from "./setup.ts";
import type { Sample, TraceRecord } from "./trace.ts";

/** What kind of thing happened, in the digest. */
export const what = {
  start: 1,
  send: 2,
  lost: 3,
  cut: 4,
  deliver: 6,
  drop: 7,
  timer: 8,
  disk: 9,
  sync: 10,
  fact: 11,
  goal: 12,
  log: 13,
  crash: 14,
  restart: 15,
  wipe: 16,
  pause: 17,
  resume: 18,
  invoke: 19,
  done: 20,
  heal: 21,
  call: 22,
  jump: 23,
  rate: 24,
  connect: 25,
  disconnect: 26,
  order: 27,
  destroyed: 28,
} as const;

type Bare<R> = R extends TraceRecord ? Omit<R, "n" | "atUs" | "node" | "cause" | "site"> : never;

export class Journal {
  readonly trace: TraceRecord[] = [];
  readonly samples: Sample[] = [];
  readonly tracing: boolean;
  private readonly loop: Loop;
  private readonly digest = new Digest();
  /** How often each kind of thing happened, by its number in `what`. */
  readonly counts = new Uint32Array(32);

  constructor(loop: Loop, tracing: boolean) {
    this.loop = loop;
    this.tracing = tracing;
  }

  note(kind: number, where: number, contents: number): void {
    this.digest.fold(kind, where, this.loop.nowUs | 0, contents);
    this.counts[kind]!++;
  }

  /** Only where `tracing`; returns the record's number, as the cause of others. */
  record(node: NodeId, cause: number, bare: Bare<TraceRecord>, site?: string): number {
    const n = this.trace.length + 1;
    const common = { n, atUs: this.loop.nowUs, node, cause };
    this.trace.push((site === undefined ? { ...common, ...bare } : { ...common, ...bare, site }) as TraceRecord);
    return n;
  }

  /** A metric, kept only beside a trace: it is no effect, has no place in the digest, and changes nothing. */
  sample(node: SimNode, kind: Sample["kind"], name: string, value: number, labels?: Labels): void {
    if (!this.tracing) return;
    const { nowUs } = this.loop;
    this.samples.push({ atUs: nowUs, node: node.id, kind, name, value, ...(labels === undefined ? {} : { labels }) });
  }

  /** Ends the run, unless something else has done so before. */
  halt(family: Stop["family"], check: string, sentence: string, where?: string): void {
    const { loop } = this;
    if (loop.stop !== undefined) return;
    loop.stop = { family, check, sentence, atUs: loop.nowUs, ...(where === undefined ? {} : { where }) };
    if (this.tracing) this.record("", this.trace.length, { kind: "violation", check, sentence });
  }

  digestText(): string {
    return this.digest.text();
  }
}

/** A link in the digest. There and back are two links, so the names must not count alike. */
export function way(from: SimNode, to: SimNode): number {
  return from.key ^ ((to.key << 7) | (to.key >>> 25));
}
