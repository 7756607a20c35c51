/** The user's own protocols, workloads, faults, selectors and invariants, which scenarios name by path: "./x.ts". */

import { z } from "zod";
import type { Fault, Params } from "../faults/fault.ts";
import type { Invariant, Protocol, Selector } from "../protocol.ts";
import type { Workload } from "../workloads/workload.ts";
import type { Catalogue } from "./catalogue.ts";
import type { Path } from "./problems.ts";
import { readYaml } from "./yaml.ts";

/** All of them in one bundle. Plain data: it goes to every worker. */
export interface OwnFiles {
  /** Where the bundle lies: one module that exports `own`, the modules by their names. */
  readonly url: string;
  /** Of its code. */
  readonly sha256: string;
  /** By the scenario's file, then by the path as it stands there: the module's name, which is its path from the working directory. */
  readonly names: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

export interface OwnModules {
  readonly [name: string]: {
    readonly protocol?: Protocol;
    readonly workload?: Workload;
    readonly fault?: Fault;
    readonly selector?: Selector;
    readonly invariant?: Invariant;
  };
}

/** How a file of the user's own is named in a scenario. */
export const ownPath = /^\.{1,2}\/.*\.(?:ts|mts|js|mjs)$/;

/** Every path that a scenario's text names, as it stands there. Text that is no YAML has none; why is told when it is loaded. */
export function ownPaths(text: string): readonly string[] {
  return textsOf(text).filter((found) => ownPath.test(found));
}

/** Every key and every text in a YAML file, each once. */
export function textsOf(text: string): readonly string[] {
  const yaml = readYaml(text);
  const found = new Set<string>();
  const walk = (value: unknown): void => {
    if (typeof value === "string") found.add(value);
    if (typeof value !== "object" || value === null) return;
    for (const [key, field] of Object.entries(value)) {
      if (!Array.isArray(value)) found.add(key);
      walk(field);
    }
  };
  if ("data" in yaml) walk(yaml.data);
  return [...found];
}

/** The data with every path as the module's name. */
export function renamed(value: unknown, names: Readonly<Record<string, string>>): unknown {
  if (typeof value === "string") return Object.hasOwn(names, value) ? names[value] : value;
  if (Array.isArray(value)) return value.map((item: unknown) => renamed(item, names));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, field]) => [renamed(key, names), renamed(field, names)]));
}

/** Leads a path of the renamed data back to where it stands in the file. */
export function writtenPaths(names: Readonly<Record<string, string>>): (at: Path) => Path {
  const written = new Map(Object.entries(names).map(([as, name]) => [name, as]));
  return (at) => at.map((step) => (typeof step === "string" ? (written.get(step) ?? step) : step));
}

/** The catalogue with these modules in it, each under its path. */
export function withOwn(catalogue: Catalogue, files: OwnFiles, modules: OwnModules): Catalogue {
  const all = Object.entries(modules);
  const selectors = Object.fromEntries(all.flatMap(([name, { selector }]) => (selector === undefined ? [] : [[name, selector]])));
  const protocols = all.flatMap(([name, { protocol }]) => (protocol === undefined ? [] : [{ ...protocol, name }]));
  const workloads = all.flatMap(([name, { workload }]) =>
    workload === undefined ? [] : [{ own: workload.name, workload: { ...workload, name } }],
  );
  // Whoever serves "queue" serves a workload of that name wherever it lies.
  const serving = (protocol: Protocol): readonly string[] => [
    ...protocol.workloads,
    ...workloads.filter(({ own }) => protocol.workloads.includes(own)).map(({ workload }) => workload.name),
  ];
  return {
    protocols: [...catalogue.protocols, ...protocols].map((protocol) => ({
      ...protocol,
      workloads: serving(protocol),
      selectors: { ...protocol.selectors, ...selectors },
    })),
    workloads: [...catalogue.workloads, ...workloads.map(({ workload }) => workload)],
    faults: [...catalogue.faults, ...all.flatMap(([name, { fault }]) => (fault === undefined ? [] : [named(fault, name)]))],
    invariants: all.flatMap(([name, { invariant }]) => (invariant === undefined ? [] : [{ ...invariant, name }])),
    own: files,
  };
}

type Item = Readonly<Record<string, unknown>>;

/** A fault under another word: its path. What it says of itself it says under its own. */
function named(fault: Fault, name: string): Fault {
  const { word, schema } = fault;
  if (!(schema instanceof z.ZodObject)) throw new Error(`the schema of the fault "${word}" is no z.strictObject({ ... })`);
  const { [word]: target, ...options } = schema.shape as Record<string, z.ZodType>;
  const swapped = (item: unknown, from: string, to: string): Item => {
    const { [from]: aim, ...rest } = item as Item;
    return { [to]: aim, ...rest };
  };
  const own = (item: unknown): Item => swapped(item, name, word);
  return {
    ...fault,
    word: name,
    schema: z.strictObject({ [name]: target!, ...options }),
    check: (item, cluster) =>
      fault
        .check(own(item), cluster)
        .map((problem) => ({ ...problem, path: problem.path.map((step) => (step === word ? name : step)) })),
    draw: (item, cluster) => fault.draw(own(item), cluster),
    explicit: (params: Params) => swapped(fault.explicit(params), word, name),
    simpler: (params, cluster) =>
      fault.simpler(params, cluster).map((variant) => (variant.fault === word ? { ...variant, fault: name } : variant)),
    ...(fault.usualForUs === undefined ? {} : { usualForUs: (item) => fault.usualForUs!(own(item)) }),
  };
}
