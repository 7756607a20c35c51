/** What the YAML parser says, told in sentences that say what to do. */

import type { YAMLError } from "yaml";
import type { Flaw, Position } from "./problems.ts";

const indentation =
  "the indentation of this line does not fit: keys of one map begin in the same column, what belongs to a key stands two spaces deeper";

/** The first flaw only: most others follow from it. */
export function syntaxFlaws(text: string, errors: readonly YAMLError[], at: (offset: number) => Position): readonly Flaw[] {
  const first = errors.reduce<YAMLError | undefined>(
    (least, error) => (least === undefined || error.pos[0] < least.pos[0] ? error : least),
    undefined,
  );
  if (first === undefined) return [];
  const [offset] = first.pos;
  // Two lines taken for one key: the second is indented as if it went on with the first.
  const twoLines = errors.some((error) => error.code === "MULTILINE_IMPLICIT_KEY" && error.pos[0] === offset);
  if (twoLines) return [{ ...at(nextLine(text, offset)), message: indentation }];
  return [{ ...at(offset), message: told(first, text) }];
}

function told({ code, message, pos }: YAMLError, text: string): string {
  const said = message.charAt(0).toLowerCase() + message.slice(1);
  const bracket = /^Flow .* end with a (.)$/.exec(message);
  if (bracket !== null) return `a bracket that was opened above is not closed before this line; close it with ${bracket[1]}`;
  const quote = /^Missing closing (.)quote$/.exec(message);
  if (quote !== null) return `a text that began with a quote above never ends; close it with ${quote[1]}`;
  switch (code) {
    case "TAB_AS_INDENT":
      return "this line is indented with a tab, where YAML takes only spaces; put two spaces in its place";
    case "BAD_INDENT":
      return indentation;
    case "BLOCK_AS_IMPLICIT_KEY":
      if (!message.startsWith("Nested mappings")) return indentation;
      return 'this line holds a second "key:" after the first; put it on a line of its own, or in quotes when it is text';
    case "MULTIPLE_DOCS":
      return 'a second document begins here, where a file holds one scenario; put it into a file of its own, or take the line "---" out';
    case "TAG_RESOLVE_FAILED":
      return `the tag ${text.slice(...pos)} means nothing here; take it out, a scenario needs no tags`;
    case "RESOURCE_EXHAUSTION":
      return "this is nested too deeply to be a scenario";
    case "NON_STRING_KEY":
      return "expected a word as the key, found a list or a map";
    case "BAD_SCALAR_START":
    case "BAD_ALIAS":
      return `this is not YAML: ${said}; put the text in quotes`;
    default:
      if (message.startsWith("Implicit map keys need")) return 'this line has no colon; write "key: value"';
      return `this is not YAML: ${said}; look at the indentation, the colons and the quotes around here`;
  }
}

/** Where the next line that is not empty has its first character. */
function nextLine(text: string, offset: number): number {
  const rest = /\n[ \t\r\n]*(?=\S)/g;
  rest.lastIndex = offset;
  return rest.exec(text) === null ? offset : rest.lastIndex;
}
