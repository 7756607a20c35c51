/** Work in turn, where the next may begin before the one before it is done: results come in order, no matter what ends first. */

export interface InTurn<T> {
  readonly count: number;
  /** How many may be under way besides the one whose result is waited for. */
  readonly ahead: number;
  /** `passed` is called once the next one may begin; when it is not, that is when this one is done. */
  readonly begin: (turn: number, passed: () => void) => Promise<T>;
  /** Asked before each one begins. */
  readonly more: () => boolean;
}

/** What is under way when nobody asks for more is not waited for. */
export async function* inTurn<T>({ count, ahead, begin, more }: InTurn<T>): AsyncGenerator<T, void> {
  const begun: Promise<T>[] = [];
  let told = 0;
  let free = true;
  const top = (): void => {
    while (free && begun.length < count && begun.length - told <= ahead && more()) {
      free = false;
      const turn = begun.length;
      const passed = (): void => {
        if (turn !== begun.length - 1) return;
        free = true;
        top();
      };
      const done = begin(turn, passed);
      begun.push(done);
      // What went wrong is told where the result is waited for, and nothing begins after it.
      done.then(passed, () => undefined);
    }
  };
  for (; ; told++) {
    top();
    if (told === begun.length) return;
    yield await begun[told]!;
  }
}
