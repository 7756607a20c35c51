/** The trace: one typed record per thing that happened, each with its cause. Kept only when somebody reads it. */

import type { Labels, NodeId } from "../protocol.ts";

/** What every record carries. `n` counts the records of a run from 1; `cause` is the `n` of what led to this one, 0 when nothing did. */
export interface RecordBase {
  readonly n: number;
  readonly atUs: number;
  /** Where it happened; "" for what concerns the whole world. */
  readonly node: NodeId;
  readonly cause: number;
  /** Of an effect: the line of the source that wrote it ("protocols/raft/raft.ts:214"); of a timer, that set it; of a crash between two effects, of the next. */
  readonly site?: string;
}

/** A protocol's message, a client's request, or the answer to one. */
export type Channel = "message" | "request" | "answer";

export type TraceRecord = RecordBase &
  (
    | { readonly kind: "start" }
    /** `fate`: what the network made of it. A doubled message arrives twice; a held one when it is released. `by`: the faults at work. */
    | {
        readonly kind: "send";
        readonly channel: Channel;
        readonly to: NodeId;
        readonly message: unknown;
        readonly fate: "sent" | "doubled" | "lost" | "cut" | "held";
        readonly by?: readonly string[];
        /** On a stream that was no more, or one whose other end is gone already. */
        readonly why?: "unconnected" | "half-open";
        /** What its handler had written, where a fault has made something else of it. */
        readonly meant?: unknown;
        /** A fault sends once more what was sent before. */
        readonly again?: true;
      }
    /** `cause` is the send. */
    | { readonly kind: "deliver"; readonly channel: Channel; readonly from: NodeId; readonly message: unknown }
    /** It arrived, but nobody was there, or the link was cut or the connection broke under way, or the link's queue was full. */
    | {
        readonly kind: "drop";
        readonly channel: Channel;
        readonly from: NodeId;
        readonly message: unknown;
        readonly why: "down" | "cut" | "broken" | "full";
      }
    /** A connection to the peer stands. `connection` counts those of the two. */
    | { readonly kind: "connect"; readonly peer: NodeId; readonly connection: number }
    /** This end has heard that it is gone: the peer crashed, nothing came for too long, or a fault (`by`) broke it. */
    | {
        readonly kind: "disconnect";
        readonly peer: NodeId;
        readonly connection: number;
        readonly why: "crash" | "time-out" | "fault";
        readonly by?: readonly string[];
      }
    /** The operator's order came to the node. `by`: the fault that gave it. */
    | { readonly kind: "order"; readonly order: string; readonly by: string }
    | { readonly kind: "timer"; readonly name: string; readonly data?: unknown }
    | { readonly kind: "write"; readonly record: string; readonly value: unknown }
    | { readonly kind: "append"; readonly log: string; readonly index: number; readonly value: unknown }
    | { readonly kind: "truncate"; readonly log: string; readonly length: number }
    | { readonly kind: "sync" }
    | { readonly kind: "fact"; readonly name: string; readonly data: unknown }
    | { readonly kind: "goal"; readonly name: string }
    | { readonly kind: "log"; readonly message: string; readonly data?: unknown }
    /** `cut`: the place, when the crash fell between two effects. `lost`: writes that did not survive; `torn`: appends that were torn. `by`: the fault. `why`: the disk error that it died of. */
    | {
        readonly kind: "crash";
        readonly lost: number;
        readonly torn: number;
        readonly cut?: { readonly handler: string; readonly after: number; readonly of: number };
        readonly by: string;
        readonly why?: string;
      }
    | { readonly kind: "restart" }
    | { readonly kind: "wipe" }
    /** What a fault did to the disk beside, or did not do to it: "has the record "ballot" damaged". */
    | { readonly kind: "disk"; readonly says: string; readonly by: string }
    | { readonly kind: "pause" }
    | { readonly kind: "resume" }
    /** A fault moved its clocks: how far the wall clock is from true time now, and how much faster both run, in parts per million; or which stand still. */
    | { readonly kind: "clock"; readonly offsetUs: number; readonly ppm: number; readonly frozen?: string; readonly by?: string }
    | { readonly kind: "fault"; readonly id: string; readonly phase: "begin" | "end"; readonly what: string }
    | { readonly kind: "heal" }
    /** At a client: an operation begins / ends. `op` is its id in the plan ("o17", "probe-c1-0"). */
    | { readonly kind: "invoke"; readonly op: string; readonly process: number; readonly input: unknown }
    | {
        readonly kind: "return";
        readonly op: string;
        readonly process: number;
        readonly outcome: "ok" | "fail" | "info";
        readonly output?: unknown;
      }
    | { readonly kind: "violation"; readonly check: string; readonly sentence: string }
  );

/** What a node showed of itself after a handler: the fields of `inspect()` that had changed since the last such record. */
export interface NodeState {
  /** The last record of the trace by then: that of what the handler was called for. */
  readonly n: number;
  readonly node: NodeId;
  /** Of a new incarnation: all of its fields; nothing of what was before is left. */
  readonly first: boolean;
  /** Plain data; see shown.ts. */
  readonly changed: Readonly<Record<string, unknown>>;
  /** Fields that it has no more. */
  readonly gone?: readonly string[];
}

/** One value of a metric, as a node stated it. */
export interface Sample {
  readonly atUs: number;
  readonly node: NodeId;
  readonly kind: "count" | "gauge" | "observe";
  readonly name: string;
  readonly value: number;
  readonly labels?: Labels;
}
