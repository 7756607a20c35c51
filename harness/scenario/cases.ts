/** Cases and matrices: several scenarios in one file, each of them the file with something laid over it. */

import { didYouMean } from "../sim/suggest.ts";
import { found, type Path, type Report } from "./problems.ts";
import { whenWords } from "./words.ts";

type Keys = Readonly<Record<string, unknown>>;

/** One scenario of a file, as data of the language without `cases` and `matrix`. */
export interface Variant {
  /** Absent in a file that is one scenario. */
  readonly name?: string;
  readonly data: Keys;
  /** Where that which stands at a path of `data` stands in the file. */
  origin(path: Path): Path;
}

/** What a case may say. The rest is what makes its runs comparable with those of other cases. */
export const caseKeys = [
  ...["description", "mutant", "options", "nodes", "spare", "clients", "zones", "workload", "network", "faults"],
  ...["settle", "check", "expect", "require", "reach", "limits", "runs", "strategy"],
] as const;

/** Maps whose keys a case changes one by one. Anything else it replaces. */
const laidKeyByKey: readonly string[] = ["options", "nodes", "clients", "network", "require", "limits"];
const fixed: readonly string[] = ["claim", "protocol", "mutation", "format", "seed", "heal", "plan", "cases", "matrix"];

/** Each combination is a campaign of its own. */
const mostVariants = 200;

export const caseName = /^[A-Za-z0-9][\w-]*$/;
const caseNameExpected = "expected a name of letters, digits and dashes";

/** A file's data, and from where else in the file its parts have come. */
interface Layer {
  readonly data: Keys;
  readonly origins: readonly (readonly [Path, Path])[];
}

/** Something to be laid over a file: fields, and where they stand. */
interface Choice {
  readonly name: string;
  readonly fields: Keys;
  readonly at: Path;
  /** How many keys of `fields` lead to what stands at `at`: none of a case, one of an axis, two of an option's. */
  readonly level: 0 | 1 | 2;
}

/** The scenarios of a file, in the order of its cases, each in the order of the matrix. Names are unique. */
export function variants(data: Keys, report: Report): readonly Variant[] {
  const { cases, matrix, ...rest } = data;
  const base: Layer = { data: rest, origins: [] };
  if (cases === undefined && matrix === undefined) return [variant(base)];
  if (rest["format"] !== undefined) {
    const key = cases === undefined ? "matrix" : "cases";
    report([key], `an explicit scenario (format: 1) is one run and has no ${key}; take the key out`, "key");
    return [variant(base)];
  }
  const axes = [
    ...(cases === undefined ? [] : [casesOf(cases, report)]),
    ...(matrix === undefined ? [] : axesOf(matrix, report)),
  ];
  if (axes.length === 0 || axes.some((axis) => axis.length === 0)) return [variant(base)];
  const size = axes.reduce((product, axis) => product * axis.length, 1);
  if (size > mostVariants) {
    report(
      [matrix === undefined ? "cases" : "matrix"],
      `this makes ${size} scenarios, where ${mostVariants} are the most`,
      "key",
    );
    return [variant(base)];
  }
  const [first, ...others] = axes;
  const combinations = others.reduce<readonly (readonly Choice[])[]>(
    (before, axis) => before.flatMap((chosen) => axis.map((choice) => [...chosen, choice])),
    first!.map((choice) => [choice]),
  );
  const taken = new Set<string>();
  return combinations.map((chosen) => {
    const name = chosen.map((choice) => choice.name).join(".");
    if (taken.has(name))
      report(chosen.at(-1)!.at, `two scenarios of this file would be called "${name}"; give one of them another name`);
    taken.add(name);
    // A case has the last word over the matrix.
    const inOrder = cases === undefined ? chosen : [...chosen.slice(1), chosen[0]!];
    return variant(
      inOrder.reduce((layer, choice) => laidOver(layer, choice, report), base),
      name,
    );
  });
}

function variant({ data, origins }: Layer, name?: string): Variant {
  const origin = (path: Path): Path => {
    const fits = origins.filter(([from]) => isWithin(path, from));
    const longest = Math.max(-1, ...fits.map(([from]) => from.length));
    const to = fits.findLast(([from]) => from.length === longest)?.[1];
    return to === undefined ? path : [...to, ...path.slice(longest)];
  };
  return name === undefined ? { data, origin } : { name, data, origin };
}

function isWithin(path: Path, outer: Path): boolean {
  return outer.length <= path.length && outer.every((step, i) => step === path[i]);
}

