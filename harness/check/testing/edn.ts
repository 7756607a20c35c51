/** A small reader of EDN, enough for recorded histories. For tests. */

/** What EDN holds here: a keyword `:read` is read as the string ":read", a map as a Map, lists and vectors as arrays. */
export type Edn = null | boolean | number | string | readonly Edn[] | ReadonlyMap<Edn, Edn>;

const TOKEN = /[\s,]*(?:;[^\n]*\n?[\s,]*)*("(?:\\.|[^"\\])*"|[()[\]{}]|#\{|#_|#[\w.-]+|[^\s,()[\]{}";]+)/gy;
const CLOSING: Readonly<Record<string, string>> = { "(": ")", "[": "]", "{": "}", "#{": "}" };

/** All forms of a text, one after the other. */
export function readEdn(text: string): readonly Edn[] {
  const tokens = [...text.matchAll(TOKEN)].map((match) => match[1]!);
  let at = 0;

  const form = (): Edn => {
    const token = tokens[at++];
    if (token === undefined) throw new Error("The EDN text ends in the middle of a form.");
    const closing = CLOSING[token];
    if (closing !== undefined) return collection(token, closing);
    if (token === "#_") {
      form();
      return form();
    }
    if (token.startsWith("#")) return form();
    if (token.startsWith('"')) return JSON.parse(token) as string;
    if (token === "nil") return null;
    if (token === "true" || token === "false") return token === "true";
    const number = Number(token);
    return Number.isNaN(number) ? token : number;
  };

  const collection = (opening: string, closing: string): Edn => {
    const items: Edn[] = [];
    while (tokens[at] !== closing) items.push(form());
    at++;
    if (opening !== "{") return items;
    const map = new Map<Edn, Edn>();
    for (let i = 0; i < items.length; i += 2) map.set(items[i]!, items[i + 1]!);
    return map;
  };

  const forms: Edn[] = [];
  while (at < tokens.length) forms.push(form());
  return forms;
}
