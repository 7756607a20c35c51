/** Journals of several machines put together: whether they belong together, and what they hold of each campaign. Pure. */

import type { Asked, JournalFile } from "./journal.ts";
import { askedOtherwise } from "./journal.ts";
import { LoadError } from "./load.ts";
import type { Entry } from "./slices.ts";

export interface Merged {
  readonly asked: Asked;
  readonly entries: ReadonlyMap<string, readonly Entry[]>;
}

/** @throws LoadError with a sentence when they are not of one suite, or a shard is there twice or not at all. */
export function mergeJournals(files: readonly JournalFile[]): Merged {
  const [first] = files;
  if (first === undefined) throw new LoadError("expected the reports of at least one shard, found none");
  const by = new Map<number, JournalFile>();
  for (const file of files) {
    const otherwise = askedOtherwise(first.head, file.head);
    if (otherwise !== undefined)
      throw new LoadError(`${first.path} and ${file.path} are not of one suite; they differ in ${otherwise}`);
    const [one, other] = [first.head.shard, file.head.shard];
    if (one?.of !== other?.of)
      throw new LoadError(
        `${first.path} and ${file.path} are not of one suite: one is of ${one?.of ?? 1} shards, the other of ${other?.of ?? 1}`,
      );
    const index = other?.index ?? 1;
    const before = by.get(index);
    if (before !== undefined)
      throw new LoadError(`${before.path} and ${file.path} are both of shard ${index}; leave one of them away`);
    by.set(index, file);
  }
  const of = first.head.shard?.of ?? 1;
  const lacking = Array.from({ length: of }, (_, i) => i + 1).filter((index) => !by.has(index));
  if (lacking.length > 0) {
    const which = lacking.length === 1 ? `shard ${lacking[0]} is` : `shards ${lacking.join(", ")} are`;
    throw new LoadError(`${which} missing, of ${of}; name the reports of all of them`);
  }
  const entries = new Map<string, Entry[]>();
  for (const file of files) for (const [key, all] of file.entries) entries.set(key, [...(entries.get(key) ?? []), ...all]);
  const { journal: _journal, shard: _shard, ...asked } = first.head;
  return { asked, entries };
}
