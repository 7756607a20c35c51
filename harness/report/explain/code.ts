/** What an explanation is. */

/** A sentence that the tool says, or a family of them, explained. */
export interface Code {
  /** Short words with dashes between: what is typed after `seedquake explain`. */
  readonly code: string;
  /** One line, for the list. */
  readonly title: string;
  /** What the sentences have in common: parts of them that no other sentence has. */
  readonly says: readonly RegExp[];
  /** One such sentence, as a user meets it. */
  readonly example: string;
  /** What it means and why the tool sees it so. */
  readonly means: string;
  /** What it usually comes from. */
  readonly causes?: readonly string[];
  /** What to do: sentences, with commands in backquotes. */
  readonly todo: readonly string[];
}

export interface Group {
  readonly title: string;
  readonly codes: readonly Code[];
}
