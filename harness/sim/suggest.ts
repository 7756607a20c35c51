/** "did you mean": the known word nearest to what somebody wrote. */

/** The known word that needs the fewest changed letters, when that is few enough to be a slip. */
export function closest(word: string, known: readonly string[]): string | undefined {
  let best: string | undefined;
  // Up to a third of the letters; of two letters none, or every "n9" would be a slip of "n1".
  let fewest = word.length < 3 ? 1 : Math.max(1, Math.floor(word.length / 3)) + 1;
  for (const candidate of known) {
    const changes = distance(word.toLowerCase(), candidate.toLowerCase());
    if (changes < fewest) {
      best = candidate;
      fewest = changes;
    }
  }
  return best;
}

/** The end of an error's sentence: `did you mean "crash"?`, or else all that could have been meant. */
export function didYouMean(word: string, known: readonly string[]): string {
  const best = closest(word, known);
  if (best !== undefined) return `did you mean "${best}"?`;
  return known.length === 0 ? "there is none" : `expected ${known.length === 1 ? known[0] : `one of ${known.join(", ")}`}`;
}

/** Letters inserted, left out, changed, or swapped with their neighbour, to make `a` into `b`. */
function distance(a: string, b: string): number {
  let before: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      let least = Math.min(last[j]! + 1, row[j - 1]! + 1, last[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) least = Math.min(least, before[j - 2]! + 1);
      row.push(least);
    }
    before = last;
    last = row;
  }
  return last[b.length]!;
}
