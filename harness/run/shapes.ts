/** What a protocol, a workload, a fault, a selector and an invariant of the user's own must have: told before a run trips over it. */

type Kind = "text" | "function" | "list" | "map";

const is: Readonly<Record<Kind, (value: unknown) => boolean>> = {
  text: (value) => typeof value === "string",
  function: (value) => typeof value === "function",
  list: Array.isArray,
  map: (value) => typeof value === "object" && value !== null && !Array.isArray(value),
};

const shapes: Readonly<Record<string, Readonly<Record<string, Kind>>>> = {
  protocol: {
    ...{ name: "text", description: "text", transport: "text", roles: "list", workloads: "list", client: "map" },
    ...{ tolerates: "function", create: "function", invariants: "list", mutants: "list" },
  },
  workload: {
    ...{ name: "text", doc: "text", schema: "map", withinUs: "function", check: "function", draw: "function" },
    ...{ probes: "function", simpler: "function", history: "function", describe: "function" },
  },
  fault: {
    ...{ word: "text", doc: "text", effect: "text", lasts: "text", schema: "map", check: "function", draw: "function" },
    ...{ explicit: "function", simpler: "function", without: "function", begin: "function" },
  },
  selector: { states: "text", track: "function" },
  invariant: { name: "text", states: "text", monitor: "function" },
};

/** "its protocol has no `create`, which must be a function"; undefined when nothing is amiss. `kind` is the name of the export. */
export function misshapen(kind: string, exported: unknown): string | undefined {
  if (!is.map(exported)) return `expected its ${kind} to be an object, found ${typeof exported}`;
  for (const [field, wanted] of Object.entries(shapes[kind]!)) {
    const value = (exported as Readonly<Record<string, unknown>>)[field];
    if (is[wanted](value)) continue;
    const found = value === undefined ? "nothing there" : Array.isArray(value) ? "a list" : typeof value;
    return `expected \`${field}\` of its ${kind} to be a ${wanted}, found ${found}; the types of seedquake say what it means`;
  }
  return undefined;
}
