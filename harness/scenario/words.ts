/** The words that say when a fault happens. */

/** An item has at most one of them. */
export const whenWords = ["at", "every", "when", "before", "after"] as const;

/** Those of them that name a moment. */
export const places = ["when", "before", "after"] as const;

/** What a moment may be, each with what its name says. */
export const momentWords = {
  send: "a message of this type is sent",
  receive: "a message of this type arrives; request and answer are those of clients",
  write: "the record or log of this name is written",
  sync: "a sync takes place (always: any)",
  reply: "a client is answered: ok, fail or redirect",
  timer: "the timer of this name fires",
  fact: "a fact of this name is stated",
  effect: "anything that has an effect is done (always: any)",
} as const;

export type MomentWord = keyof typeof momentWords;

/** These have no names. */
export const nameless: readonly MomentWord[] = ["sync", "effect"];

/** Instead of a name: whatever it is called. */
export const anyName = "any";

/** Under `before` or `after`: one effect after the other, each in a run of its own. */
export const everyEffect = "every effect";
