/** Interrupts of a long command: at the first it finishes what is under way, at the second it stops at once. */

import { complain, exit } from "./terminal.ts";

export interface Interrupts {
  /** Whether there was one. */
  readonly came: () => boolean;
  /** From here on they end the process again. */
  readonly release: () => void;
}

export function catchInterrupts(): Interrupts {
  let count = 0;
  const interrupt = (): void => {
    if (++count > 1) process.exit(exit.interrupted);
    complain("interrupted: finishing what is under way and keeping what was found (once more to stop at once)");
  };
  process.on("SIGINT", interrupt).on("SIGTERM", interrupt);
  return {
    came: () => count > 0,
    release: () => void process.off("SIGINT", interrupt).off("SIGTERM", interrupt),
  };
}
