/** Equal plain data gets equal text, and different data different text: what the memo may compare states and inputs by. */

/**
 * A text that two values share exactly when they hold the same plain data (fields of an object in any order), or
 * `undefined` when there is something in the value whose contents cannot be read: a class instance, a function, a symbol.
 */
export function fingerprint(value: unknown): string | undefined {
  switch (typeof value) {
    case "string":
      return JSON.stringify(value);
    case "number":
      return Object.is(value, -0) ? "-0" : `${value}`;
    case "bigint":
      return `${value}n`;
    case "boolean":
    case "undefined":
      return `${value}`;
    case "object":
      break;
    default:
      return undefined;
  }
  if (value === null) return "null";
  if (Array.isArray(value)) return list("[", value, "]");
  if (value instanceof Map) return list("map(", [...value].flat(1), ")");
  if (value instanceof Set) return list("set(", [...value], ")");
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) return undefined;
  return fields(value as Readonly<Record<string, unknown>>);
}

/** The names of what operations asked for, each worked out once: equal for equal inputs. What has no fingerprint is like nothing else. */
export class Names {
  readonly #names = new Map<unknown, unknown>();

  of({ input }: { readonly input: unknown }): unknown {
    if (typeof input !== "object") return fingerprint(input) ?? input;
    let name = this.#names.get(input);
    if (name === undefined) {
      name = fingerprint(input) ?? input;
      this.#names.set(input, name);
    }
    return name;
  }
}

function list(open: string, items: readonly unknown[], close: string): string | undefined {
  let text = open;
  for (let i = 0; i < items.length; i++) {
    const item = fingerprint(items[i]);
    if (item === undefined) return undefined;
    text += i === 0 ? item : `,${item}`;
  }
  return text + close;
}

function fields(record: Readonly<Record<string, unknown>>): string | undefined {
  let text = "{";
  for (const name of Object.keys(record).sort()) {
    const field = fingerprint(record[name]);
    if (field === undefined) return undefined;
    text += `${text === "{" ? "" : ","}${JSON.stringify(name)}:${field}`;
  }
  return `${text}}`;
}
