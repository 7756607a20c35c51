/** A copy of any value as plain data, to be looked at: what `inspect()` returns may hold maps, instances, circles and functions. */

/** How deep is looked, and how many items of one collection are copied. */
const deepest = 8;
const most = 200;

/** Maps become objects, sets become lists, instances their fields; functions and what is undefined are left out. */
export function shown(value: unknown): unknown {
  return copy(value, [], 0);
}

function copy(value: unknown, above: readonly object[], depth: number): unknown {
  switch (typeof value) {
    case "number":
      return Number.isFinite(value) ? value : String(value);
    case "symbol":
    case "function":
      return `(${typeof value})`;
    case "object":
      break;
    default:
      return value;
  }
  if (value === null) return null;
  if (above.includes(value)) return "(again)";
  if (depth === deepest) return "...";
  const inside = (inner: unknown): unknown => copy(inner, [...above, value], depth + 1) ?? null;
  if (Array.isArray(value)) return listed(value, inside);
  if (value instanceof Set) return listed([...value], inside);
  if (ArrayBuffer.isView(value)) return `(${value.byteLength} bytes)`;
  const entries: [string, unknown][] =
    value instanceof Map
      ? [...value].map(([key, inner]) => [typeof key === "string" ? key : JSON.stringify(inside(key)), inner])
      : Object.entries(value);
  const kept = entries.filter(([, inner]) => inner !== undefined && typeof inner !== "function");
  const fields = kept.slice(0, most).map(([key, inner]): [string, unknown] => [key, inside(inner)]);
  if (kept.length > most) fields.push(["...", `${kept.length - most} more`]);
  return Object.fromEntries(fields);
}

function listed(items: readonly unknown[], inside: (item: unknown) => unknown): unknown[] {
  const kept = items.slice(0, most).map(inside);
  return items.length > most ? [...kept, `... ${items.length - most} more`] : kept;
}
