/** A small strict reader of XML, for tests: it throws at what is not well-formed, and returns the elements as a tree. */

export interface XmlNode {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly XmlNode[];
  readonly text: string;
}

const entities: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };

function unescaped(text: string): string {
  if (/[<]/.test(text)) throw new Error(`a bare < in ${JSON.stringify(text)}`);
  for (const character of text) {
    const code = character.codePointAt(0)!;
    const allowed =
      code >= 0x20 ? code < 0xd800 || (code > 0xdfff && code < 0xfffe) || code > 0xffff : [9, 10, 13].includes(code);
    if (!allowed) throw new Error(`the character ${code.toString(16)} may not stand in XML`);
  }
  return text.replace(/&([^;]*);?/g, (whole, name: string) => {
    const known = name.startsWith("#") ? String.fromCodePoint(Number(name.slice(1))) : entities[name];
    if (known === undefined || !whole.endsWith(";")) throw new Error(`${whole} is no entity`);
    return known;
  });
}

function attributesOf(text: string): Record<string, string> {
  const attributes: Record<string, string> = {};
  const rest = text.replace(/\s+([\w-]+)="([^"]*)"/g, (_whole, name: string, value: string) => {
    if (name in attributes) throw new Error(`the attribute ${name} stands twice`);
    attributes[name] = unescaped(value);
    return "";
  });
  if (rest.trim() !== "") throw new Error(`no attribute: ${rest}`);
  return attributes;
}

/** The root element of a document. */
export function wellFormed(document: string): XmlNode {
  const declaration = /^<\?xml version="1\.0" encoding="UTF-8"\?>\n/.exec(document);
  if (declaration === null) throw new Error("no XML declaration");
  const top = { name: "", attributes: {}, children: [] as XmlNode[], text: "" };
  const open: { name: string; attributes: Record<string, string>; children: XmlNode[]; text: string }[] = [top];
  let rest = document.slice(declaration[0].length);
  while (rest !== "") {
    const piece = /^(?:<(\/?)([\w-]+)((?:\s+[\w-]+="[^"]*")*)\s*(\/?)>|([^<]+))/.exec(rest);
    if (piece === null) throw new Error(`not well-formed at ${JSON.stringify(rest.slice(0, 60))}`);
    const [whole, closing, name = "", attributes = "", empty, text] = piece;
    rest = rest.slice(whole.length);
    const current = open.at(-1)!;
    if (text !== undefined) current.text += unescaped(text);
    else if (closing === "/") {
      if (current.name !== name) throw new Error(`</${name}> closes <${current.name}>`);
      open.pop();
      open.at(-1)!.children.push(current);
    } else if (empty === "/") current.children.push({ name, attributes: attributesOf(attributes), children: [], text: "" });
    else open.push({ name, attributes: attributesOf(attributes), children: [], text: "" });
  }
  if (open.length !== 1) throw new Error(`<${open.at(-1)!.name}> is not closed`);
  if (top.children.length !== 1 || top.text.trim() !== "") throw new Error("a document has one root");
  return top.children[0]!;
}
