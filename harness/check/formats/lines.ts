/** Cuts a text that comes in pieces into its lines. */

import type { EventReader } from "./event.ts";

/** Hands on each line with its number, without its end ("\n" or "\r\n"). */
export function lineReader(take: (line: string, number: number) => void): EventReader {
  let rest = "";
  let number = 0;
  const hand = (line: string): void => take(line.endsWith("\r") ? line.slice(0, -1) : line, ++number);
  return {
    feed(chunk) {
      let from = 0;
      for (let to = chunk.indexOf("\n"); to !== -1; to = chunk.indexOf("\n", from)) {
        hand(rest === "" ? chunk.slice(from, to) : rest + chunk.slice(from, to));
        rest = "";
        from = to + 1;
      }
      rest += chunk.slice(from);
    },
    end() {
      if (rest !== "") hand(rest);
      rest = "";
    },
  };
}
