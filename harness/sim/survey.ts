/** Taking stock of a run's outside acts by the calls that lead to them: what there is to mutate. Changes nothing in the run. */

import { Effects } from "./effects.ts";
import { handlers } from "./handling.ts";
import { typeOf } from "./moments.ts";
import { type ActWord, actOf } from "./mutation.ts";
import { callPath } from "./sites.ts";

/** One kind of act, and one way of calls that led to it. Plain data. */
export interface Way {
  readonly word: ActWord | "handled";
  /** As an Act's; of "handled", what was handled: "request", "message vote". */
  readonly name: string;
  /** The innermost line first. */
  readonly path: readonly string[];
  /** In a handler that told something afterwards; of a write, with a sync between. */
  readonly beforeTelling: boolean;
}

export class Survey {
  readonly effects: Effects = new SurveyedEffects(this);
  private ways = new Map<string, Way>();
  /** What may yet be told of, in this handler: syncs, and writes that a sync has covered. */
  private synced: Way[] = [];
  private written: Way[] = [];
  private heading: string | undefined = undefined;

  /** A handler begins. */
  enter(kind: number, subject: unknown): void {
    this.synced = [];
    this.written = [];
    this.heading = kind === handlers.request ? "request" : kind === handlers.message ? `message ${typeOf(subject)}` : undefined;
  }

  add(kind: number, subject: unknown, detail: unknown, number: number): void {
    const act = actOf(kind, subject, detail, number);
    if (act === undefined) return;
    const path = callPath();
    if (path.length === 0) return;
    if (this.heading !== undefined) {
      this.note({ word: "handled", name: this.heading, path: path.slice(-1), beforeTelling: false });
      this.heading = undefined;
    }
    const way: Way = { ...act, path, beforeTelling: false };
    this.note(way);
    if (act.word === "write") this.written.push(way);
    else if (act.word === "sync") {
      this.synced = [way, ...this.written];
      this.written = [];
    } else if (act.word === "send" || act.word === "reply") {
      for (const told of this.synced) this.note({ ...told, beforeTelling: true });
      this.synced = [];
      this.written = [];
    }
  }

  private note(way: Way): void {
    const key = `${way.word}|${way.name}|${way.beforeTelling}|${way.path.join("+")}`;
    if (!this.ways.has(key)) this.ways.set(key, way);
  }

  /** What was found since the last time. */
  take(): readonly Way[] {
    const found = [...this.ways.values()];
    this.ways = new Map();
    return found;
  }
}

class SurveyedEffects extends Effects {
  private readonly survey: Survey;

  constructor(survey: Survey) {
    super();
    this.survey = survey;
  }

  override add(kind: number, subject: unknown, detail: unknown, number: number, hash: number): boolean {
    this.survey.add(kind, subject, detail, number);
    return super.add(kind, subject, detail, number, hash);
  }
}
