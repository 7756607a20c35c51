/** A run with a planted bug: a mutation at work, wherever its call site comes by. Everything else stays as it was. */

import { Damaged, type DiskWrite } from "./disk.ts";
import { Effects, effectKind } from "./effects.ts";
import { typeOf } from "./moments.ts";
import { type ActWord, actOf, actOfOperator, isMeant, type Mutation } from "./mutation.ts";
import { channelNumber, type Scheduled, type SimNode, scheduledKind } from "./node.ts";
import type { Parts } from "./parts.ts";
import { freezeAndHash } from "./plain.ts";
import { callPath } from "./sites.ts";

/** An effect that keeps its place among the others and does nothing. */
export interface Hollow {
  readonly kind: number;
  readonly subject: unknown;
  readonly detail: unknown;
  readonly number: number;
  readonly hash: number;
  /** Known when it was recorded, or to be found out when its turn comes. */
  readonly matters: boolean | undefined;
}

/** What became of a mutation in one run. */
export interface MutationSeen {
  /** How often its place was passed. */
  readonly executed: number;
  /** How often something was otherwise for it: a sync that had something to make durable, a write with another value than before. */
  readonly mattered: number;
  /** How often that could have come out: a node came back from a crash with a record that lacks a write. */
  readonly tested: number;
  /** How often a crash fell between what was told too early and what should have come before; absent where the digest shows it. */
  readonly exposed?: number;
}

/** Told late, and not yet made good. */
interface Window {
  /** Messages sent in the whole run when the handler began. */
  readonly messages: number;
}

export class Mutating {
  readonly mutation: Mutation;
  readonly effects: Effects;
  private readonly parts: Parts;
  private readonly word: ActWord | undefined;
  private readonly isLate: boolean;
  private readonly counts = { executed: 0, mattered: 0, tested: 0, exposed: 0 };
  private node: SimNode | undefined = undefined;
  /** late-*: the places of those that are meant, among the effects of this handler. */
  private readonly late: number[] = [];
  private readonly windows = new Map<SimNode, Window>();
  /** no-write: nodes whose disk lacks something. */
  private readonly lacking = new Set<SimNode>();
  /** older: the versions of each record, by node. */
  private readonly versions = new Map<SimNode, Map<string, { readonly hash: number; readonly value: unknown }[]>>();
  private readonly logs = new Map<SimNode, Set<string>>();
  /** twice: what is under way a second time. */
  private readonly again = new Set<Scheduled>();

  constructor(parts: Parts, mutation: Mutation) {
    this.parts = parts;
    this.mutation = mutation;
    this.word = actOfOperator[mutation.operator];
    this.isLate = mutation.operator.startsWith("late-");
    this.effects = new MutatedEffects(this);
  }

  get seen(): MutationSeen {
    const { executed, mattered, tested, exposed } = this.counts;
    return { executed, mattered, tested, ...(this.isLate ? { exposed } : {}) };
  }

  /** A handler of this node begins: all that its last one recorded has taken effect. */
  enter(node: SimNode): void {
    this.node = node;
    this.late.length = 0;
    if (this.windows.has(node) && (this.word === "sync" || node.disk.unsynced === 0)) this.windows.delete(node);
  }

  /** What is to be recorded in the place of this: undefined for the effect itself. */
  instead(kind: number, subject: unknown, detail: unknown, number: number, hash: number): Hollow | undefined {
    const { word, mutation, parts } = this;
    if (mutation.operator === "older") {
      if (kind === effectKind.disk) this.keep(subject as DiskWrite, hash);
      return undefined;
    }
    if (word === undefined || parts.handling.active === undefined) return undefined;
    const act = actOf(kind, subject, detail, number);
    if (act === undefined || act.word !== word || !isMeant(mutation, act, callPath)) return undefined;
    const changes = kind !== effectKind.disk || this.changes(subject as DiskWrite, hash);
    if (this.isLate) {
      if (changes) this.late.push(this.effects.count);
      else this.counts.executed++;
      return undefined;
    }
    this.counts.executed++;
    // A write that changes nothing is left alone: then nothing at all is otherwise.
    if (!changes) return undefined;
    if (kind === effectKind.disk) this.lacking.add(this.node!);
    const matters = word === "write" || word === "send" || word === "reply" ? true : undefined;
    if (matters) this.counts.mattered++;
    return { kind, subject, detail, number, hash, matters };
  }

