/** One layout for all scenario files: keys in the order of the reference, two spaces, short collections as they were; comments stay. */

import { isMap, isScalar, Lexer, type Pair, parseDocument } from "yaml";
import { ScenarioError, sentence } from "./problems.ts";
import { topLevelKeys } from "./schema.ts";
import { readYaml } from "./yaml.ts";

/** What the lexer puts between the parts of a text, and no text holds. */
const marks: readonly string[] = ["\u0002", "\u0018", "\u001f"];

/** The text in its layout; the same data. Throws a ScenarioError when it is no YAML. */
export function formatScenario(text: string, file: string): string {
  const yaml = readYaml(text);
  if (!("data" in yaml)) throw new ScenarioError(yaml.map((flaw) => ({ file, ...flaw, message: sentence([], flaw.message) })));
  const document = parseDocument(text, { schema: "core", resolveKnownTags: false, stringKeys: true });
  if (isMap(document.contents)) document.contents.items = inOrder(document.contents.items);
  return withoutPadding(document.toString({ lineWidth: 0, indent: 2 }));
}

/** What is unknown comes last. A comment at the head of the file stays there. */
function inOrder<P extends Pair>(items: readonly P[]): P[] {
  const rank = ({ key }: P): number => {
    const place = topLevelKeys.indexOf(isScalar(key) ? String(key.value) : "");
    return place < 0 ? topLevelKeys.length : place;
  };
  const sorted = items.toSorted((a, b) => rank(a) - rank(b));
  const [before, after] = [items[0]?.key, sorted[0]?.key];
  if (before !== after && isScalar(before) && isScalar(after)) {
    const head = before.commentBefore;
    before.commentBefore = null;
    if (head != null) after.commentBefore = after.commentBefore == null ? head : `${head}\n${after.commentBefore}`;
    after.spaceBefore = false;
  }
  return sorted;
}

/** `[ a, b ]` as `[a, b]`. */
function withoutPadding(text: string): string {
  const tokens = [...new Lexer().lex(text)].filter((token) => !marks.includes(token));
  return tokens
    .filter(
      (token, i) =>
        !(
          /^ +$/.test(token) &&
          ((tokens[i - 1] === "[" && !/^[\n#]/.test(tokens[i + 1] ?? "")) ||
            (tokens[i + 1] === "]" && !tokens[i - 1]?.endsWith("\n")))
        ),
    )
    .join("");
}