function isMap(value: unknown): value is Keys {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function casesOf(cases: unknown, report: Report): readonly Choice[] {
  if (!isMap(cases)) {
    report(["cases"], `expected the cases by their names, such as { right: { expect: valid } }, found ${found(cases)}`);
    return [];
  }
  if (Object.keys(cases).length === 0) report(["cases"], "expected at least one case, found an empty map");
  return Object.entries(cases).flatMap(([name, fields]): Choice[] => {
    const at = ["cases", name];
    if (!caseName.test(name)) report(at, `${caseNameExpected}, found "${name}"`, "key");
    if (isMap(fields)) return [{ name, fields, at, level: 0 }];
    report(at, `expected what this case changes, such as { expect: valid }, found ${found(fields)}`);
    return [];
  });
}

/** A list of the choices along each axis. */
function axesOf(matrix: unknown, report: Report): readonly (readonly Choice[])[] {
  if (!isMap(matrix)) {
    report(["matrix"], `expected what varies, such as { nodes: [3, 5], network: [lan, wan] }, found ${found(matrix)}`);
    return [[]];
  }
  if (Object.keys(matrix).length === 0) report(["matrix"], "expected at least one key with its values, found an empty map");
  return Object.entries(matrix).flatMap(([key, values]) => {
    const at = ["matrix", key];
    if (!(caseKeys as readonly string[]).includes(key)) {
      report(at, `a matrix varies what a case may change; ${didYouMean(key, caseKeys)}`, "key");
      return [];
    }
    if (key !== "options") return [axisOf(key, values, at, 1, (value) => ({ [key]: value }), report)];
    if (!isMap(values)) {
      report(at, `expected options with their values, such as { batching: [true, false] }, found ${found(values)}`);
      return [[]];
    }
    const one = (option: string) => (value: unknown) => ({ options: { [option]: value } });
    return Object.entries(values).map(([option, list]) => axisOf(option, list, [...at, option], 2, one(option), report));
  });
}

function axisOf(
  key: string,
  values: unknown,
  at: Path,
  level: 1 | 2,
  fields: (value: unknown) => Keys,
  report: Report,
): readonly Choice[] {
  if (isMap(values) && Object.keys(values).length > 0) {
    return Object.entries(values).map(([name, value]): Choice => {
      if (!caseName.test(name)) report([...at, name], `${caseNameExpected}, found "${name}"`, "key");
      return { name, fields: fields(value), at: [...at, name], level };
    });
  }
  if (!Array.isArray(values) || values.length === 0) {
    report(at, `expected a list of values such as [3, 5], or values by their names, found ${found(values)}`);
    return [];
  }
  return values.flatMap((value: unknown, i): Choice[] => {
    if (typeof value === "object") {
      report(
        [...at, i],
        `expected a word or a number, found ${found(value)}; give each value a name instead, such as { one: ..., two: ... }`,
      );
      return [];
    }
    return [{ name: nameOf(key, String(value), typeof value === "string"), fields: fields(value), at: [...at, i], level }];
  });
}

/** "lan" and "local-reads" speak for themselves; 3, true and 300ms do not. */
function nameOf(key: string, value: string, text: boolean): string {
  return text && /^[A-Za-z][\w-]*$/.test(value) ? value : `${key}-${value.replace(/[^\w.%-]+/g, "-")}`;
}

function laidOver(base: Layer, { fields, at, level }: Choice, report: Report): Layer {
  return Object.entries(fields).reduce((layer, [key, value]) => {
    const path = level === 0 ? [...at, key] : at;
    const old = layer.data[key];
    if (fixed.includes(key)) {
      report(path, `a case cannot change "${key}"; write a file of its own for that`, "key");
      return layer;
    }
    if (key === "faults" && isMap(value)) return faultsChanged(layer, value, path, report);
    if (laidKeyByKey.includes(key) && isMap(old ?? {}) && isMap(value)) return keyByKey(layer, [key], value, path, level === 2);
    if (key === "workload" && isMap(old) && isMap(value)) {
      const [name] = Object.keys(value);
      const [settings, more] = [old[name!], value[name!]];
      if (Object.keys(value).length === 1 && isMap(settings) && isMap(more))
        return keyByKey(layer, [key, name!], more, [...path, name!]);
    }
    return replaced(layer, [key], value, path);
  }, base);
}

/** `alone`: there is one field, and `at` is where its value stands. */
function keyByKey(layer: Layer, path: Path, fields: Keys, at: Path, alone = false): Layer {
  return Object.entries(fields).reduce(
    (now, [key, value]) => replaced(now, [...path, key], value, alone ? at : [...at, key]),
    layer,
  );
}

function replaced({ data, origins }: Layer, path: Path, value: unknown, from: Path): Layer {
  return { data: put(data, path, value) as Keys, origins: [...origins.filter(([old]) => !isWithin(old, path)), [path, from]] };
}

function put(data: unknown, [step, ...rest]: Path, value: unknown): unknown {
  if (step === undefined) return value;
  if (Array.isArray(data)) return data.map((item: unknown, i) => (i === step ? put(item, rest, value) : item));
  const map = (data ?? {}) as Keys;
  return { ...map, [step]: put(map[step], rest, value) };
}

/** A case changes faults by their names; another time takes the place of the one that the fault had. */
function faultsChanged(base: Layer, changes: Keys, at: Path, report: Report): Layer {
  const items: readonly unknown[] = Array.isArray(base.data["faults"]) ? base.data["faults"] : [];
  const names = items.flatMap((item) => (isMap(item) && typeof item["name"] === "string" ? [item["name"]] : []));
  return Object.entries(changes).reduce((layer, [name, fields]) => {
    const i = items.findIndex((item) => isMap(item) && item["name"] === name);
    if (i < 0) {
      const meant = names.length === 0 ? 'no fault of this file has a "name"; give it one' : didYouMean(name, names);
      report([...at, name], `there is no fault called "${name}" in this file; ${meant}`, "key");
      return layer;
    }
    if (!isMap(fields)) {
      report([...at, name], `expected what changes of this fault, such as { for: 2s }, found ${found(fields)}`);
      return layer;
    }
    const old = (layer.data["faults"] as readonly Keys[])[i]!;
    const timed = whenWords.some((word) => Object.hasOwn(fields, word));
    const kept = Object.fromEntries(
      Object.entries(old).filter(([key]) => !timed || !(whenWords as readonly string[]).includes(key)),
    );
    const without = put(layer.data, ["faults", i], kept) as Keys;
    return keyByKey({ data: without, origins: layer.origins }, ["faults", i], fields, [...at, name]);
  }, base);
}