  /** Whether the disk reads otherwise after this write. */
  private changes(write: DiskWrite, hash: number): boolean {
    const { disk } = this.node!;
    if (write.kind === "append") return true;
    if (write.kind === "truncate") return disk.log(write.name).length > write.length;
    return hashOf(disk.read(write.name)) !== hash;
  }

  /** The handler has returned: what is late moves behind what is told next. */
  rewrite(): void {
    const { effects, late } = this;
    for (let i = late.length - 1; i >= 0; i--) {
      const at = late[i]!;
      const last = this.word === "sync" ? this.lastTold(at + 1) : this.lastTold(this.nextSync(at + 1));
      if (last < 0) continue;
      this.counts.executed++;
      if (this.word === "sync" && !this.covers(at)) continue;
      this.counts.mattered++;
      this.windows.set(this.node!, { messages: this.parts.post.messages });
      this.tell(this.node!, `here a ${this.word} comes after what is told next`);
      effects.delay(this.alongWith(at, last), last);
    }
    late.length = 0;
  }

  /** The last of the tellings from here until the disk is touched again; -1 when there is none. */
  private lastTold(from: number): number {
    const { kinds, count } = this.effects;
    let last = -1;
    for (let i = from; i >= 0 && i < count; i++) {
      if (kinds[i] === effectKind.send || kinds[i] === effectKind.done) last = i;
      if (kinds[i] === effectKind.sync || (last >= 0 && kinds[i] === effectKind.disk)) break;
    }
    return last;
  }

  /** The place behind the next sync; -1 when there is none, as then the write is told of before it is durable in any case. */
  private nextSync(from: number): number {
    const { kinds, count } = this.effects;
    for (let i = from; i < count; i++) {
      if (kinds[i] === effectKind.sync) return i + 1;
      if (kinds[i] === effectKind.send || kinds[i] === effectKind.done) return -1;
    }
    return -1;
  }

  /** Whether this sync has anything to make durable. */
  private covers(at: number): boolean {
    const { kinds } = this.effects;
    for (let i = at - 1; i >= 0; i--) {
      if (kinds[i] === effectKind.sync) return false;
      if (kinds[i] === effectKind.disk) return true;
    }
    return this.node!.disk.unsynced > 0;
  }

  /** Later writes to the same record or log go with it, as their order stays. */
  private alongWith(at: number, last: number): number[] {
    const { kinds, subjects } = this.effects;
    const found = [at];
    if (kinds[at] !== effectKind.disk) return found;
    const { name } = subjects[at] as DiskWrite;
    for (let i = at + 1; i < last; i++) {
      if (kinds[i] === effectKind.disk && (subjects[i] as DiskWrite).name === name) found.push(i);
    }
    return found;
  }

  /** The turn of what does nothing has come. */
  turn(node: SimNode, hollow: Hollow): void {
    if (hollow.matters === undefined && mattersNow(node, hollow)) this.counts.mattered++;
  }

  private tell(node: SimNode, sentence: string): void {
    const { journal } = this.parts;
    if (journal.tracing) journal.record(node.id, 0, { kind: "log", message: `mutation: ${sentence}` });
  }

  // Crashes

  /** Before the disk has lost anything. */
  falls(node: SimNode): void {
    const window = this.windows.get(node);
    if (window === undefined) return;
    this.windows.delete(node);
    // A late write may not even have had its turn: that something was told is what counts.
    const due = this.word === "write" || node.disk.unsynced > 0;
    if (due && this.parts.post.messages > window.messages) this.counts.exposed++;
  }

  fell(node: SimNode): void {
    if (this.lacking.has(node)) this.counts.tested++;
    if (this.mutation.operator === "older") this.goBack(node);
  }

