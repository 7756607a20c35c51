/** Where the bars of a history stand: a row for each process, and what its axis is made of. */

import type { PageHistory, PageOperation } from "../html/model.ts";

export interface Row {
  readonly name: string;
  /** Places of its operations in the history. */
  readonly operations: readonly number[];
}

/** By process in order of its number; a client's processes (it goes on under a new one when nobody knows what became of the last) stand together. */
export function historyRows({ operations }: PageHistory, part: string | undefined): Row[] {
  const rows = new Map<string, number[]>();
  const order = operations.map((_operation, place) => place);
  const shown = order.filter((place) => part === undefined || operations[place]!.part === part);
  shown.sort((a, b) => compare(operations[a]!, operations[b]!));
  for (const place of shown) {
    const { client, process } = operations[place]!;
    const name = client === undefined ? `process ${process}` : `${client} (${process})`;
    const row = rows.get(name);
    if (row === undefined) rows.set(name, [place]);
    else row.push(place);
  }
  return [...rows].map(([name, own]) => ({ name, operations: own }));
}

function compare(a: PageOperation, b: PageOperation): number {
  const [one, other] = [a.client ?? "", b.client ?? ""];
  return (one === other ? 0 : one < other ? -1 : 1) || a.process - b.process || a.fromUs - b.fromUs;
}

/** The independent parts of a history, the most disputed first. */
export function partsOf({ operations, judged }: PageHistory): string[] {
  const parts = [...new Set(operations.flatMap(({ part }) => (part === undefined ? [] : [part])))].sort();
  const disputed = judged?.part;
  return disputed === undefined ? parts : [disputed, ...parts.filter((part) => part !== disputed)];
}

/** Where the operations of an order may have taken effect: one after the other, each in its own time. */
export function orderPoints(
  history: PageHistory,
  part: string | undefined,
): { readonly operation: number; readonly atUs: number; readonly state: string; readonly nth: number }[] {
  const order = history.judged?.order ?? [];
  return order
    .map((point, i) => ({ ...point, nth: i + 1 }))
    .filter(({ operation }) => part === undefined || history.operations[operation]!.part === part);
}
