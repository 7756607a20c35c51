/**
 * The class of a node's state: what its `inspect()` shows with all that only counts taken out, so that states which a protocol treats
 * alike mostly fall into one, and a corpus is not drowned in novelty.
 *
 * Booleans and words stay as they are; of a number stays whether it is none, one or more, of the name of a node whether it is one's own, of
 * any other text whether there is one, and of a collection whether it holds none, one or several, and which classes of members.
 */

import type { NodeId } from "../../protocol.ts";
import { finish, hashText, mix } from "../../sim/index.ts";

/** Below a field of the state and below a member of its collections only plain values count. */
const deepest = 1;
/** Of a collection so many members are looked at: of a list its last ones, where it grows. */
const mostMembers = 8;
/** The longest text that may be one of a few words: longer ones are data. */
const longestWord = 24;

/** Kinds of values, apart from each other and from any word. */
const kind = {
  none: 1,
  false: 2,
  true: 3,
  number: 4,
  self: 5,
  other: 6,
  text: 7,
  word: 8,
  members: 9,
  fields: 10,
  deep: 11,
  code: 12,
  failed: 13,
} as const;

/** Lets one look at its state: see `Handled`. */
interface Shows {
  inspected<T>(read: (state: unknown) => T): T;
}

/** Makes the classes of one run's states. `nodes` are all names, those of clients too. */
export class StateClasses {
  private readonly nodes: ReadonlySet<NodeId>;
  private readonly texts = new Map<string, number>();
  private readonly names = new Map<string, number>();
  private self: NodeId = "";

  constructor(nodes: Iterable<NodeId>) {
    this.nodes = new Set(nodes);
  }

  /** A hash. Never throws: all that cannot be looked at is one class. */
  of(node: Shows, self: NodeId): number {
    this.self = self;
    try {
      return finish(node.inspected((state) => this.value(state, 0)));
    } catch {
      return kind.failed;
    }
  }

  private value(value: unknown, depth: number): number {
    switch (typeof value) {
      case "undefined":
        return kind.none;
      case "boolean":
        return value ? kind.true : kind.false;
      case "number":
        return mix(kind.number, magnitude(value));
      case "bigint":
        return mix(kind.number, magnitude(Number(value)));
      case "string":
        return this.text(value);
      case "object":
        return value === null ? kind.none : this.object(value, depth);
      default:
        return kind.code;
    }
  }

  private text(text: string): number {
    const known = this.texts.get(text);
    if (known !== undefined) return known === kind.other && text === this.self ? kind.self : known;
    const made = this.nodes.has(text) ? kind.other : isWord(text) ? mix(kind.word, hashText(text)) : kind.text;
    this.texts.set(text, made);
    return this.text(text);
  }

  private object(value: object, depth: number): number {
    if (depth > deepest) return kind.deep;
    if (Array.isArray(value)) return this.members(value.length, last(value), depth);
    if (value instanceof Map) return this.members(value.size, value.values(), depth);
    if (value instanceof Set) return this.members(value.size, value, depth);
    if (ArrayBuffer.isView(value)) return mix(kind.members, Math.min(value.byteLength, 2));
    return this.fields(value as Readonly<Record<string, unknown>>, depth);
  }

  /** Their order, and how many there are of each class, have no part in it. */
  private members(count: number, values: Iterable<unknown>, depth: number): number {
    const hash = mix(kind.members, Math.min(count, 2));
    if (count === 0) return hash;
    const classes = new Set<number>();
    let left = mostMembers;
    for (const value of values) {
      classes.add(finish(this.value(value, depth + 1)));
      if (--left === 0) break;
    }
    return mix(hash, sum(classes));
  }

  /** Of a record, in whatever order its fields stand; one whose keys are all data (names of nodes, ids) is a map. */
  private fields(record: Readonly<Record<string, unknown>>, depth: number): number {
    const keys = Object.keys(record);
    if (keys.length > 0 && keys.every((key) => this.nodes.has(key) || !isWord(key))) {
      return this.members(keys.length, Object.values(record), depth);
    }
    let total = 0;
    for (const key of keys) {
      const field = record[key];
      if (field === undefined || typeof field === "function") continue;
      total = (total + finish(mix(this.name(key), this.value(field, depth + 1)))) | 0;
    }
    return mix(kind.fields, total);
  }

  private name(key: string): number {
    let hash = this.names.get(key);
    if (hash === undefined) {
      hash = hashText(key);
      this.names.set(key, hash);
    }
    return hash;
  }
}

/** What has a digit in it is counted or numbered: an id, a key, a time. */
function isWord(text: string): boolean {
  return text.length <= longestWord && !/\d/.test(text);
}

/** None, one or several, which is what protocols tell apart: finer steps were measured to make nearly every run a new one. */
function magnitude(value: number): number {
  if (Number.isNaN(value)) return 3;
  return value < 0 ? -1 : value === 0 ? 0 : value < 2 ? 1 : 2;
}

/** In no order. */
function sum(classes: ReadonlySet<number>): number {
  let total = 0;
  for (const one of classes) total = (total + one) | 0;
  return total;
}

function last(list: readonly unknown[]): readonly unknown[] {
  return list.length <= mostMembers ? list : list.slice(-mostMembers);
}
