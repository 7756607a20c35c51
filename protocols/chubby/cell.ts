/** The replicated database of a cell, as a state machine on the log: the epoch, the sessions, the files with their locks. */

import { type NodeId, never } from "../../harness/protocol.ts";
import type { StateMachine } from "../raft/index.ts";
import type { Acquired, CallOp, Content, Gone, SessionId } from "./messages.ts";

export interface File {
  readonly value: number | null;
  /** Content generation number: grows with every write. */
  readonly content: number;
  /** Lock generation number: grows when the lock goes from free to held (§2.2). */
  readonly generation: number;
  /** "delayed": its holder was lost, and others must wait for the lock-delay. */
  readonly lock: "free" | "delayed" | { readonly session: SessionId };
}

/** Plain data: a snapshot keeps it as it is. */
export interface Cell {
  readonly epoch: number;
  readonly master: NodeId | null;
  readonly sessions: Readonly<Record<SessionId, NodeId>>;
  readonly files: Readonly<Record<string, File>>;
}

export type CellOp =
  | CallOp
  /** A new master's first command: what came before it in the log was another's. */
  | { readonly f: "new-epoch"; readonly master: NodeId; readonly term: number }
  /** Its lease is over, says the master of this epoch; of another it is void, as only one master at a time keeps sessions. */
  | { readonly f: "end-session"; readonly session: SessionId; readonly epoch: number }
  | { readonly f: "end-delay"; readonly file: string; readonly generation: number }
  /** Whose turn it is, and whether the session lives. Changes nothing. */
  | { readonly f: "session"; readonly session: SessionId };

export interface Standing {
  readonly epoch: number;
  readonly alive: boolean;
}

/** The decisions that a mutant gets wrong. */
export interface Rules {
  generation(file: File): number;
  mayRelease(file: File, session: SessionId, generation: number): boolean;
  /** What becomes of a lock whose session has ended. */
  lost: File["lock"];
}

export const rules: Rules = {
  generation: ({ generation }) => generation + 1,
  mayRelease: (file, session, generation) =>
    file.generation === generation && typeof file.lock === "object" && file.lock.session === session,
  lost: "delayed",
};

const untouched: File = { value: null, content: 0, generation: 0, lock: "free" };
const gone: Gone = "gone";

export function fileOf({ files }: Cell, name: string): File {
  return files[name] ?? untouched;
}

function withFile(cell: Cell, name: string, file: File): Cell {
  return { ...cell, files: { ...cell.files, [name]: file } };
}

/** Such that need a session which lives. */
type OfSession = Exclude<CellOp, { readonly f: "new-epoch" | "open-session" | "end-delay" | "session" }>;

function isOfSession(op: CellOp): op is OfSession {
  return op.f !== "new-epoch" && op.f !== "open-session" && op.f !== "end-delay" && op.f !== "session";
}

export function cellMachine({ generation, mayRelease, lost }: Rules = rules): StateMachine<Cell, CellOp> {
  const acquire = (cell: Cell, session: SessionId, name: string): readonly [Cell, Acquired] => {
    const file = fileOf(cell, name);
    if (file.lock !== "free") return [cell, { taken: file.generation }];
    const next = generation(file);
    return [withFile(cell, name, { ...file, generation: next, lock: { session } }), { granted: next }];
  };
  const end = (cell: Cell, session: SessionId): Cell => {
    const { [session]: _ended, ...sessions } = cell.sessions;
    const files = Object.entries(cell.files).map(([name, file]): [string, File] => [
      name,
      typeof file.lock === "object" && file.lock.session === session ? { ...file, lock: lost } : file,
    ]);
    return { ...cell, sessions, files: Object.fromEntries(files) };
  };
  return {
    init: { epoch: 0, master: null, sessions: {}, files: {} },
    apply(cell, op) {
      if (isOfSession(op) && cell.sessions[op.session] === undefined) return [cell, gone];
      switch (op.f) {
        case "new-epoch":
          return [{ ...cell, epoch: cell.epoch + 1, master: op.master }, cell.epoch + 1];
        case "open-session":
          return [{ ...cell, sessions: { ...cell.sessions, [op.session]: op.client } }, op.session];
        case "end-session":
          return op.epoch === cell.epoch ? [end(cell, op.session), true] : [cell, false];
        case "read": {
          const { value, content } = fileOf(cell, op.file);
          const read: Content = { value, generation: content };
          return [cell, read];
        }
        case "write": {
          const file = fileOf(cell, op.file);
          return [withFile(cell, op.file, { ...file, value: op.value, content: file.content + 1 }), file.content + 1];
        }
        case "acquire":
          return acquire(cell, op.session, op.file);
        case "release": {
          const file = fileOf(cell, op.file);
          return mayRelease(file, op.session, op.generation)
            ? [withFile(cell, op.file, { ...file, lock: "free" }), true]
            : [cell, false];
        }
        case "end-delay": {
          const file = fileOf(cell, op.file);
          const over = file.lock === "delayed" && file.generation === op.generation;
          return over ? [withFile(cell, op.file, { ...file, lock: "free" }), true] : [cell, false];
        }
        case "session": {
          const standing: Standing = { epoch: cell.epoch, alive: cell.sessions[op.session] !== undefined };
          return [cell, standing];
        }
        default:
          return never(op);
      }
    },
    isRead: ({ f }) => f === "read" || f === "session",
  };
}
