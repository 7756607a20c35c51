/** What nodes showed of themselves through `inspect()`, after each handler: only the fields that changed. Kept only beside a trace. */

import { inspected } from "./inspected.ts";
import type { Journal } from "./journal.ts";
import type { SimNode } from "./node.ts";
import { shown } from "./shown.ts";
import type { NodeState } from "./trace.ts";

export class States {
  readonly all: NodeState[] = [];
  private readonly journal: Journal;
  private readonly last = new Map<SimNode, { readonly incarnation: number; texts: Map<string, string> }>();

  constructor(journal: Journal) {
    this.journal = journal;
  }

  /** A handler of the node has returned; its effects are still to be applied. */
  after(node: SimNode): void {
    const { incarnation } = node;
    const known = this.last.get(node);
    const before = known?.incarnation === incarnation ? known.texts : undefined;
    const texts = new Map<string, string>();
    const changed: Record<string, unknown> = {};
    for (const [name, value] of Object.entries(this.ask(node))) {
      const text = textOf(value);
      texts.set(name, text);
      if (before?.get(name) !== text) changed[name] = value;
    }
    const gone = before === undefined ? [] : [...before.keys()].filter((name) => !texts.has(name));
    this.last.set(node, { incarnation, texts });
    if (before !== undefined && gone.length === 0 && Object.keys(changed).length === 0) return;
    this.all.push({
      n: this.journal.trace.length,
      node: node.id,
      first: before === undefined,
      changed,
      ...(gone.length === 0 ? {} : { gone }),
    });
  }

  private ask(node: SimNode): Readonly<Record<string, unknown>> {
    try {
      const state = inspected(node, shown);
      const isFields = typeof state === "object" && state !== null && !Array.isArray(state);
      return isFields ? (state as Readonly<Record<string, unknown>>) : { state };
    } catch (error) {
      return { "inspect() failed": error instanceof Error ? error.message : String(error) };
    }
  }
}

function textOf(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) => (typeof inner === "bigint" ? `${inner}n` : inner)) ?? "";
}