  private keep(write: DiskWrite, hash: number): void {
    const { name } = this.mutation;
    if (name !== "*" && name !== write.name) return;
    const node = this.node!;
    if (write.kind !== "write") {
      named(this.logs, node, () => new Set<string>()).add(write.name);
      return;
    }
    const versions = named(
      named(this.versions, node, () => new Map<string, { hash: number; value: unknown }[]>()),
      write.name,
      () => [],
    );
    if (versions.at(-1)?.hash !== hash) versions.push({ hash, value: write.value });
  }

  private goBack(node: SimNode): void {
    const { disk } = node;
    let went = false;
    for (const [name, versions] of this.versions.get(node) ?? []) {
      const hash = hashOf(disk.read(name));
      const at = versions.findLastIndex((version) => version.hash === hash);
      if (at < 1) continue;
      versions.length = at;
      force(node, { kind: "write", name, value: versions.at(-1)!.value });
      this.tell(node, `${name} comes back one write older`);
      went = true;
    }
    for (const name of this.logs.get(node) ?? []) {
      const { length } = disk.log(name);
      if (length === 0) continue;
      force(node, { kind: "truncate", name, length: length - 1 });
      this.tell(node, `${name} comes back without its last entry`);
      went = true;
    }
    if (!went) return;
    this.counts.executed++;
    this.counts.mattered++;
    this.counts.tested++;
  }

  // Deliveries

  /** Whether this is handled, and then once more. */
  doubles(node: SimNode, event: Scheduled): boolean {
    const { operator, name } = this.mutation;
    if (operator !== "twice" || event.kind !== scheduledKind.deliver) return false;
    if (this.again.delete(event)) return false;
    const isMeant =
      event.channel === channelNumber.request
        ? !node.isClient && name === "request"
        : event.channel === channelNumber.message && name === `message ${typeOf(event.subject)}`;
    if (!isMeant) return false;
    this.again.add(event);
    this.tell(node, `${name} is handled twice`);
    this.counts.executed++;
    this.counts.mattered++;
    return true;
  }

  /** What a trace says of an effect that does nothing. */
  static told({ kind, subject }: Hollow): string {
    const name =
      kind === effectKind.disk ? ` of ${(subject as DiskWrite).name}` : typeof subject === "string" ? ` ${subject}` : "";
    const words: Readonly<Record<number, string>> = {
      [effectKind.sync]: "sync",
      [effectKind.disk]: "write",
      [effectKind.send]: "send",
      [effectKind.done]: "answer",
      [effectKind.setTimer]: "timer",
      [effectKind.cancelTimer]: "cancelling of",
    };
    return `mutation: here a ${words[kind]}${name} is left out`;
  }
}

/** Whether it would have done something. */
function mattersNow(node: SimNode, { kind, subject, number, hash }: Hollow): boolean {
  if (kind === effectKind.sync) return node.disk.unsynced > 0;
  const timer = node.timers.get(subject as string);
  if (kind === effectKind.cancelTimer) return timer?.armed === true;
  return !(timer?.armed === true && timer.dueElapsedUs === number && timer.hash === hash);
}

/** Only worlds with a mutation have these: what others record costs what it did. */
class MutatedEffects extends Effects {
  private readonly mutating: Mutating;

  constructor(mutating: Mutating) {
    super();
    this.mutating = mutating;
  }

  override add(kind: number, subject: unknown, detail: unknown, number: number, hash: number): boolean {
    const hollow = this.mutating.instead(kind, subject, detail, number, hash);
    if (hollow === undefined) return super.add(kind, subject, detail, number, hash);
    super.add(effectKind.hollow, hollow, undefined, 0, 0);
    return false;
  }
}

function named<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  let found = map.get(key);
  if (found === undefined) {
    found = make();
    map.set(key, found);
  }
  return found;
}

/** Of a record; undefined when there is none, or none that could be read. */
function hashOf(value: unknown): number | undefined {
  return value === undefined || value instanceof Damaged ? undefined : freezeAndHash(value);
}

/** Makes a write durable on the disk of a node that is down. */
function force({ disk }: SimNode, write: DiskWrite): void {
  disk.see(write);
  disk.written(write);
  disk.sync();
}
